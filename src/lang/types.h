// SPDX-License-Identifier: MIT
// What C makes of two operands' types: the rules that decide whether a comparison is signed.
#pragma once

#include "lang/ast.h"

namespace spile::lang {

// The integer promotions (C17 6.3.1.1): anything narrower than int becomes int.
inline Type promote(Type type) { return type.size < 4 ? Type{4, true} : type; }

// The usual arithmetic conversions (C17 6.3.1.8) for int, unsigned, long and unsigned long.
inline Type common_type(Type left, Type right) {
  left = promote(left);
  right = promote(right);
  if (left.size != right.size) return left.size > right.size ? left : right;
  return {left.size, left.is_signed && right.is_signed};
}

}  // namespace spile::lang
