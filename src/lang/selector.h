// SPDX-License-Identifier: MIT
// The first word of a spec: which probes.
//
//   u:LIB:probe   u:LIB:provider:probe   u::probe   /path provider:probe (as `spile list` prints
//   it)
#pragma once

#include <optional>
#include <string>

#include "lang/ast.h"

namespace spile::lang {

// Parses from `position`, which it moves behind the selector.
std::optional<Selector> parse_selector(const std::string& source, std::size_t& position,
                                       Diagnostics& diagnostics);

}  // namespace spile::lang
