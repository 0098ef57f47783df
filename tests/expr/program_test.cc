// SPDX-License-Identifier: MIT
// What every program does besides expressions: whose thread it listens to, what it counts, what its
// records carry.
#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

#include "script.h"

namespace spile::test {
namespace {

using Counters = std::array<std::uint64_t, 3>;  // fired, lost, unreadable

Firing fire_with(const ir::CompileOptions& compile, World& world,
                 const char* spec = "u::p \"%d\", arg1") {
  ScriptOptions options = options_for(elf::Machine::kX86_64);
  options.compile = compile;
  Script script = build_script(spec, "-4@%edi", options);
  EXPECT_EQ(script.trouble, "");
  Firing firing = fire(script, world);
  EXPECT_EQ(firing.outcome.trouble, "");
  return firing;
}

TEST(Program, RecordsCarryTheThread) {
  World world = make_world(elf::Machine::kX86_64);
  set_register(world, "rdi", 0xffffffff'fffffff9);
  Firing firing = fire_with({}, world);
  ASSERT_TRUE(firing.event);
  EXPECT_EQ(firing.event->pid, 1234u);
  EXPECT_EQ(firing.event->tid, 1235u);
  EXPECT_EQ(firing.event->time_ns, 0u);  // nobody asked
  EXPECT_EQ(firing.event->values[0].bits, ~std::uint64_t{6});
  EXPECT_EQ(firing.outcome.counters, (Counters{1, 0, 0}));
}

TEST(Program, CarriesTheTimeWhenAsked) {
  World world = make_world(elf::Machine::kX86_64);
  ir::CompileOptions options;
  options.with_time = true;
  EXPECT_EQ(fire_with(options, world).event->time_ns, 5'000'000'000u);
}

TEST(Program, OtherProcessesAreNotEvenCounted) {
  World world = make_world(elf::Machine::kX86_64);
  ir::CompileOptions options;
  options.pid = NsPid{1234};
  EXPECT_EQ(fire_with(options, world).outcome.counters, (Counters{1, 0, 0}));
  options.pid = NsPid{1235};  // the thread's id is not the process's
  Firing firing = fire_with(options, world);
  EXPECT_FALSE(firing.event);
  EXPECT_EQ(firing.outcome.counters, (Counters{0, 0, 0}));
}

TEST(Program, PidNamespace) {
  World world = make_world(elf::Machine::kX86_64);
  ir::CompileOptions options;
  options.pid_namespace = ir::PidNamespace{world.namespace_device, world.namespace_inode};
  Firing firing = fire_with(options, world);
  ASSERT_TRUE(firing.event);
  EXPECT_EQ(firing.event->pid, 1234u);
  EXPECT_EQ(firing.event->tid, 1235u);
  options.pid_namespace->inode += 1;
  EXPECT_EQ(fire_with(options, world).outcome.counters, (Counters{0, 0, 0}));
}

TEST(Program, AFullRingBufferIsCounted) {
  World world = make_world(elf::Machine::kX86_64);
  world.ring_is_full = true;
  Firing firing = fire_with({}, world);
  EXPECT_FALSE(firing.event);
  EXPECT_EQ(firing.outcome.counters, (Counters{1, 1, 0}));
}

TEST(Program, FilteredFiringsTakeNoRoom) {
  World world = make_world(elf::Machine::kX86_64);
  world.ring_is_full = true;  // would be counted as lost
  set_register(world, "rdi", 3);
  Firing firing = fire_with({}, world, "u::p (arg1 == 4) \"%d\", arg1");
  EXPECT_EQ(firing.outcome.counters, (Counters{1, 0, 0}));
}

struct CommFilterCase {
  const char* filter;
  const char* comm;
  bool want;
};

TEST(Program, CommFilter) {
  for (const CommFilterCase& test : std::vector<CommFilterCase>{
           {"ngi", "nginx", true},
           {"inx", "nginx", true},
           {"gin", "nginx", true},
           {"nginx", "nginx", true},
           {"nginxx", "nginx", false},
           {"x", "nginx", true},
           {"y", "nginx", false},
           {"aab", "aaab", true},
           {"fifteen_letters", "fifteen_letters", true},
           {"s", "fifteen_letters", true},
           {"a", "", false},
       }) {
    World world = make_world(elf::Machine::kX86_64);
    world.comm = test.comm;
    ir::CompileOptions options;
    options.comm_filter = test.filter;
    Firing firing = fire_with(options, world);
    EXPECT_EQ(firing.event.has_value(), test.want) << test.filter << " in " << test.comm;
    EXPECT_EQ(firing.outcome.counters, (Counters{1, 0, 0}));
  }
}

TEST(Program, Variables) {
  World world = make_world(elf::Machine::kX86_64);
  Firing firing = fire_with({}, world, "u::p \"%d %d %d %d %d %s\", pid, tid, uid, gid, cpu, comm");
  ASSERT_TRUE(firing.event);
  std::vector<std::uint64_t> got;
  for (const event::Value& value : firing.event->values) got.push_back(value.bits);
  EXPECT_EQ(got, (std::vector<std::uint64_t>{1234, 1235, 1000, 100, 3, 0}));
  EXPECT_EQ(firing.event->values[5].text, "target");
}

// 32 fields, of which the last one cannot be read: bit 31.
TEST(Program, TheLastOfThirtyTwoFieldsCanBeUnreadable) {
  std::string spec = "u::p \"";
  for (int i = 0; i < 32; ++i) spec += "%d";
  spec += "\"";
  for (int i = 0; i < 31; ++i) spec += ", arg1";
  spec += ", arg2";
  Script script = build_script(spec, "-4@%edi 8@(%rsi)");
  ASSERT_EQ(script.trouble, "");
  World world = make_world(elf::Machine::kX86_64);
  set_register(world, "rsi", 0x1000);
  Firing firing = fire(script, world);
  ASSERT_TRUE(firing.event) << firing.outcome.trouble;
  EXPECT_FALSE(firing.event->values[30].is_unreadable);
  EXPECT_TRUE(firing.event->values[31].is_unreadable);
}

TEST(Program, OnlyTwoMachinesCanBeTraced) {
  Script script = build_script("u::p \"x\"", "", options_for(elf::Machine::kPpc64));
  EXPECT_EQ(script.trouble, "only x86-64 and arm64 programs can be traced");
}

TEST(Program, AnEventHasAnEnd) {
  ScriptOptions options = options_for(elf::Machine::kX86_64);
  options.compile.text_capacity = 16384;
  EXPECT_EQ(build_script("u::p \"%s\", arg1", "8@%rdi", options).trouble, "");
  EXPECT_EQ(build_script("u::p \"%s %s\", arg1, arg1", "8@%rdi", options).trouble,
            "one event of this probe would take more than 28 KiB");
}

}  // namespace
}  // namespace spile::test
