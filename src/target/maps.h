// SPDX-License-Identifier: MIT
// The text of /proc/PID/maps, as proc(5) describes it:
//
//   55d0c7a00000-55d0c7a2f000 r-xp 00002000 fe:01 1311   /usr/bin/app (deleted)
//   start        end          mode offset   device inode path, \012 for a newline
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "target/process.h"

namespace spile::target {

// One line without its newline; nothing when no file is behind it.
std::optional<Mapping> parse_mapping(std::string_view line);

// All the lines with a file behind them.
std::vector<Mapping> parse_mappings(std::string_view text);

}  // namespace spile::target
