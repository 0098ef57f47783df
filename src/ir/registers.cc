// SPDX-License-Identifier: MIT
#include "ir/registers.h"

namespace spile::ir {

std::optional<std::int16_t> register_offset(elf::Machine machine, std::uint8_t number) {
  switch (machine) {
    case elf::Machine::kX86_64: return x86_64::register_offset(number);
    case elf::Machine::kAarch64: return aarch64::register_offset(number);
    default: return std::nullopt;
  }
}

std::int16_t instruction_pointer_offset(elf::Machine machine) {
  return machine == elf::Machine::kAarch64 ? aarch64::kInstructionPointer
                                           : x86_64::kInstructionPointer;
}

}  // namespace spile::ir
