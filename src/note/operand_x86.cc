// SPDX-License-Identifier: MIT
// x86 operands as gcc and clang print them into a note (AT&T syntax):
//
//   $-5                   constant
//   %eax %r8b %ah         register, or a part of one
//   -24(%rbp,%rax,8)      memory: displacement(base, index, scale), each part optional
//   4+glob(%rip)          memory: a global variable, by name
//   %fs:-4                memory in a segment: unreadable
#include <array>

#include "note/operand.h"

namespace spile::note {
namespace {

struct RegisterName {
  std::string_view name;
  Register reg;
};

// The eight registers whose parts have names of their own; r8 to r15 follow a rule.
constexpr std::array kRegisterNames = std::to_array<RegisterName>({
    {"rax", {0, 64, 0}},  {"rcx", {1, 64, 0}},  {"rdx", {2, 64, 0}}, {"rbx", {3, 64, 0}},
    {"rsp", {4, 64, 0}},  {"rbp", {5, 64, 0}},  {"rsi", {6, 64, 0}}, {"rdi", {7, 64, 0}},
    {"eax", {0, 32, 0}},  {"ecx", {1, 32, 0}},  {"edx", {2, 32, 0}}, {"ebx", {3, 32, 0}},
    {"esp", {4, 32, 0}},  {"ebp", {5, 32, 0}},  {"esi", {6, 32, 0}}, {"edi", {7, 32, 0}},
    {"ax", {0, 16, 0}},   {"cx", {1, 16, 0}},   {"dx", {2, 16, 0}},  {"bx", {3, 16, 0}},
    {"sp", {4, 16, 0}},   {"bp", {5, 16, 0}},   {"si", {6, 16, 0}},  {"di", {7, 16, 0}},
    {"al", {0, 8, 0}},    {"cl", {1, 8, 0}},    {"dl", {2, 8, 0}},   {"bl", {3, 8, 0}},
    {"spl", {4, 8, 0}},   {"bpl", {5, 8, 0}},   {"sil", {6, 8, 0}},  {"dil", {7, 8, 0}},
    {"ah", {0, 8, 8}},    {"ch", {1, 8, 8}},    {"dh", {2, 8, 8}},   {"bh", {3, 8, 8}},
    {"rip", {16, 64, 0}}, {"eip", {16, 32, 0}},
});

constexpr std::uint8_t kRsp = 4;
constexpr std::uint8_t kRip = 16;

// r8 to r15, whole or with the suffix d, w or b for the lower 32, 16 or 8 bits.
std::optional<Register> parse_high_register(std::string_view name) {
  std::uint8_t bits = 64;
  if (name.ends_with('d')) bits = 32;
  if (name.ends_with('w')) bits = 16;
  if (name.ends_with('b') || name.ends_with('l')) bits = 8;
  if (bits != 64) name.remove_suffix(1);
  std::optional<std::uint8_t> number = parse_numbered(name, "r", 15);
  if (!number || *number < 8) return std::nullopt;
  return Register{*number, bits, 0};
}

// Registers beyond the eight of 1985, and their 64-bit forms, do not exist on 32-bit x86.
bool exists(const Register& reg, std::string_view name, bool is_64_bit) {
  if (is_64_bit) return true;
  bool low_byte_of_pointer = reg.bits == 8 && reg.shift == 0 && reg.number >= 4;
  return reg.number < 8 && reg.bits != 64 && !low_byte_of_pointer && name != "eip";
}

std::optional<Register> parse_register(std::string_view name, bool is_64_bit) {
  for (const RegisterName& entry : kRegisterNames) {
    if (entry.name != name) continue;
    if (!exists(entry.reg, name, is_64_bit)) return std::nullopt;
    return entry.reg;
  }
  return is_64_bit ? parse_high_register(name) : std::nullopt;
}

// Why a name after '%' that is no general purpose register cannot be read.
std::string_view explain_register(std::string_view name) {
  for (std::string_view vector : {"xmm", "ymm", "zmm"}) {
    if (name.starts_with(vector)) return "the kernel does not save vector registers for a probe";
  }
  if (name.starts_with("mm") || name.starts_with("st")) {
    return "the kernel does not save floating-point registers for a probe";
  }
  if (name == "fs" || name == "gs") {
    return "it is thread-local or in another segment, whose base differs from thread to thread";
  }
  return "no general purpose register has this name";
}

std::string_view explain_symbol(std::string_view symbol) {
  std::size_t at = symbol.find('@');
  if (at == symbol.npos) return {};
  std::string_view kind = symbol.substr(at + 1);
  if (kind.find("tpoff") != kind.npos || kind.find("TPOFF") != kind.npos ||
      kind.find("TLS") != kind.npos || kind.find("tls") != kind.npos) {
    return "it is a thread-local variable, whose address differs from thread to thread";
  }
  return "it goes through a linker table that only the running program has";
}

Operand parse_constant(std::string_view text, Scanner& in) {
  std::optional<Sum> sum = take_sum(in);
  if (!sum || !in.done()) return unreadable(text, "not a constant that fits 64 bits");
  if (!sum->symbol.empty()) {
    return unreadable(text, "it is the address of a symbol, not a number");
  }
  return Constant{sum->number};
}

Operand parse_register_operand(std::string_view text, Scanner& in, bool is_64_bit) {
  std::string_view name = in.take_word();
  std::optional<Register> reg = parse_register(name, is_64_bit);
  if (!reg) return unreadable(text, explain_register(name));
  if (!in.done()) return unreadable(text, "characters after the register");
  if (reg->number == kRip) return unreadable(text, "the instruction pointer is no argument");
  return *reg;
}

// One of the registers between the parentheses. False: malformed.
bool take_address_register(Scanner& in, bool is_64_bit, std::optional<Register>& into) {
  if (!in.take('%')) return false;
  into = parse_register(in.take_word(), is_64_bit);
  return into && into->bits >= 32;
}

bool take_index(Scanner& in, bool is_64_bit, Memory& memory) {
  if (!take_address_register(in, is_64_bit, memory.index)) return false;
  if (memory.index->number == kRsp || memory.index->number == kRip) return false;
  if (!in.take(',')) return true;
  in.skip_spaces();
  std::optional<std::int64_t> scale = in.take_integer();
  if (!scale || (*scale != 1 && *scale != 2 && *scale != 4 && *scale != 8)) return false;
  memory.scale = static_cast<std::uint8_t>(*scale);
  return true;
}

// "(base,index,scale)", "(base)", "(,index,scale)", with or without spaces after the commas.
bool take_address(Scanner& in, bool is_64_bit, Memory& memory) {
  if (!in.take('(')) return false;
  if (in.peek() != ',' && !take_address_register(in, is_64_bit, memory.base)) return false;
  if (in.take(',')) {
    in.skip_spaces();
    if (!take_index(in, is_64_bit, memory)) return false;
    if (memory.base && memory.base->number == kRip) return false;
  }
  return in.take(')') && in.done();
}

Operand parse_memory(std::string_view text, Scanner& in, bool is_64_bit) {
  std::optional<Sum> sum = take_sum(in);
  if (!sum) return unreadable(text, "an address expression that is not understood");
  Memory memory;
  memory.displacement = sum->number;
  memory.symbol = std::string(sum->symbol);
  if (std::string_view why = explain_symbol(memory.symbol); !why.empty()) {
    return unreadable(text, why);
  }
  bool bare = in.done() && !text.empty();
  if (!bare && !take_address(in, is_64_bit, memory)) {
    return unreadable(text, "not a constant, register or memory operand of this machine");
  }
  return memory;
}

}  // namespace

Operand parse_x86_operand(std::string_view text, bool is_64_bit) {
  Scanner in(text);
  if (in.take('$')) return parse_constant(text, in);
  if (in.take('%')) return parse_register_operand(text, in, is_64_bit);
  if (in.peek() == '*') return unreadable(text, "it is the address of a function");
  return parse_memory(text, in, is_64_bit);
}

}  // namespace spile::note
