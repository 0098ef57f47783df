// SPDX-License-Identifier: MIT
#include "lang/format.h"

#include <fmt/format.h>

#include <string_view>

#include "lang/lexer.h"

namespace spile::lang {

constexpr std::string_view kConversions = "diuxXocspfeg";
constexpr std::size_t kMaxWidth = 4;  // digits: no field is wider than 9,999 columns

static std::string take_while(const std::string& source, std::size_t& position,
                              std::string_view allowed) {
  std::size_t begin = position;
  while (position < source.size() && allowed.find(source[position]) != std::string_view::npos) {
    ++position;
  }
  return source.substr(begin, position - begin);
}

// What follows a '%' that is not "%%".
static void parse_conversion(const std::string& source, std::size_t& position, FormatPiece& piece,
                             Diagnostics& diagnostics) {
  std::size_t begin = position - 1;
  piece.flags = take_while(source, position, "-+ #0");
  std::string width = take_while(source, position, "0123456789");
  std::string precision;
  if (position < source.size() && source[position] == '.') {
    ++position;
    precision = "." + take_while(source, position, "0123456789");
  }
  take_while(source, position, "hlLqjzt");
  piece.flags += width + precision;
  bool is_cut = position >= source.size() || source[position] == '"';
  piece.conversion = is_cut ? '?' : source[position++];
  bool is_known = kConversions.find(piece.conversion) != std::string_view::npos;
  piece.span = {begin, position};
  if (width.size() > kMaxWidth || precision.size() > kMaxWidth + 1) {
    diagnostics.push_back({piece.span, "this field is wider than 9,999 columns", ""});
  } else if (piece.conversion == 'K' || piece.conversion == 'U') {
    diagnostics.push_back(
        {piece.span, "symbols are not printed by a format", "use %p for an address"});
  } else if (!is_known) {
    diagnostics.push_back(
        {piece.span, "unknown conversion",
         "%d %i %u %x %o %c %s %p %f and %% exist; a percent sign is written %%"});
  }
}

std::vector<FormatPiece> parse_format(const std::string& source, std::size_t& position,
                                      Diagnostics& diagnostics) {
  std::vector<FormatPiece> pieces(1);
  std::size_t begin = position++;
  while (position < source.size() && source[position] != '"') {
    if (source[position] != '%') {
      pieces.back().text += unescape(source, position);
      continue;
    }
    ++position;
    if (position < source.size() && source[position] == '%') {
      pieces.back().text += source[position++];
      continue;
    }
    parse_conversion(source, position, pieces.back(), diagnostics);
    pieces.emplace_back();
  }
  if (position >= source.size()) {
    diagnostics.push_back({{begin, source.size()},
                           "the format has no closing \"",
                           "the shell may have taken a quote: put the whole spec in '...'"});
  } else {
    ++position;
  }
  return pieces;
}

}  // namespace spile::lang
