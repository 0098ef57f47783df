// SPDX-License-Identifier: MIT
#include "lang/diagnostic.h"

#include <fmt/format.h>

#include <algorithm>

namespace spile::lang {

// Columns that bytes [begin, end) take on a terminal: UTF-8 continuation bytes take none.
static std::size_t columns(const std::string& text, std::size_t begin, std::size_t end) {
  return static_cast<std::size_t>(
      std::count_if(text.begin() + static_cast<std::ptrdiff_t>(begin),
                    text.begin() + static_cast<std::ptrdiff_t>(end),
                    [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

std::string render(const Diagnostic& diagnostic, const std::string& text) {
  std::string shown = text;  // one line, whatever was typed
  std::replace_if(
      shown.begin(), shown.end(),
      [](char c) { return static_cast<unsigned char>(c) < 32 || c == 127; }, ' ');
  std::size_t begin = std::min(diagnostic.span.begin, shown.size());
  std::size_t end = std::clamp(diagnostic.span.end, begin, shown.size());
  std::size_t width = columns(shown, begin, end);
  std::string marker = "^" + std::string(width > 1 ? width - 1 : 0, '~');
  std::string out = fmt::format("{}\n  {}\n  {}{}\n", diagnostic.message, shown,
                                std::string(columns(shown, 0, begin), ' '), marker);
  if (!diagnostic.hint.empty()) out += fmt::format("  hint: {}\n", diagnostic.hint);
  return out;
}

}  // namespace spile::lang
