// SPDX-License-Identifier: MIT
// "Did you mean": the names that are closest to one that does not exist.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace spile {

// Up to `limit` of `names`, nearest first: those that contain `wanted` or differ from it in few
// letters. Case does not count. Names may repeat; the answer does not.
std::vector<std::string> find_near_names(std::string_view wanted,
                                         const std::vector<std::string>& names,
                                         std::size_t limit = 3);

}  // namespace spile
