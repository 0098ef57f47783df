// SPDX-License-Identifier: MIT
// The listing as one JSON document; spile-list(1) describes its members.
#pragma once

#include <string>

#include "cli/list_scan.h"

namespace spile::cli {

std::string to_json(const Listing& listing);

}  // namespace spile::cli
