// SPDX-License-Identifier: MIT
// A Spec meets the arguments of one site: every name and type is checked, every expression gets its
// C type, and the values that an event carries are laid down. All mistakes are found at once.
#pragma once

#include <span>
#include <vector>

#include "lang/ast.h"
#include "note/arg_spec.h"

namespace spile::lang {

// How one value of an event is shown, and so how it must be fetched.
enum class ValueKind : std::uint8_t { kNumber, kText, kComm };

struct CheckedSpec {
  Spec spec;                     // typed
  std::vector<ValueKind> kinds;  // one for each of spec.values
};

// A spec without a format gets one that shows every readable argument: "arg1=%d arg2=%u".
// On mistakes, which are appended to `diagnostics`, the result must not be compiled.
CheckedSpec check(const Spec& spec, std::span<const note::ArgSpec> args, Diagnostics& diagnostics);

}  // namespace spile::lang
