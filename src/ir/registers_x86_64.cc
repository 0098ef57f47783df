// SPDX-License-Identifier: MIT
// struct pt_regs of x86-64 (arch/x86/include/uapi/asm/ptrace.h), by the encoding of the register.
#include <array>

#include "ir/registers.h"

namespace spile::ir::x86_64 {

std::optional<std::int16_t> register_offset(std::uint8_t number) {
  static constexpr std::array<std::int16_t, 17> kOffsets = {
      80,   // rax
      88,   // rcx
      96,   // rdx
      40,   // rbx
      152,  // rsp
      32,   // rbp
      104,  // rsi
      112,  // rdi
      72,   // r8
      64,   // r9
      56,   // r10
      48,   // r11
      24,   // r12
      16,   // r13
      8,    // r14
      0,    // r15
      kInstructionPointer,
  };
  if (number >= kOffsets.size()) return std::nullopt;
  return kOffsets[number];
}

}  // namespace spile::ir::x86_64
