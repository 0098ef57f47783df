// SPDX-License-Identifier: MIT
// struct user_pt_regs of arm64 (arch/arm64/include/uapi/asm/ptrace.h): regs[31], sp, pc, pstate.
#include "ir/registers.h"

namespace spile::ir::aarch64 {

std::optional<std::int16_t> register_offset(std::uint8_t number) {
  constexpr std::uint8_t kStackPointer = 31;
  if (number > kStackPointer) return std::nullopt;
  return static_cast<std::int16_t>(8 * number);
}

}  // namespace spile::ir::aarch64
