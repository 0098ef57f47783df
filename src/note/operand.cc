// SPDX-License-Identifier: MIT
#include "note/operand.h"

#include <charconv>
#include <limits>

namespace spile::note {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

bool is_symbol_char(char c) {
  return is_letter(c) || is_digit(c) || c == '_' || c == '.' || c == '$' || c == '@' ||
         static_cast<unsigned char>(c) >= 0x80;
}

// Assemblers compute modulo 2^64, so "$18446744073709551615" is -1.
std::int64_t negate_if(std::uint64_t value, bool negative) {
  return static_cast<std::int64_t>(negative ? 0 - value : value);
}

}  // namespace

Unreadable unreadable(std::string_view text, std::string_view why) {
  constexpr std::size_t kShown = 64;
  std::string message(text.substr(0, kShown));
  if (text.size() > kShown) message += "...";
  message += ": ";
  message += why;
  return Unreadable{std::move(message)};
}

bool Scanner::take(char c) {
  if (peek() != c || rest_.empty()) return false;
  rest_.remove_prefix(1);
  return true;
}

bool Scanner::take(std::string_view prefix) {
  if (!rest_.starts_with(prefix)) return false;
  rest_.remove_prefix(prefix.size());
  return true;
}

void Scanner::skip_spaces() {
  while (peek() == ' ' || peek() == '\t') rest_.remove_prefix(1);
}

std::string_view Scanner::take_word() {
  std::size_t length = 0;
  while (length < rest_.size() && (is_letter(rest_[length]) || is_digit(rest_[length]))) ++length;
  std::string_view word = rest_.substr(0, length);
  rest_.remove_prefix(length);
  return word;
}

std::string_view Scanner::take_symbol() {
  if (is_digit(peek())) return {};
  std::size_t length = 0;
  while (length < rest_.size() && is_symbol_char(rest_[length])) ++length;
  std::string_view symbol = rest_.substr(0, length);
  rest_.remove_prefix(length);
  return symbol;
}

std::optional<std::int64_t> Scanner::take_integer() {
  std::string_view text = rest_;
  bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  int base = 10;
  if (text.starts_with("0x") || text.starts_with("0X")) {
    base = 16;
    text.remove_prefix(2);
  }
  std::uint64_t value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc()) return std::nullopt;
  if (negative && value > std::uint64_t{1} << 63) return std::nullopt;
  rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
  return negate_if(value, negative);
}

std::optional<Sum> take_sum(Scanner& in) {
  Sum sum;
  for (bool first = true; !in.done(); first = false) {
    bool signed_term = in.peek() == '+' || in.peek() == '-';
    if (!first && !signed_term) break;
    if (std::optional<std::int64_t> number = in.take_integer()) {
      // Wraps as the assembler's own arithmetic does.
      sum.number = static_cast<std::int64_t>(static_cast<std::uint64_t>(sum.number) +
                                             static_cast<std::uint64_t>(*number));
      continue;
    }
    if (in.peek() == '-') return std::nullopt;
    if (signed_term) in.take('+');
    std::string_view symbol = in.take_symbol();
    if (symbol.empty() && !signed_term && first) break;
    if (symbol.empty() || !sum.symbol.empty()) return std::nullopt;
    sum.symbol = symbol;
  }
  return sum;
}

std::optional<std::uint8_t> parse_numbered(std::string_view name, std::string_view prefix,
                                           int last) {
  if (!name.starts_with(prefix)) return std::nullopt;
  name.remove_prefix(prefix.size());
  if (name.empty() || name.size() > 2 || (name.size() == 2 && name[0] == '0')) return std::nullopt;
  int number = 0;
  auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
  if (error != std::errc() || end != name.data() + name.size()) return std::nullopt;
  if (number < 0 || number > last) return std::nullopt;
  return static_cast<std::uint8_t>(number);
}

}  // namespace spile::note
