// SPDX-License-Identifier: MIT
// Text of one trace spec to its tree. No I/O; every mistake found is in `diagnostics`, and the Spec
// is only there when there is none.
#pragma once

#include <optional>
#include <string>

#include "lang/ast.h"

namespace spile::lang {

std::optional<Spec> parse_spec(const std::string& source, Diagnostics& diagnostics);

}  // namespace spile::lang
