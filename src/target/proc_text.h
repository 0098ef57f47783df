// SPDX-License-Identifier: MIT
// Small files of /proc, read whole.
#pragma once

#include <string>

#include "base/result.h"

namespace spile::target {

// The file `name` below the directory `dir_fd`; `what` names it in errors. kBadInput beyond 64 MiB.
Result<std::string> read_text_at(int dir_fd, const std::string& name, const std::string& what);

}  // namespace spile::target
