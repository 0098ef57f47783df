// SPDX-License-Identifier: MIT
// Names and texts that come from a traced program, made safe for a terminal: a probe called
// "\x1b]0;owned" must not retitle the window of whoever lists it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace spile {

// The text with every byte that is no printable UTF-8 as \xNN: C0 and C1 controls, DEL, malformed
// or overlong sequences, and the marks that turn the direction of writing.
std::string to_printable(std::string_view text);

// The length of the well-formed UTF-8 sequence that `text` starts with; 0 when there is none.
std::size_t utf8_length(std::string_view text);

// The code point of the well-formed sequence that `text` starts with.
char32_t utf8_decode(std::string_view text);

}  // namespace spile
