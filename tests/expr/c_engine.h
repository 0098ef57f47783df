// SPDX-License-Identifier: MIT
// What the C compiler makes of the expressions: one program with all of them is written, compiled
// and run, and sends back each value with its type.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "expr_cases.h"
#include "lang/ast.h"

namespace spile::test {

struct CValue {
  std::uint64_t bits = 0;  // extended to 64 bits
  lang::Type type;
};

// One answer for each row of each case, in their order. Empty, with the reason in `trouble`, when
// the compiler or the program failed. Files are written in a temporary folder and removed.
std::vector<CValue> ask_c_compiler(std::span<const ExprCase> cases, std::string& trouble);

}  // namespace spile::test
