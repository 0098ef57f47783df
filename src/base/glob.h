// SPDX-License-Identifier: MIT
// Shell-style patterns on names: * any text, ? one byte, [a-z] one of a set, [!a-z] none of it.
// No byte is special in the name, '/' and ':' included; a '[' that never closes stands for itself.
//
//   matches_glob("gc__*", "gc__start")  true
#pragma once

#include <string_view>

namespace spile {

bool matches_glob(std::string_view pattern, std::string_view name);

// True when the text holds one of * ? [.
bool has_glob(std::string_view text);

}  // namespace spile
