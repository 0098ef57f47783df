// SPDX-License-Identifier: MIT
// Operands of the machines whose probes are listed and not traced:
//
//             constant   register        memory
//   arm       #5 5       r0 fp sp ...    [r0, #4]  [r0, r1]
//   ppc64     i5         %r3 r3 3        8(%r1) 8(1)  %r3,%r4 (base and index)
//   s390x     5          %r2             160(%r15)  8(%r1,%r2) (index, base)
//   riscv64   5          a0 s1 x10 ...   -24(s0)
#include <array>

#include "note/operand.h"

namespace spile::note {
namespace {

constexpr std::string_view kNotUnderstood = "not a constant, register or memory operand";

std::optional<Register> parse_arm_register(std::string_view name) {
  constexpr std::array<std::pair<std::string_view, std::uint8_t>, 6> kNames = {
      {{"sl", 10}, {"fp", 11}, {"ip", 12}, {"sp", 13}, {"lr", 14}, {"pc", 15}}};
  for (auto [known, number] : kNames) {
    if (known == name) return Register{number, 32, 0};
  }
  std::optional<std::uint8_t> number = parse_numbered(name, "r", 15);
  if (!number) return std::nullopt;
  return Register{*number, 32, 0};
}

std::optional<Register> parse_ppc64_register(std::string_view name) {
  if (name.starts_with('%')) name.remove_prefix(1);
  if (name.starts_with('r')) name.remove_prefix(1);
  std::optional<std::uint8_t> number = parse_numbered(name, "", 31);
  if (!number) return std::nullopt;
  return Register{*number, 64, 0};
}

std::optional<Register> parse_s390x_register(std::string_view name) {
  std::optional<std::uint8_t> number = parse_numbered(name, "%r", 15);
  if (!number) return std::nullopt;
  return Register{*number, 64, 0};
}

// x0 to x31 in the order of the calling convention's names.
std::optional<Register> parse_riscv64_register(std::string_view name) {
  constexpr std::array<std::string_view, 32> kNames = {
      "zero", "ra", "sp", "gp", "tp",  "t0",  "t1", "t2", "s0", "s1", "a0",
      "a1",   "a2", "a3", "a4", "a5",  "a6",  "a7", "s2", "s3", "s4", "s5",
      "s6",   "s7", "s8", "s9", "s10", "s11", "t3", "t4", "t5", "t6"};
  if (name == "fp") name = "s0";
  for (std::size_t number = 0; number < kNames.size(); ++number) {
    if (kNames[number] == name) return Register{static_cast<std::uint8_t>(number), 64, 0};
  }
  std::optional<std::uint8_t> number = parse_numbered(name, "x", 31);
  if (!number) return std::nullopt;
  return Register{*number, 64, 0};
}

using RegisterParser = std::optional<Register> (*)(std::string_view);

std::optional<Constant> parse_constant(std::string_view text) {
  Scanner in(text);
  std::optional<std::int64_t> value = in.take_integer();
  if (!value || !in.done()) return std::nullopt;
  return Constant{*value};
}

// "8(%r1)" and, with a second register, "8(%r1,%r2)".
std::optional<Memory> parse_parenthesised(std::string_view text, RegisterParser parse_register) {
  std::size_t open = text.find('(');
  if (open == text.npos || !text.ends_with(')')) return std::nullopt;
  Memory memory;
  if (open > 0) {
    std::optional<Constant> displacement = parse_constant(text.substr(0, open));
    if (!displacement) return std::nullopt;
    memory.displacement = displacement->value;
  }
  std::string_view inside = text.substr(open + 1, text.size() - open - 2);
  std::size_t comma = inside.find(',');
  if (comma != inside.npos) {
    memory.index = parse_register(inside.substr(0, comma));
    if (!memory.index) return std::nullopt;
    inside.remove_prefix(comma + 1);
  }
  memory.base = parse_register(inside);
  if (!memory.base) return std::nullopt;
  return memory;
}

std::optional<Memory> parse_bracketed(std::string_view text, RegisterParser parse_register) {
  Scanner in(text);
  if (!in.take('[')) return std::nullopt;
  Memory memory;
  memory.base = parse_register(in.take_word());
  if (!memory.base) return std::nullopt;
  if (in.take(',')) {
    in.skip_spaces();
    in.take('#');
    if (std::optional<std::int64_t> displacement = in.take_integer()) {
      memory.displacement = *displacement;
    } else {
      memory.index = parse_register(in.take_word());
      if (!memory.index) return std::nullopt;
    }
  }
  if (!in.take(']') || !in.done()) return std::nullopt;
  return memory;
}

}  // namespace

Operand parse_arm_operand(std::string_view text) {
  std::string_view number = text.starts_with('#') ? text.substr(1) : text;
  if (std::optional<Constant> constant = parse_constant(number)) return *constant;
  if (std::optional<Register> reg = parse_arm_register(text)) return *reg;
  if (std::optional<Memory> memory = parse_bracketed(text, parse_arm_register)) return *memory;
  return unreadable(text, kNotUnderstood);
}

Operand parse_ppc64_operand(std::string_view text) {
  if (text.starts_with('i')) {
    if (std::optional<Constant> constant = parse_constant(text.substr(1))) return *constant;
  }
  if (std::optional<Register> reg = parse_ppc64_register(text)) return *reg;
  if (auto memory = parse_parenthesised(text, parse_ppc64_register); memory && !memory->index) {
    return *memory;
  }
  std::size_t comma = text.find(',');
  if (comma != text.npos) {
    Memory memory;
    memory.base = parse_ppc64_register(text.substr(0, comma));
    memory.index = parse_ppc64_register(text.substr(comma + 1));
    if (memory.base && memory.index) return memory;
  }
  return unreadable(text, kNotUnderstood);
}

Operand parse_s390x_operand(std::string_view text) {
  if (std::optional<Constant> constant = parse_constant(text)) return *constant;
  if (std::optional<Register> reg = parse_s390x_register(text)) return *reg;
  if (auto memory = parse_parenthesised(text, parse_s390x_register)) return *memory;
  return unreadable(text, kNotUnderstood);
}

Operand parse_riscv64_operand(std::string_view text) {
  if (std::optional<Constant> constant = parse_constant(text)) return *constant;
  if (std::optional<Register> reg = parse_riscv64_register(text)) return *reg;
  if (auto memory = parse_parenthesised(text, parse_riscv64_register); memory && !memory->index) {
    return *memory;
  }
  return unreadable(text, kNotUnderstood);
}

}  // namespace spile::note
