// SPDX-License-Identifier: MIT
// Expressions over arg1 ... arg4 that all engines are asked about: the same one as spile reads it
// and as C does, the types of the arguments, and the values that they take in turn.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "lang/ast.h"

namespace spile::test {

constexpr std::size_t kArgs = 4;
using Row = std::array<std::uint64_t, kArgs>;  // bits; those beyond an argument's type do not count

struct ExprCase {
  std::string spile;
  std::string c;  // / % << >> as DIV MOD SHL SHR where C leaves them open
  std::array<lang::Type, kArgs> types;
  std::vector<Row> rows;
};

// Every binary operator over every pair of types, with values at the edges.
std::vector<ExprCase> every_operator_on_every_pair_of_types();
// "arg1 OP arg2 OP arg3" for every pair of operators: C parses the very same text.
std::vector<ExprCase> every_pair_of_operators();
// Flat sequences with few parentheses: C parses the very same text, precedence and all.
std::vector<ExprCase> random_flat(std::size_t count);
// Trees of every operator on anything, in full parentheses.
std::vector<ExprCase> random_trees(std::size_t count);

}  // namespace spile::test
