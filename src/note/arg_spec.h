// SPDX-License-Identifier: MIT
// One argument of a probe site, as its note describes it: "-4@%edi" is a signed 32-bit number in
// the low half of rdi; "8@-24(%rbp,%rax,8)" an unsigned 64-bit number in memory.
//
// An argument nobody can read becomes Unreadable with a reason; it never shifts the ones after it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/address.h"
#include "elf/machine.h"

namespace spile::note {

// A general purpose register, or a part of one. `number` is the machine's own encoding:
// x86-64: rax 0, rcx 1, rdx 2, rbx 3, rsp 4, rbp 5, rsi 6, rdi 7, r8 8 ... r15 15, rip 16;
// arm64: x0..x30 0..30, sp 31. Other machines: their assembler's numbers.
struct Register {
  std::uint8_t number = 0;
  std::uint8_t bits = 64;  // width of the named part: 8, 16, 32, 64
  std::uint8_t shift = 0;  // 8 for %ah %bh %ch %dh, else 0
  bool operator==(const Register&) const = default;
};

struct Constant {
  std::int64_t value = 0;
  bool operator==(const Constant&) const = default;
};

// How arm64 widens an index register: [x0, w1, sxtw #2].
enum class Extend : std::uint8_t { kNone, kSxtw, kUxtw };

// value at: base + extend(index) * scale + displacement (+ symbol's address, when there is one).
// A symbol is relative to the program's load address, so base is empty or rip when it is set.
struct Memory {
  std::optional<Register> base;
  std::optional<Register> index;
  std::uint8_t scale = 1;  // 1 2 4 8 (arm64: 1 << lsl amount, up to 16)
  Extend extend = Extend::kNone;
  std::int64_t displacement = 0;
  std::string symbol;                      // "glob" of 4+glob(%rip); empty: none
  std::optional<LinkAddr> symbol_address;  // filled in from the file's symbol table
  bool operator==(const Memory&) const = default;
};

struct Unreadable {
  std::string why;  // "%xmm0 is not saved where a probe could read it"
  bool operator==(const Unreadable&) const = default;
};

struct ArgSpec {
  std::uint8_t size = 8;  // bytes: 1, 2, 4 or 8 (the note may say others: then Unreadable)
  bool is_signed = false;
  bool is_float = false;  // "8f@..."
  std::variant<Constant, Register, Memory, Unreadable> operand;
  std::string text;  // as the note spells it: "-4@%edi"
};

// All the arguments of one site, in order. `text` is the note's third string.
std::vector<ArgSpec> parse_arg_specs(std::string_view text, elf::Machine machine);

}  // namespace spile::note
