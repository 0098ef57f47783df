// SPDX-License-Identifier: MIT
// Argument operands to instructions: "-4@-20(%rbp,%rax,4)" becomes an address computed from the
// saved registers, one guarded read of user memory, and a sign extension.
#include <fmt/format.h>

#include "base/printable.h"
#include "ir/emitter.h"
#include "ir/registers.h"

namespace spile::ir {

static std::uint64_t extend_constant(std::int64_t value, int bits, bool is_signed) {
  if (bits == 64) return static_cast<std::uint64_t>(value);
  std::uint64_t shifted = static_cast<std::uint64_t>(value) << (64 - bits);
  return is_signed ? static_cast<std::uint64_t>(static_cast<std::int64_t>(shifted) >> (64 - bits))
                   : shifted >> (64 - bits);
}

static std::int16_t offset_of(const SiteInfo& site, const note::Register& reg) {
  auto offset = register_offset(site.machine, reg.number);
  SPILE_ASSERT(offset.has_value());
  return *offset;
}

// base + extend(index) * scale + displacement, into r3.
void Emitter::emit_address(const note::Memory& memory) {
  if (!memory.symbol.empty()) {
    // The file's own addresses are known only relative to each other: from the site to the symbol.
    SPILE_ASSERT(memory.symbol_address.has_value());
    auto distance =
        static_cast<std::int64_t>(memory.symbol_address->value - site_.attached_at.value);
    out_.load(Size::k64, Reg::kR3, kContext, instruction_pointer_offset(site_.machine));
    out_.mov_imm(Reg::kR1, distance + memory.displacement);
    out_.alu(Alu::kAdd, Reg::kR3, Reg::kR1);
  } else {
    out_.mov_imm(Reg::kR3, memory.displacement);
    if (memory.base) {
      out_.load(Size::k64, Reg::kR1, kContext, offset_of(site_, *memory.base));
      out_.extend(Reg::kR1, memory.base->bits, false);
      out_.alu(Alu::kAdd, Reg::kR3, Reg::kR1);
    }
  }
  if (!memory.index) return;
  out_.load(Size::k64, Reg::kR1, kContext, offset_of(site_, *memory.index));
  bool is_signed = memory.extend == note::Extend::kSxtw;
  out_.extend(Reg::kR1, memory.extend == note::Extend::kNone ? memory.index->bits : 32, is_signed);
  if (memory.scale > 1) out_.alu_imm(Alu::kMul, Reg::kR1, memory.scale);
  out_.alu(Alu::kAdd, Reg::kR3, Reg::kR1);
}

void Emitter::emit_memory_value(const note::ArgSpec& arg, const note::Memory& memory,
                                bpf::Label unreadable) {
  bpf::Label loaded = out_.make_label("loaded");
  auto read_with = [&](Helper helper) {
    emit_address(memory);
    out_.mov(Reg::kR1, kFrame);
    out_.alu_imm(Alu::kAdd, Reg::kR1, kScratch);
    out_.mov_imm(Reg::kR2, arg.size);
    out_.call(helper);
  };
  read_with(Helper::kProbeReadUser);
  if (options_.sleepable) {
    out_.jump_imm(Cond::kEq, Reg::kR0, 0, loaded);
    read_with(Helper::kCopyFromUser);
  }
  out_.jump_imm(Cond::kNe, Reg::kR0, 0, unreadable);
  out_.bind(loaded);
  out_.load(bpf::to_size(arg.size), kValue, kFrame, kScratch);
  if (arg.is_signed) out_.extend(kValue, 8 * arg.size, true);
}

void Emitter::emit_argument(std::size_t index, bpf::Label unreadable) {
  const note::ArgSpec& arg = site_.args[index];
  out_.comment(fmt::format("arg{} = {}", index + 1, to_printable(arg.text)));
  if (const auto* constant = std::get_if<note::Constant>(&arg.operand)) {
    auto value = extend_constant(constant->value, 8 * arg.size, arg.is_signed);
    out_.mov_imm(kValue, static_cast<std::int64_t>(value));
  } else if (const auto* reg = std::get_if<note::Register>(&arg.operand)) {
    out_.load(Size::k64, kValue, kContext, offset_of(site_, *reg));
    if (reg->shift != 0) out_.alu_imm(Alu::kRsh, kValue, reg->shift);
    out_.extend(kValue, std::min<int>(reg->bits, 8 * arg.size), arg.is_signed);
  } else if (const auto* memory = std::get_if<note::Memory>(&arg.operand)) {
    emit_memory_value(arg, *memory, unreadable);
  } else {
    SPILE_ASSERT(!"lang::check refuses unreadable arguments");
  }
}

}  // namespace spile::ir
