// SPDX-License-Identifier: MIT
//   bytes  first      code points          RFC 3629, table in section 4
//   1      00..7f     0..7f
//   2      c2..df     80..7ff              c0 and c1 could only be overlong
//   3      e0..ef     800..ffff            not the surrogates d800..dfff
//   4      f0..f4     10000..10ffff
#include "base/printable.h"

#include <array>

namespace spile {
namespace {

std::size_t expected_length(unsigned char first) {
  if (first < 0x80) return 1;
  if (first >= 0xc2 && first <= 0xdf) return 2;
  if (first >= 0xe0 && first <= 0xef) return 3;
  if (first >= 0xf0 && first <= 0xf4) return 4;
  return 0;
}

bool is_valid(char32_t code, std::size_t length) {
  constexpr std::array<char32_t, 5> kLeast = {0, 0, 0x80, 0x800, 0x10000};
  return code >= kLeast[length] && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff);
}

bool is_harmless(char32_t code) {
  bool control = code < 0x20 || (code >= 0x7f && code <= 0x9f);
  bool turns = code == 0x200e || code == 0x200f || (code >= 0x202a && code <= 0x202e) ||
               (code >= 0x2066 && code <= 0x2069);
  bool breaks_line = code == 0x2028 || code == 0x2029;
  return !control && !turns && !breaks_line;
}

bool is_plain_ascii(std::string_view text) {
  for (char c : text) {
    if (c < 0x20 || c > 0x7e) return false;
  }
  return true;
}

void append_escaped(std::string& out, std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  for (unsigned char byte : bytes) {
    out += "\\x";
    out += kDigits[byte >> 4];
    out += kDigits[byte & 15];
  }
}

}  // namespace

char32_t utf8_decode(std::string_view text) {
  auto first = static_cast<unsigned char>(text[0]);
  std::size_t length = expected_length(first);
  if (length == 1) return first;
  char32_t code = first & (0x7fu >> length);
  for (std::size_t i = 1; i < length; ++i) {
    code = (code << 6) | (static_cast<unsigned char>(text[i]) & 0x3fu);
  }
  return code;
}

std::size_t utf8_length(std::string_view text) {
  if (text.empty()) return 0;
  std::size_t length = expected_length(static_cast<unsigned char>(text[0]));
  if (length == 0 || length > text.size()) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((static_cast<unsigned char>(text[i]) & 0xc0) != 0x80) return 0;
  }
  return is_valid(utf8_decode(text), length) ? length : 0;
}

std::string to_printable(std::string_view text) {
  if (is_plain_ascii(text)) return std::string(text);
  std::string out;
  while (!text.empty()) {
    std::size_t length = utf8_length(text);
    std::string_view bytes = text.substr(0, length == 0 ? 1 : length);
    if (length > 0 && is_harmless(utf8_decode(bytes))) {
      out += bytes;
    } else {
      append_escaped(out, bytes);
    }
    text.remove_prefix(bytes.size());
  }
  return out;
}

}  // namespace spile
