// SPDX-License-Identifier: MIT
// Where a traced thread's registers are in the context that a uprobe program gets: one table per
// CPU (registers_x86_64.cc, registers_aarch64.cc).
#pragma once

#include <cstdint>
#include <optional>

#include "elf/machine.h"

namespace spile::ir {

// Byte offset of register `number` (note::Register's numbering) in struct pt_regs; nothing for a
// register that is not there or a machine that we do not trace.
std::optional<std::int16_t> register_offset(elf::Machine machine, std::uint8_t number);

// The instruction pointer's offset.
std::int16_t instruction_pointer_offset(elf::Machine machine);

namespace x86_64 {
std::optional<std::int16_t> register_offset(std::uint8_t number);
constexpr std::int16_t kInstructionPointer = 128;
}  // namespace x86_64

namespace aarch64 {
std::optional<std::int16_t> register_offset(std::uint8_t number);
constexpr std::int16_t kInstructionPointer = 256;
}  // namespace aarch64

}  // namespace spile::ir
