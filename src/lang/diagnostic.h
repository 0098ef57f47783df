// SPDX-License-Identifier: MIT
// Mistakes in the user's own text, as data: where, what, and what to do about it.
//
//   spile trace: the probe has 2 arguments
//     u::p2 "x=%d", arg3
//                   ^~~~
//     hint: arg1 and arg2 exist
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace spile::lang {

// Bytes [begin, end) of the text as the user typed it.
struct Span {
  std::size_t begin = 0;
  std::size_t end = 0;
};

struct Diagnostic {
  Span span;
  std::string message;
  std::string hint;
};

using Diagnostics = std::vector<Diagnostic>;

// The message, the text with a caret under the span, and the hint; lines end in '\n'.
std::string render(const Diagnostic& diagnostic, const std::string& text);

}  // namespace spile::lang
