// SPDX-License-Identifier: MIT
#include "lang/lexer.h"

#include <fmt/format.h>

#include <array>
#include <cctype>
#include <charconv>
#include <limits>
#include <string_view>

namespace spile::lang {

static bool is_digit(char c) { return c >= '0' && c <= '9'; }
static bool is_name(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '$';
}

Token Lexer::stop(Span span, std::string message, std::string hint) {
  diagnostics_.push_back({span, std::move(message), std::move(hint)});
  position_ = source_.size();
  return Token{TokenKind::kEnd, span, 0, {}, {}};
}

Token Lexer::next() {
  while (position_ < source_.size() &&
         std::isspace(static_cast<unsigned char>(source_[position_]))) {
    ++position_;
  }
  if (position_ == source_.size()) {
    return Token{TokenKind::kEnd, {position_, position_}, 0, {}, {}};
  }
  char c = source_[position_];
  if (is_digit(c)) return lex_number();
  if (is_name(c)) return lex_name();
  if (c == '"' || c == '\'') return lex_quoted(c);
  return lex_symbol();
}

// C's rule (C17 6.4.4.1): the first of int, long that holds a decimal; hexadecimals may also be
// unsigned, and with a u everything is.
static Type literal_type(std::uint64_t value, bool is_decimal, bool is_unsigned) {
  bool may_be_unsigned = !is_decimal || is_unsigned;
  if (!is_unsigned && value <= std::numeric_limits<std::int32_t>::max()) return {4, true};
  if (may_be_unsigned && value <= std::numeric_limits<std::uint32_t>::max()) return {4, false};
  if (!is_unsigned && value <= std::numeric_limits<std::int64_t>::max()) return {8, true};
  return {8, false};
}

Token Lexer::lex_number() {
  std::size_t begin = position_;
  while (position_ < source_.size() && is_name(source_[position_])) ++position_;
  std::string_view digits(source_.data() + begin, position_ - begin);
  Span span{begin, position_};
  bool is_unsigned = false, is_long = false;
  while (!digits.empty() && std::string_view("uUlL").contains(digits.back())) {
    (std::tolower(digits.back()) == 'u' ? is_unsigned : is_long) = true;
    digits.remove_suffix(1);
  }
  int base = 10;
  if (digits.starts_with("0x") || digits.starts_with("0X")) {
    base = 16;
    digits.remove_prefix(2);
  } else if (digits.size() > 1 && digits[0] == '0') {
    base = 8;
  }
  Token token{TokenKind::kNumber, span, 0, {}, {}};
  auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), token.number, base);
  if (error == std::errc::result_out_of_range) {
    return stop(span, "this number needs more than 64 bits");
  }
  if (error != std::errc{} || end != digits.data() + digits.size()) {
    return stop(span, "not a number", "numbers are decimal, 0x hexadecimal or 0 octal");
  }
  token.type = literal_type(token.number, base == 10, is_unsigned);
  if (is_long && token.type.size == 4) token.type = {8, !is_unsigned};
  return token;
}

Token Lexer::lex_name() {
  std::size_t begin = position_;
  while (position_ < source_.size() && is_name(source_[position_])) ++position_;
  return Token{
      TokenKind::kName, {begin, position_}, 0, {}, source_.substr(begin, position_ - begin)};
}

static char unescape_hex(const std::string& source, std::size_t& position) {
  unsigned value = 0;
  const char* begin = source.data() + position;
  const char* limit = std::min(begin + 2, source.data() + source.size());
  auto [end, error] = std::from_chars(begin, limit, value, 16);
  position += static_cast<std::size_t>(end - begin);
  return error == std::errc{} ? static_cast<char>(value) : 'x';
}

// One to three octal digits, the first of which is there.
static char unescape_octal(const std::string& source, std::size_t& position) {
  unsigned value = 0;
  for (int digits = 0; digits < 3 && position < source.size(); ++digits) {
    char c = source[position];
    if (c < '0' || c > '7') break;
    value = value * 8 + static_cast<unsigned>(c - '0');
    ++position;
  }
  return static_cast<char>(value);
}

char unescape(const std::string& source, std::size_t& position) {
  char c = source[position++];
  if (c != '\\' || position == source.size()) return c;
  c = source[position];
  if (c >= '0' && c <= '7') return unescape_octal(source, position);
  ++position;
  switch (c) {
    case 'n': return '\n';
    case 't': return '\t';
    case 'r': return '\r';
    case 'a': return '\a';
    case 'b': return '\b';
    case 'f': return '\f';
    case 'v': return '\v';
    case 'e': return '\033';
    case 'x': return unescape_hex(source, position);
    default: return c;
  }
}

Token Lexer::lex_quoted(char quote) {
  std::size_t begin = position_++;
  Token token{TokenKind::kText, {}, 0, {}, {}};
  while (position_ < source_.size() && source_[position_] != quote)
    token.text += unescape(source_, position_);
  if (position_ >= source_.size()) {
    return stop({begin, source_.size()}, fmt::format("no closing {}", quote),
                "the shell may have taken a quote: put the whole spec in '...'");
  }
  token.span = {begin, ++position_};
  if (quote == '"') return token;
  if (token.text.size() != 1) {
    return stop(token.span,
                "a character is written between single quotes, text between double ones");
  }
  token.kind = TokenKind::kNumber;
  // Signed on every machine, also where plain char is not.
  token.number = static_cast<std::uint64_t>(std::int64_t{static_cast<signed char>(token.text[0])});
  return token;
}

Token Lexer::lex_symbol() {
  static constexpr std::array<std::string_view, 8> kTwoCharacters = {
      "<<", ">>", "<=", ">=", "==", "!=", "&&", "||"};
  std::string_view rest(source_.data() + position_, source_.size() - position_);
  std::size_t begin = position_;
  for (std::string_view symbol : kTwoCharacters) {
    if (!rest.starts_with(symbol)) continue;
    position_ += 2;
    return Token{TokenKind::kSymbol, {begin, position_}, 0, {}, std::string(symbol)};
  }
  if (!std::string_view("+-*/%&|^~!<>?:(),=").contains(rest[0])) {
    return stop({begin, begin + 1}, "this character has no meaning here");
  }
  ++position_;
  return Token{TokenKind::kSymbol, {begin, position_}, 0, {}, std::string(1, rest[0])};
}

}  // namespace spile::lang
