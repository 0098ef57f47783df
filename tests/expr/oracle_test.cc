// SPDX-License-Identifier: MIT
// Three engines compute every expression: our compiler's program in the interpreter, the naive
// evaluator, and the C compiler. They agree on value and type, or there is a bug.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "c_engine.h"
#include "expr_cases.h"
#include "script.h"
#include "tree_evaluator.h"

namespace spile::test {
namespace {

constexpr int kShownFailures = 5;

// Where the arguments are: the part of a register that fits the type, the rest of it garbage.
constexpr std::array<std::string_view, kArgs> kRegisters = {"rdi", "rsi", "rdx", "rcx"};
constexpr std::array<std::array<std::string_view, kArgs>, 4> kParts = {
    {{"dil", "sil", "dl", "cl"},
     {"di", "si", "dx", "cx"},
     {"edi", "esi", "edx", "ecx"},
     {"rdi", "rsi", "rdx", "rcx"}}};

std::string argument_text(const ExprCase& test) {
  std::string text;
  for (std::size_t i = 0; i < kArgs; ++i) {
    lang::Type type = test.types[i];
    std::size_t width = type.size == 1 ? 0 : type.size == 2 ? 1 : type.size == 4 ? 2 : 3;
    text += fmt::format("{}{}@%{} ", type.is_signed ? "-" : "", type.size, kParts[width][i]);
  }
  return text;
}

std::uint64_t with_garbage(std::uint64_t value, std::uint8_t size) {
  if (size == 8) return value;
  std::uint64_t mask = (std::uint64_t{1} << (8 * size)) - 1;
  return (value & mask) | (0xa5c3'96f0'5a3c'69f1 & ~mask);
}

class Oracle {
 public:
  explicit Oracle(std::vector<ExprCase> cases) : cases_(std::move(cases)) {}

  void run() {
    std::string trouble;
    std::vector<CValue> answers = ask_c_compiler(cases_, trouble);
    ASSERT_EQ(trouble, "");
    const CValue* answer = answers.data();
    std::size_t rows = 0;
    for (const ExprCase& test : cases_) rows += test.rows.size();
    ASSERT_EQ(answers.size(), rows);
    for (const ExprCase& test : cases_) {
      run_case(test, answer);
      answer += test.rows.size();
      if (failures_ >= kShownFailures) FAIL() << "more failures are not shown";
    }
  }

 private:
  void run_case(const ExprCase& test, const CValue* answers) {
    std::string args = argument_text(test);
    Script value =
        build_script(fmt::format("u::p \"%d %d\", {}, ({}) ? 1 : 0", test.spile, test.spile), args);
    Script predicate = build_script(fmt::format("u::p ({}) \"yes\"", test.spile), args);
    if (!value.trouble.empty() || !predicate.trouble.empty()) {
      return fail(test, nullptr, value.trouble + predicate.trouble);
    }
    World world = make_world(elf::Machine::kX86_64);
    for (std::size_t i = 0; i < test.rows.size(); ++i) {
      compare(test, test.rows[i], value, predicate, answers[i], world);
    }
  }

  void compare(const ExprCase& test, const Row& row, const Script& value, const Script& predicate,
               const CValue& c, World& world) {
    Environment environment{{}, &world};
    for (std::size_t i = 0; i < kArgs; ++i) {
      environment.args.push_back({test.types[i], row[i], true});
      set_register(world, kRegisters[i], with_garbage(row[i], test.types[i].size));
    }
    std::uint64_t naive = to_bits(evaluate(value.checked.spec.values[0], environment));
    Firing firing = fire(value, world);
    if (!firing.event) return fail(test, &row, firing.outcome.trouble);
    const event::Value& ours = firing.event->values[0];
    lang::Type type{ours.field.size, ours.field.is_signed};
    if (ours.bits != c.bits || naive != c.bits) {
      return fail(test, &row,
                  fmt::format("spile {:#x}, the tree {:#x}, C {:#x}", ours.bits, naive, c.bits));
    }
    if (type != c.type) {
      return fail(test, &row,
                  fmt::format("spile's type has {} bytes, signed {}; C's {}, {}", type.size,
                              type.is_signed, c.type.size, c.type.is_signed));
    }
    if (firing.event->values[1].bits != (c.bits != 0)) fail(test, &row, "the branch differs");
    Firing filtered = fire(predicate, world);
    if (filtered.event.has_value() != (c.bits != 0) || !filtered.outcome.trouble.empty()) {
      fail(test, &row, "the predicate differs " + filtered.outcome.trouble);
    }
  }

  void fail(const ExprCase& test, const Row* row, const std::string& what) {
    std::string values;
    for (std::size_t i = 0; row != nullptr && i < kArgs; ++i) {
      values += fmt::format(" arg{}={:#x}", i + 1, (*row)[i]);
    }
    ++failures_;
    ADD_FAILURE() << test.spile << "\n  " << argument_text(test) << values << "\n  " << what;
  }

  std::vector<ExprCase> cases_;
  int failures_ = 0;
};

TEST(Oracle, EveryOperatorOnEveryPairOfTypes) {
  Oracle(every_operator_on_every_pair_of_types()).run();
}
TEST(Oracle, EveryPairOfOperatorsBindsAsInC) { Oracle(every_pair_of_operators()).run(); }
TEST(Oracle, RandomTextParsedByBoth) { Oracle(random_flat(1500)).run(); }
TEST(Oracle, RandomTrees) { Oracle(random_trees(2500)).run(); }

}  // namespace
}  // namespace spile::test
