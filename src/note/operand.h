// SPDX-License-Identifier: MIT
// The operand half of an argument ("%edi" of "-4@%edi"), one parser per CPU. Each takes the whole
// text and returns Unreadable, with the reason, for what it cannot place.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "note/arg_spec.h"

namespace spile::note {

using Operand = decltype(ArgSpec::operand);

Operand parse_x86_operand(std::string_view text, bool is_64_bit);
Operand parse_arm64_operand(std::string_view text);
Operand parse_arm_operand(std::string_view text);
Operand parse_ppc64_operand(std::string_view text);
Operand parse_s390x_operand(std::string_view text);
Operand parse_riscv64_operand(std::string_view text);

// Unreadable: "<text>: <why>"; `text` is shortened when it is long.
Unreadable unreadable(std::string_view text, std::string_view why);

// A position in an operand. take_* consume what they return, or nothing.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  bool done() const { return rest_.empty(); }
  char peek() const { return rest_.empty() ? '\0' : rest_.front(); }
  std::string_view rest() const { return rest_; }

  bool take(char c);
  bool take(std::string_view prefix);
  void skip_spaces();
  // Letters and digits: a register or keyword.
  std::string_view take_word();
  // What an assembler takes as a symbol's name: letters, digits, _ . $ @ and bytes above 127.
  std::string_view take_symbol();
  // Decimal or 0x hexadecimal with an optional sign; nothing when it does not fit 64 bits.
  std::optional<std::int64_t> take_integer();

 private:
  std::string_view rest_;
};

// A sum such as "4+glob", "glob-8", "-24" or "": numbers and at most one symbol.
struct Sum {
  std::int64_t number = 0;
  std::string_view symbol;
};
std::optional<Sum> take_sum(Scanner& in);

// "x" and a number from 0 to `last`, without leading zeros: "x12".
std::optional<std::uint8_t> parse_numbered(std::string_view name, std::string_view prefix,
                                           int last);

}  // namespace spile::note
