// SPDX-License-Identifier: MIT
// printf-style formats: flags, width and precision as in C; conversions %d %i %u %x %X %o %c %s %p
// %f %e %g and %%; the length modifiers h hh l ll z t j are accepted and mean nothing, because an
// argument's own type says how wide it is.
#pragma once

#include <string>
#include <vector>

#include "lang/ast.h"

namespace spile::lang {

// Parses the quoted text that starts at `position` (on its opening quote) and moves behind it.
std::vector<FormatPiece> parse_format(const std::string& source, std::size_t& position,
                                      Diagnostics& diagnostics);

}  // namespace spile::lang
