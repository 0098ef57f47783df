// SPDX-License-Identifier: MIT
// arm64 operands as gcc and clang print them into a note:
//
//   5  #5                           constant
//   x0 w3 sp x29                    register; w: its lower 32 bits; xzr and wzr are the constant 0
//   [x0]  [sp, 24]  [x0, #-8]       memory: base and displacement
//   [x1, x2]  [x1, x2, lsl 3]       base and index
//   [x1, w2, sxtw 2]  [x1, w2, uxtw]  the index widened from 32 bits
//   [x0, #:lo12:glob]               a global variable: x0 holds the start of its page
#include "note/operand.h"

namespace spile::note {
namespace {

constexpr std::uint8_t kSp = 31;

std::optional<Register> parse_register(std::string_view name) {
  if (name == "sp") return Register{kSp, 64, 0};
  if (name == "wsp") return Register{kSp, 32, 0};
  if (name == "fp") return Register{29, 64, 0};
  if (name == "lr") return Register{30, 64, 0};
  if (std::optional<std::uint8_t> number = parse_numbered(name, "x", 30)) {
    return Register{*number, 64, 0};
  }
  if (std::optional<std::uint8_t> number = parse_numbered(name, "w", 30)) {
    return Register{*number, 32, 0};
  }
  return std::nullopt;
}

std::string_view explain_register(std::string_view name) {
  for (std::string_view file : {"v", "q", "d", "s", "h", "b", "z", "p"}) {
    if (parse_numbered(name, file, 31)) {
      return "the kernel does not save vector and floating-point registers for a probe";
    }
  }
  return "not a constant, register or memory operand of arm64";
}

std::optional<std::int64_t> take_immediate(Scanner& in) {
  in.take('#');
  return in.take_integer();
}

// "lsl 3", "sxtw #2", "uxtw": how the index is widened and scaled. False: malformed.
bool take_extend(Scanner& in, Memory& memory) {
  std::string_view kind = in.take_word();
  bool wide = memory.index->bits == 64;
  if (kind == "sxtw" && !wide) {
    memory.extend = Extend::kSxtw;
  } else if (kind == "uxtw" && !wide) {
    memory.extend = Extend::kUxtw;
  } else if (!(wide && (kind == "lsl" || kind == "sxtx"))) {
    return false;
  }
  in.skip_spaces();
  if (in.peek() == ']') return kind != "lsl";
  std::optional<std::int64_t> amount = take_immediate(in);
  if (!amount || *amount < 0 || *amount > 4) return false;
  memory.scale = static_cast<std::uint8_t>(1 << *amount);
  return true;
}

bool take_index(Scanner& in, Memory& memory) {
  memory.index = parse_register(in.take_word());
  if (!memory.index || memory.index->number == kSp) return false;
  if (!in.take(',')) return memory.index->bits == 64;
  in.skip_spaces();
  return take_extend(in, memory);
}

// What follows the base and its comma.
bool take_offset(Scanner& in, Memory& memory) {
  if (in.peek() == 'x' || in.peek() == 'w') return take_index(in, memory);
  in.take('#');
  if (in.take(":lo12:")) {
    std::optional<Sum> sum = take_sum(in);
    if (!sum || sum->symbol.empty()) return false;
    memory.symbol = std::string(sum->symbol);
    memory.displacement = sum->number;
    return true;
  }
  std::optional<std::int64_t> displacement = in.take_integer();
  memory.displacement = displacement.value_or(0);
  return displacement.has_value();
}

Operand parse_memory(std::string_view text, Scanner& in) {
  Memory memory;
  memory.base = parse_register(in.take_word());
  bool good = memory.base && memory.base->bits == 64;
  in.skip_spaces();
  if (good && in.take(',')) {
    in.skip_spaces();
    good = take_offset(in, memory);
    in.skip_spaces();
  }
  if (!good || !in.take(']')) {
    if (text.find("tprel") != text.npos) {
      return unreadable(
          text, "it is a thread-local variable, whose address differs from thread to thread");
    }
    return unreadable(text, "an address form that is not understood");
  }
  if (!in.done()) return unreadable(text, "it would change its base register");
  return memory;
}

}  // namespace

Operand parse_arm64_operand(std::string_view text) {
  Scanner in(text);
  if (in.take('[')) return parse_memory(text, in);
  if (text == "xzr" || text == "wzr") return Constant{0};
  if (std::optional<std::int64_t> value = take_immediate(in); value && in.done()) {
    return Constant{*value};
  }
  std::optional<Register> reg = parse_register(text);
  if (!reg) return unreadable(text, explain_register(text));
  return *reg;
}

}  // namespace spile::note
