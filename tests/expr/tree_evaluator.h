// SPDX-License-Identifier: MIT
// The value of an expression, computed the naive way: walk the tree, and let C++ itself convert and
// calculate. Shares nothing with src/ir and src/lang/types.h but the tree.
//
// Where C leaves the result open, spile defines it: numbers wrap, x / 0 is 0, x % 0 is x, a shift
// count is taken modulo the width of what it shifts.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "bpf_interpreter.h"
#include "lang/ast.h"

namespace spile::test {

// What C calls the type of a value after promotion.
using Number = std::variant<std::int32_t, std::uint32_t, std::int64_t, std::uint64_t>;

struct Argument {
  lang::Type type;
  std::uint64_t bits = 0;  // only the lowest type.size bytes count
  bool is_readable = true;
};

struct Environment {
  std::vector<Argument> args;
  const World* world = nullptr;  // pid, comm, memory ...
};

// Thrown where a value lies in memory that cannot be read.
struct UnreadableValue {};

Number evaluate(const lang::Expr& expr, const Environment& environment);

bool is_true(const Number& number);
// Extended to 64 bits by the number's own signedness.
std::uint64_t to_bits(const Number& number);

}  // namespace spile::test
