// SPDX-License-Identifier: MIT
// Text in predicates and events: ours against the naive evaluator, and every way in which a pointer
// can be bad.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <array>
#include <random>
#include <string>
#include <vector>

#include "script.h"
#include "tree_evaluator.h"

namespace spile::test {
namespace {

constexpr std::uint64_t kText = 0x7f1122330010;
constexpr std::uint64_t kPageEnd = 0x7f1122340000;  // what comes after it is not mapped
constexpr const char* kArgs = "8@%rdi 8@%rsi -4@(%rdx)";

enum class Fate { kSent, kRejected, kUnreadable, kBroken };

Fate fate_of(const Firing& firing) {
  if (!firing.outcome.trouble.empty()) return Fate::kBroken;
  if (firing.event) return Fate::kSent;
  return firing.outcome.counters[2] == 1 ? Fate::kUnreadable : Fate::kRejected;
}

Fate naive_fate(const Script& script, const World& world, std::uint64_t rdi, std::uint64_t rsi,
                bool arg3_is_readable) {
  Environment environment{
      {{{8, false}, rdi, true}, {{8, false}, rsi, true}, {{4, true}, 7, arg3_is_readable}}, &world};
  try {
    return is_true(evaluate(*script.checked.spec.predicate, environment)) ? Fate::kSent
                                                                          : Fate::kRejected;
  } catch (const UnreadableValue&) {
    return Fate::kUnreadable;
  }
}

std::string random_text(std::mt19937_64& random, std::size_t longest) {
  std::string text;
  for (std::size_t length = random() % (longest + 1); length > 0; --length) {
    text += static_cast<char>('a' + random() % 2);
  }
  return text;
}

std::string random_predicate(std::mt19937_64& random, int depth) {
  std::string literal = random_text(random, 9);
  switch (random() % (depth > 0 ? 9 : 5)) {
    case 0: return fmt::format("arg1 == \"{}\"", literal);
    case 1: return fmt::format("\"{}\" != arg2", literal);
    case 2: return fmt::format("STRCMP(\"{}b\", arg1)", literal);
    case 3: return fmt::format("comm {} \"{}\"", random() % 2 == 0 ? "==" : "!=", literal);
    case 4: return fmt::format("arg3 {} 7", random() % 2 == 0 ? "==" : "<");
    case 5: return fmt::format("!({})", random_predicate(random, depth - 1));
    case 6:
      return fmt::format("({}) == ({})", random_predicate(random, depth - 1),
                         random_predicate(random, depth - 1));
    default:
      return fmt::format("({}) {} ({})", random_predicate(random, depth - 1),
                         random() % 2 == 0 ? "&&" : "||", random_predicate(random, depth - 1));
  }
}

// Nine in ten pointers are good; the others are NULL or lead nowhere.
std::uint64_t random_pointer(std::mt19937_64& random, std::uint64_t good) {
  std::size_t fate = random() % 20;
  return fate == 0 ? 0 : fate == 1 ? 0x1000 : good;
}

TEST(TextOracle, RandomPredicates) {
  std::mt19937_64 random(20240603);
  int counts[3] = {};
  for (int i = 0; i < 2000; ++i) {
    std::string spec = fmt::format("u::p ({}) \"x\"", random_predicate(random, 3));
    bool sleepable = random() % 2 == 0;
    Script script = build_script(spec, kArgs, options_for(elf::Machine::kX86_64, sleepable));
    ASSERT_EQ(script.trouble, "") << spec;
    for (int round = 0; round < 10; ++round) {
      World world = make_world(elf::Machine::kX86_64);
      world.comm = random_text(random, 6);
      std::string first = random_text(random, 9), second = random_text(random, 9);
      world.memory.put(kText, first + '\0');
      std::uint64_t second_at = kPageEnd - second.size() - 1;
      world.memory.put(second_at, second + '\0');
      std::uint64_t rdi = random_pointer(random, kText), rsi = random_pointer(random, second_at);
      bool has_arg3 = random() % 8 != 0;
      if (has_arg3) world.memory.put_number(0x5000, 7);
      set_register(world, "rdi", rdi);
      set_register(world, "rsi", rsi);
      set_register(world, "rdx", 0x5000);
      Fate want = naive_fate(script, world, rdi, rsi, has_arg3);
      Firing firing = fire(script, world);
      ASSERT_EQ(fate_of(firing), want)
          << spec << "\narg1=" << rdi << " \"" << first << "\" arg2=" << rsi << " \"" << second
          << "\" comm=" << world.comm << " " << firing.outcome.trouble;
      ++counts[static_cast<int>(want)];
    }
  }
  for (int count : counts) EXPECT_GT(count, 1000);  // every fate was met
}

struct BadPointerCase {
  const char* predicate;
  std::uint64_t rdi;
  Fate want;
};

TEST(Text, PredicatesOnBadPointers) {
  for (const BadPointerCase& test : std::vector<BadPointerCase>{
           {"arg1 == \"GET\"", kText, Fate::kSent},
           {"arg1 == \"GE\"", kText, Fate::kRejected},
           {"arg1 == \"GETS\"", kText, Fate::kRejected},
           {"STRCMP(\"GE\", arg1)", kText, Fate::kSent},
           {"STRCMP(\"GET\", arg1)", kText, Fate::kSent},
           {"STRCMP(\"GETS\", arg1)", kText, Fate::kRejected},
           {"arg1 == \"\"", kText, Fate::kRejected},
           {"arg1 == \"\"", kText + 3, Fate::kSent},
           {"arg1 == \"GET\"", 0, Fate::kRejected},  // NULL equals nothing
           {"arg1 != \"GET\"", 0, Fate::kSent},
           {"arg1 == \"\"", 0, Fate::kRejected},
           {"STRCMP(\"G\", arg1)", 0, Fate::kRejected},
           {"arg1 == \"GET\"", 0x1000, Fate::kUnreadable},
           {"arg1 != \"GET\"", 0x1000, Fate::kUnreadable},
           {"!(arg1 == \"GET\")", 0x1000, Fate::kUnreadable},
           {"STRCMP(\"GET\", arg1)", 0x1000, Fate::kUnreadable},
           {"arg3 == 7 || arg1 == \"GET\"", kText, Fate::kUnreadable},
           {"arg1 == \"GET\" || arg3 == 7", kText, Fate::kSent},  // decided before it is read
           {"arg1 == \"PUT\" && arg3 == 7", kText, Fate::kRejected},
       }) {
    for (bool sleepable : {false, true}) {
      Script script = build_script(fmt::format("u::p ({}) \"x\"", test.predicate), kArgs,
                                   options_for(elf::Machine::kX86_64, sleepable));
      ASSERT_EQ(script.trouble, "") << test.predicate;
      World world = make_world(elf::Machine::kX86_64);
      world.memory.put(kText, std::string("GET\0", 4));
      set_register(world, "rdi", test.rdi);
      set_register(world, "rdx", 0x5000);  // arg3 is not mapped
      Firing firing = fire(script, world);
      EXPECT_EQ(fate_of(firing), test.want) << test.predicate << " " << test.rdi;
      EXPECT_EQ(firing.outcome.counters[0], 1u) << "each firing is counted";
    }
  }
}

// A literal of every length, against texts that differ from it in one place or in length.
TEST(Text, ComparesEveryLengthToTheEnd) {
  for (std::size_t length = 1; length <= 128; ++length) {
    std::string literal(length, 'a');
    Script equal = build_script(fmt::format("u::p (arg1 == \"{}\") \"x\"", literal), kArgs);
    Script prefix = build_script(fmt::format("u::p (STRCMP(\"{}\", arg1)) \"x\"", literal), kArgs);
    ASSERT_EQ(equal.trouble + prefix.trouble, "");
    std::string other_end = literal.substr(1) + "b";
    for (const std::string& text : {literal, literal + "a", literal.substr(1), other_end}) {
      World world = make_world(elf::Machine::kX86_64);
      world.memory.put(kText, text + '\0');
      set_register(world, "rdi", kText);
      EXPECT_EQ(fate_of(fire(equal, world)), text == literal ? Fate::kSent : Fate::kRejected);
      EXPECT_EQ(fate_of(fire(prefix, world)),
                text.starts_with(literal) ? Fate::kSent : Fate::kRejected);
    }
  }
}

struct FieldCase {
  const char* name;
  std::uint64_t rdi;
  bool is_untouched;  // every page of the text
  const char* want;   // "NULL" and "FAULT" stand for themselves; ... at the end: truncated
  const char* want_sleepable;
};

std::string show(const event::Value& value) {
  if (value.is_unreadable) return "FAULT";
  if (value.is_null) return "NULL";
  return std::string(value.text) + (value.is_truncated ? "..." : "");
}

TEST(Text, FieldsOfEvents) {
  constexpr std::uint64_t crossing = kPageEnd - 4;  // its page, then one that is not there
  for (const FieldCase& test : std::vector<FieldCase>{
           {"short", kText, false, "hello", "hello"},
           {"empty", kText + 5, false, "", ""},
           {"NULL", 0, false, "NULL", "NULL"},
           {"not mapped", 0x1000, false, "FAULT", "FAULT"},
           {"never touched", kText, true, "FAULT", "hello"},
           {"longer than its room", kText + 16, false, "0123456...", "0123456..."},
           {"fits exactly", kText + 19, false, "3456789", "3456789"},
           {"one character more", kText + 18, false, "2345678...", "2345678..."},
           {"no NUL before the end of memory", crossing, false, "FAULT", "FAULT"},
       }) {
    for (bool sleepable : {false, true}) {
      ScriptOptions options = options_for(elf::Machine::kX86_64, sleepable);
      options.compile.text_capacity = 8;
      Script script = build_script("u::p \"%s %d\", arg1, arg2", kArgs, options);
      ASSERT_EQ(script.trouble, "");
      World world = make_world(elf::Machine::kX86_64);
      world.memory.put(kText, std::string("hello\0", 6));
      world.memory.put(kText + 16, "0123456789");
      world.memory.put(crossing, "wxyz");
      if (test.is_untouched) world.memory.make_untouched(kText);
      set_register(world, "rdi", test.rdi);
      set_register(world, "rsi", 42);
      Firing firing = fire(script, world);
      ASSERT_TRUE(firing.event) << test.name << firing.outcome.trouble;
      EXPECT_EQ(show(firing.event->values[0]), sleepable ? test.want_sleepable : test.want)
          << test.name;
      EXPECT_EQ(firing.event->values[1].bits, 42u) << test.name;
    }
  }
}

// Several pages that nobody touched yet, each of which the text reaches into.
TEST(Text, SleepableProgramsFaultInEveryPage) {
  ScriptOptions options = options_for(elf::Machine::kX86_64, true);
  options.compile.text_capacity = 12000;
  Script script = build_script("u::p \"%s\", arg1", kArgs, options);
  ASSERT_EQ(script.trouble, "");
  World world = make_world(elf::Machine::kX86_64);
  std::string text(11000, 'x');
  world.memory.put(kText, text + '\0');
  for (std::uint64_t at = kText; at < kText + 16384; at += kPageBytes) {
    world.memory.make_untouched(at);
  }
  set_register(world, "rdi", kText);
  Firing firing = fire(script, world);
  ASSERT_TRUE(firing.event) << firing.outcome.trouble;
  EXPECT_EQ(firing.event->values[0].text, text);
}

struct CommCase {
  const char* predicate;
  const char* comm;
  bool want;
};

TEST(Text, Comm) {
  for (const CommCase& test : std::vector<CommCase>{
           {"comm == \"nginx\"", "nginx", true},
           {"comm == \"nginx\"", "nginx2", false},
           {"comm == \"nginx\"", "ngin", false},
           {"comm != \"nginx\"", "nginx", false},
           {"\"nginx\" == comm", "nginx", true},
           {"comm == \"\"", "", true},
           {"comm == \"\"", "a", false},
           {"comm == \"fifteen_letters\"", "fifteen_letters", true},
           {"STRCMP(\"ngi\", comm)", "nginx", true},
           {"STRCMP(\"ngi\", comm)", "ng", false},
           {"STRCMP(comm, \"fifteen_letters\")", "fifteen_letters", true},
           {"!STRCMP(\"a\", comm) && comm != \"b\"", "c", true},
       }) {
    Script script = build_script(fmt::format("u::p ({}) \"%s\", comm", test.predicate), "");
    ASSERT_EQ(script.trouble, "") << test.predicate;
    World world = make_world(elf::Machine::kX86_64);
    world.comm = test.comm;
    Firing firing = fire(script, world);
    ASSERT_EQ(firing.outcome.trouble, "") << test.predicate;
    ASSERT_EQ(firing.event.has_value(), test.want) << test.predicate << " " << test.comm;
    if (!firing.event) continue;
    EXPECT_EQ(firing.event->values[0].text, test.comm);
  }
}

// What a predicate can be written with, and must never become a program that the kernel refuses.
TEST(Text, ComparisonsThatCannotHoldAreMistakes) {
  for (const char* predicate : {
           "comm == \"sixteen_letters_\"",
           "comm != \"sixteen_letters_\"",
           "STRCMP(\"sixteen_letters_\", comm)",
           "STRCMP(\"\", comm)",
           "STRCMP(\"\", arg1)",
           "arg1 == \"a\\0b\"",
           "STRCMP(\"a\\0\", arg1)",
           "arg3 == \"text of a 4-byte number\"",
           "STRCMP(\"text\", arg3)",
           "5 == \"text\"",
       }) {
    Script script = build_script(fmt::format("u::p ({}) \"x\"", predicate), kArgs);
    EXPECT_NE(script.trouble, "") << predicate;
    EXPECT_TRUE(script.compiled.program.insns.empty()) << predicate << ": " << script.trouble;
  }
}

}  // namespace
}  // namespace spile::test
