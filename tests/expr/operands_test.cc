// SPDX-License-Identifier: MIT
// Every form of operand that a note can name, on both CPUs, is compiled and then executed: what
// arrives in the event is what the register or memory held.
#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "script.h"

namespace spile::test {
namespace {

using Values = std::vector<std::pair<std::string, std::uint64_t>>;

struct Case {
  const char* name;
  const char* args;
  Values registers;
  std::uint64_t want;
};

// The same bytes wherever a case of memory looks.
constexpr std::uint64_t kBytes = 0xf1e2d3c4b5a69788;
constexpr std::uint64_t kPlace = 0x7ffc12345678;

std::uint64_t run_case(const Case& test, elf::Machine machine, bool sleepable) {
  Script script = build_script("u::p \"%d\", arg1", test.args, options_for(machine, sleepable));
  EXPECT_EQ(script.trouble, "") << test.name;
  if (!script.trouble.empty()) return 0;
  World world = make_world(machine);
  world.memory.put_number(kPlace, kBytes);
  if (sleepable) world.memory.make_untouched(kPlace);
  for (const auto& [name, value] : test.registers) set_register(world, name, value);
  Firing firing = fire(script, world);
  EXPECT_EQ(firing.outcome.trouble, "") << test.name;
  if (!firing.event) return 0;
  EXPECT_FALSE(firing.event->values[0].is_unreadable) << test.name;
  return firing.event->values[0].bits;
}

void run_cases(const std::vector<Case>& cases, elf::Machine machine) {
  for (const Case& test : cases) {
    EXPECT_EQ(run_case(test, machine, false), test.want) << test.name << ": " << test.args;
    EXPECT_EQ(run_case(test, machine, true), test.want) << test.name << ", sleepable";
  }
}

TEST(Operands, X86RegistersOfEachWidth) {
  constexpr std::uint64_t bits = 0x8182'8384'8586'8788;
  run_cases(
      {
          {"64 bits", "8@%rax", {{"rax", bits}}, bits},
          {"64 bits signed", "-8@%rbx", {{"rbx", bits}}, bits},
          {"32 bits", "4@%ecx", {{"rcx", bits}}, 0x85868788},
          {"32 bits signed", "-4@%edx", {{"rdx", bits}}, 0xffffffff85868788},
          {"16 bits", "2@%si", {{"rsi", bits}}, 0x8788},
          {"16 bits signed", "-2@%di", {{"rdi", bits}}, 0xffffffffffff8788},
          {"low byte", "1@%al", {{"rax", bits}}, 0x88},
          {"low byte signed", "-1@%bl", {{"rbx", bits}}, 0xffffffffffffff88},
          {"high byte", "1@%ah", {{"rax", bits}}, 0x87},
          {"high byte signed", "-1@%dh", {{"rdx", bits}}, 0xffffffffffffff87},
          {"high byte of rcx", "1@%ch", {{"rcx", bits}}, 0x87},
          {"high byte of rbx", "-1@%bh", {{"rbx", bits}}, 0xffffffffffffff87},
          {"low byte of rsp", "1@%spl", {{"rsp", bits}}, 0x88},
          {"low byte of rbp", "-1@%bpl", {{"rbp", bits}}, 0xffffffffffffff88},
          {"low byte of rsi", "1@%sil", {{"rsi", bits}}, 0x88},
          {"low byte of rdi", "1@%dil", {{"rdi", bits}}, 0x88},
          {"stack pointer", "8@%rsp", {{"rsp", kPlace}}, kPlace},
          {"frame pointer", "8@%rbp", {{"rbp", kPlace}}, kPlace},
          {"r8", "8@%r8", {{"r8", bits}}, bits},
          {"r9d", "4@%r9d", {{"r9", bits}}, 0x85868788},
          {"r10d signed", "-4@%r10d", {{"r10", bits}}, 0xffffffff85868788},
          {"r11w", "2@%r11w", {{"r11", bits}}, 0x8788},
          {"r12b", "1@%r12b", {{"r12", bits}}, 0x88},
          {"r13b signed", "-1@%r13b", {{"r13", bits}}, 0xffffffffffffff88},
          {"r14w signed", "-2@%r14w", {{"r14", bits}}, 0xffffffffffff8788},
          {"r15", "-8@%r15", {{"r15", bits}}, bits},
          {"a byte in a wider register", "-1@%eax", {{"rax", bits}}, 0xffffffffffffff88},
          {"32 bits of a 64-bit register", "4@%rax", {{"rax", bits}}, 0x85868788},
          {"without a size", "%rdi", {{"rdi", bits}}, bits},
      },
      elf::Machine::kX86_64);
}

TEST(Operands, X86Constants) {
  run_cases(
      {
          {"zero", "-4@$0", {}, 0},
          {"negative", "-4@$-5", {}, static_cast<std::uint64_t>(-5)},
          {"negative as unsigned", "4@$-5", {}, 0xfffffffb},
          {"unsigned beyond int as signed", "-4@$4294967295", {}, 0xffffffffffffffff},
          {"byte", "1@$-1", {}, 255},
          {"signed byte", "-1@$255", {}, 0xffffffffffffffff},
          {"64 bits", "8@$-1", {}, 0xffffffffffffffff},
          {"64 bits, unsigned spelling", "8@$18446744073709551615", {}, 0xffffffffffffffff},
          {"hexadecimal", "8@$0x123456789abcdef0", {}, 0x123456789abcdef0},
          {"the lowest", "-8@$-9223372036854775808", {}, 0x8000000000000000},
      },
      elf::Machine::kX86_64);
}

TEST(Operands, X86Memory) {
  run_cases(
      {
          {"base", "8@(%rdi)", {{"rdi", kPlace}}, kBytes},
          {"4 bytes", "4@(%rdi)", {{"rdi", kPlace}}, 0xb5a69788},
          {"4 bytes signed", "-4@(%rdi)", {{"rdi", kPlace}}, 0xffffffffb5a69788},
          {"2 bytes", "2@(%rdi)", {{"rdi", kPlace}}, 0x9788},
          {"2 bytes signed", "-2@(%rdi)", {{"rdi", kPlace}}, 0xffffffffffff9788},
          {"1 byte", "1@(%rdi)", {{"rdi", kPlace}}, 0x88},
          {"1 byte signed", "-1@(%rdi)", {{"rdi", kPlace}}, 0xffffffffffffff88},
          {"displacement below", "-4@-20(%rbp)", {{"rbp", kPlace + 20}}, 0xffffffffb5a69788},
          {"displacement above", "8@16(%rsp)", {{"rsp", kPlace - 16}}, kBytes},
          {"far displacement", "8@-2147483648(%r9)", {{"r9", kPlace + 2147483648}}, kBytes},
          {"hexadecimal displacement", "8@0x10(%rsp)", {{"rsp", kPlace - 16}}, kBytes},
          {"base and index", "8@(%rax,%rdx)", {{"rax", kPlace - 24}, {"rdx", 24}}, kBytes},
          {"index times 8", "8@-8(%rax,%rdx,8)", {{"rax", kPlace - 24 + 8}, {"rdx", 3}}, kBytes},
          {"index times 4", "2@(%r10,%r11,4)", {{"r10", kPlace - 12}, {"r11", 3}}, 0x9788},
          {"negative index",
           "8@(%rax,%rcx,2)",
           {{"rax", kPlace + 6}, {"rcx", static_cast<std::uint64_t>(-3)}},
           kBytes},
          {"index without base", "8@8(,%rbx,8)", {{"rbx", (kPlace - 8) / 8}}, kBytes},
          {"spaces after commas", "8@(%rax, %rdx, 8)", {{"rax", kPlace - 8}, {"rdx", 1}}, kBytes},
          {"an absolute address", "4@0x7ffc12345678", {}, 0xb5a69788},
          {"byte above an odd address", "1@1(%rdi)", {{"rdi", kPlace}}, 0x97},
          {"4 bytes at an odd address", "4@1(%rdi)", {{"rdi", kPlace}}, 0xc4b5a697},
      },
      elf::Machine::kX86_64);
}

TEST(Operands, Arm64RegistersAndConstants) {
  constexpr std::uint64_t bits = 0x8182'8384'8586'8788;
  run_cases(
      {
          {"64 bits", "8@x0", {{"x0", bits}}, bits},
          {"64 bits signed", "-8@x28", {{"x28", bits}}, bits},
          {"32 bits", "4@w3", {{"x3", bits}}, 0x85868788},
          {"32 bits signed", "-4@w30", {{"x30", bits}}, 0xffffffff85868788},
          {"2 bytes of w", "2@w4", {{"x4", bits}}, 0x8788},
          {"1 byte of w, signed", "-1@w5", {{"x5", bits}}, 0xffffffffffffff88},
          {"1 byte of x", "1@x6", {{"x6", bits}}, 0x88},
          {"frame pointer", "8@x29", {{"x29", kPlace}}, kPlace},
          {"frame pointer by name", "8@fp", {{"x29", kPlace}}, kPlace},
          {"link register", "8@lr", {{"x30", kPlace}}, kPlace},
          {"stack pointer", "8@sp", {{"sp", kPlace}}, kPlace},
          {"32 bits of it", "4@wsp", {{"sp", kPlace}}, kPlace & 0xffffffff},
          {"zero register", "8@xzr", {}, 0},
          {"half of it", "-4@wzr", {}, 0},
          {"constant", "-4@5", {}, 5},
          {"constant with #", "8@#-7", {}, static_cast<std::uint64_t>(-7)},
          {"unsigned constant", "2@-1", {}, 0xffff},
      },
      elf::Machine::kAarch64);
}

TEST(Operands, Arm64Memory) {
  constexpr std::uint64_t high = 0xdead'beef'0000'0000;
  run_cases(
      {
          {"base", "8@[x0]", {{"x0", kPlace}}, kBytes},
          {"4 bytes signed", "-4@[x1]", {{"x1", kPlace}}, 0xffffffffb5a69788},
          {"displacement", "8@[sp, 24]", {{"sp", kPlace - 24}}, kBytes},
          {"negative displacement", "1@[x29, #-8]", {{"x29", kPlace + 8}}, 0x88},
          {"index", "8@[x1, x2]", {{"x1", kPlace - 40}, {"x2", 40}}, kBytes},
          {"shifted index", "8@[x1, x2, lsl 3]", {{"x1", kPlace - 40}, {"x2", 5}}, kBytes},
          {"shifted by 4", "8@[x1, x2, lsl #4]", {{"x1", kPlace - 48}, {"x2", 3}}, kBytes},
          {"sxtw, negative",
           "8@[x1, w2, sxtw 2]",
           {{"x1", kPlace + 8}, {"x2", high | 0xfffffffe}},
           kBytes},
          {"sxtw, positive", "2@[x1, w2, sxtw]", {{"x1", kPlace - 9}, {"x2", high | 9}}, 0x9788},
          {"uxtw",
           "8@[x1, w2, uxtw #3]",
           {{"x1", kPlace - 8 * 0xfffffffeULL}, {"x2", high | 0xfffffffe}},
           kBytes},
          {"uxtw unscaled",
           "-1@[x7, w8, uxtw]",
           {{"x7", kPlace - 0x80000000}, {"x8", high | 0x80000000}},
           0xffffffffffffff88},
          {"sxtx", "8@[x1, x2, sxtx 3]", {{"x1", kPlace + 8}, {"x2", ~std::uint64_t{0}}}, kBytes},
      },
      elf::Machine::kAarch64);
}

// A variable by name is found by its distance from the site, wherever the file was loaded.
struct SymbolCase {
  elf::Machine machine;
  const char* args;
  std::uint64_t symbol;  // LinkAddr
  std::int64_t distance_of_value;
  Values registers;
};

TEST(Operands, SymbolsAreRelativeToTheSite) {
  const std::vector<SymbolCase> cases = {
      {elf::Machine::kX86_64, "8@glob(%rip)", 0x404040, 0, {}},
      {elf::Machine::kX86_64, "8@4+glob(%rip)", 0x404040, 4, {}},
      {elf::Machine::kX86_64, "8@glob-16(%rip)", 0x404040, -16, {}},
      {elf::Machine::kX86_64, "8@glob(%rip)", 0x400010, 0, {}},            // before the site
      {elf::Machine::kX86_64, "8@glob(%rip)", 0x1'2345'6780'0000, 0, {}},  // more than 32 bits away
      {elf::Machine::kAarch64, "8@[x0, #:lo12:glob]", 0x420010, 0, {{"x0", kRunBias + 0x420000}}},
      {elf::Machine::kAarch64, "8@[x0, #:lo12:glob+8]", 0x420010, 8, {{"x0", 17}}},
  };
  for (const SymbolCase& test : cases) {
    std::vector<note::ArgSpec> args = note::parse_arg_specs(test.args, test.machine);
    auto* memory = std::get_if<note::Memory>(&args.at(0).operand);
    ASSERT_NE(memory, nullptr) << test.args;
    ASSERT_EQ(memory->symbol, "glob") << test.args;
    memory->symbol_address = LinkAddr{test.symbol};
    Script script = build_script("u::p \"%d\", arg1", args, options_for(test.machine));
    ASSERT_EQ(script.trouble, "") << test.args;
    World world = make_world(test.machine);
    for (const auto& [name, value] : test.registers) set_register(world, name, value);
    world.memory.put_number(
        kRunBias + test.symbol + static_cast<std::uint64_t>(test.distance_of_value), kBytes);
    Firing firing = fire(script, world);
    ASSERT_TRUE(firing.event) << test.args << firing.outcome.trouble;
    EXPECT_EQ(firing.event->values[0].bits, kBytes) << test.args;
  }
}

// Memory that nobody mapped: the value is marked, and the other ones arrive.
TEST(Operands, UnreadableMemoryIsMarked) {
  for (bool sleepable : {false, true}) {
    Script script =
        build_script("u::p \"%d %d %d\", arg1, arg2 + arg2, arg3", "-4@(%rdi) -4@8(%rdi) -4@%esi",
                     options_for(elf::Machine::kX86_64, sleepable));
    ASSERT_EQ(script.trouble, "");
    World world = make_world(elf::Machine::kX86_64);
    set_register(world, "rdi", 0x1000);
    set_register(world, "rsi", 7);
    Firing firing = fire(script, world);
    ASSERT_TRUE(firing.event) << firing.outcome.trouble;
    EXPECT_TRUE(firing.event->values[0].is_unreadable);
    EXPECT_TRUE(firing.event->values[1].is_unreadable);
    EXPECT_FALSE(firing.event->values[2].is_unreadable);
    EXPECT_EQ(firing.event->values[2].bits, 7u);
    EXPECT_EQ(firing.outcome.counters, (std::array<std::uint64_t, 3>{1, 0, 0}));
  }
}

// The third kind of page: mapped, and not there until somebody touches it.
TEST(Operands, UntouchedMemoryArrivesOnlyInSleepablePrograms) {
  for (bool sleepable : {false, true}) {
    Script script = build_script("u::p \"%d\", arg1", "8@(%rdi)",
                                 options_for(elf::Machine::kX86_64, sleepable));
    World world = make_world(elf::Machine::kX86_64);
    set_register(world, "rdi", kPlace);
    world.memory.put_number(kPlace, kBytes);
    world.memory.make_untouched(kPlace);
    Firing firing = fire(script, world);
    ASSERT_TRUE(firing.event) << firing.outcome.trouble;
    EXPECT_EQ(firing.event->values[0].is_unreadable, !sleepable);
    EXPECT_EQ(firing.event->values[0].bits, sleepable ? kBytes : 0);
  }
}

}  // namespace
}  // namespace spile::test
