// SPDX-License-Identifier: MIT
#include "bpf/assembler.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace spile::bpf {

// Instruction classes and modes (Documentation/bpf/standardization/instruction-set.rst).
constexpr std::uint8_t kClassLd = 0x00, kClassLdx = 0x01, kClassSt = 0x02, kClassStx = 0x03;
constexpr std::uint8_t kClassJmp = 0x05, kClassAlu64 = 0x07;
constexpr std::uint8_t kModeImm = 0x00, kModeMem = 0x60, kModeAtomic = 0xc0;
constexpr std::uint8_t kSourceReg = 0x08;
constexpr std::uint8_t kCall = 0x80, kExit = 0x90;
constexpr std::uint8_t kPseudoMapFd = 1;

static std::uint8_t raw(auto value) { return static_cast<std::uint8_t>(std::to_underlying(value)); }

int to_bytes(Size size) {
  switch (size) {
    case Size::k8: return 1;
    case Size::k16: return 2;
    case Size::k32: return 4;
    case Size::k64: return 8;
  }
  return 8;
}

Size to_size(int bytes) {
  switch (bytes) {
    case 1: return Size::k8;
    case 2: return Size::k16;
    case 4: return Size::k32;
    default: SPILE_ASSERT(bytes == 8); return Size::k64;
  }
}

void Assembler::emit(std::uint8_t code, Reg dst, Reg src, std::int16_t off, std::int32_t imm) {
  Insn insn;
  insn.code = code;
  insn.dst = raw(dst);
  insn.src = raw(src);
  insn.off = off;
  insn.imm = imm;
  program_.insns.push_back(insn);
}

Label Assembler::make_label(std::string_view name) {
  label_names_.emplace_back(name);
  label_positions_.push_back(-1);
  return Label{label_names_.size() - 1};
}

void Assembler::bind(Label label) {
  SPILE_ASSERT(label_positions_[label.id] == -1);
  label_positions_[label.id] = static_cast<std::int64_t>(program_.insns.size());
}

bool Assembler::is_target(Label label) const {
  return std::ranges::any_of(fixups_, [&](const Fixup& fixup) { return fixup.label == label.id; });
}

void Assembler::comment(std::string text) {
  program_.comments.emplace(program_.insns.size(), std::move(text));
}

void Assembler::mov(Reg dst, Reg src) {
  if (dst != src) alu(Alu::kMov, dst, src);
}

void Assembler::mov_imm(Reg dst, std::int64_t value) {
  if (value >= std::numeric_limits<std::int32_t>::min() &&
      value <= std::numeric_limits<std::int32_t>::max()) {
    alu_imm(Alu::kMov, dst, static_cast<std::int32_t>(value));
    return;
  }
  auto bits = static_cast<std::uint64_t>(value);
  emit(kClassLd | kModeImm | raw(Size::k64), dst, Reg::kR0, 0, static_cast<std::int32_t>(bits));
  emit(0, Reg::kR0, Reg::kR0, 0, static_cast<std::int32_t>(bits >> 32));
}

void Assembler::load_map(Reg dst, MapRef map) {
  program_.map_uses.push_back({program_.insns.size(), map});
  emit(kClassLd | kModeImm | raw(Size::k64), dst, Reg{kPseudoMapFd}, 0, std::to_underlying(map));
  emit(0, Reg::kR0, Reg::kR0, 0, 0);
}

void Assembler::alu(Alu op, Reg dst, Reg src) {
  emit(kClassAlu64 | kSourceReg | raw(op), dst, src, 0, 0);
}

void Assembler::alu_imm(Alu op, Reg dst, std::int32_t value) {
  emit(kClassAlu64 | raw(op), dst, Reg::kR0, 0, value);
}

void Assembler::neg(Reg dst) { emit(kClassAlu64 | raw(Alu::kNeg), dst, Reg::kR0, 0, 0); }

void Assembler::extend(Reg dst, int bits, bool is_signed) {
  if (bits == 64) return;
  alu_imm(Alu::kLsh, dst, 64 - bits);
  alu_imm(is_signed ? Alu::kArsh : Alu::kRsh, dst, 64 - bits);
}

void Assembler::load(Size size, Reg dst, Reg base, std::int16_t offset) {
  emit(kClassLdx | kModeMem | raw(size), dst, base, offset, 0);
}

void Assembler::store(Size size, Reg base, std::int16_t offset, Reg src) {
  emit(kClassStx | kModeMem | raw(size), base, src, offset, 0);
}

void Assembler::store_imm(Size size, Reg base, std::int16_t offset, std::int32_t value) {
  emit(kClassSt | kModeMem | raw(size), base, Reg::kR0, offset, value);
}

void Assembler::atomic_add64(Reg base, std::int16_t offset, Reg src) {
  emit(kClassStx | kModeAtomic | raw(Size::k64), base, src, offset, raw(Alu::kAdd));
}

void Assembler::jump_to(std::uint8_t code, Reg dst, Reg src, std::int32_t imm, Label target) {
  fixups_.push_back({program_.insns.size(), target.id});
  emit(code, dst, src, 0, imm);
}

void Assembler::jump(Label target) {
  jump_to(kClassJmp | raw(Cond::kAlways), Reg::kR0, Reg::kR0, 0, target);
}

void Assembler::jump(Cond cond, Reg dst, Reg src, Label target) {
  jump_to(kClassJmp | kSourceReg | raw(cond), dst, src, 0, target);
}

void Assembler::jump_imm(Cond cond, Reg dst, std::int32_t value, Label target) {
  jump_to(kClassJmp | raw(cond), dst, Reg::kR0, value, target);
}

void Assembler::call(Helper helper) {
  emit(kClassJmp | kCall, Reg::kR0, Reg::kR0, 0, std::to_underlying(helper));
}

void Assembler::exit() { emit(kClassJmp | kExit, Reg::kR0, Reg::kR0, 0, 0); }

// The second "done" of a program becomes "done_2".
static void number_equal_labels(std::map<std::size_t, std::string>& labels) {
  std::map<std::string, int> seen;
  for (auto& [position, name] : labels) {
    int count = ++seen[name];
    if (count > 1) name += "_" + std::to_string(count);
  }
}

Result<Program> Assembler::finish() {
  for (const Fixup& fixup : fixups_) {
    std::int64_t target = label_positions_[fixup.label];
    SPILE_ASSERT(target >= 0);
    std::int64_t distance = target - static_cast<std::int64_t>(fixup.insn) - 1;
    if (distance > std::numeric_limits<std::int16_t>::max() ||
        distance < std::numeric_limits<std::int16_t>::min()) {
      return fail(Errc::kBadInput, "the program for this probe is too large for one BPF jump",
                  "shorten the predicate, or trace with several specs");
    }
    program_.insns[fixup.insn].off = static_cast<std::int16_t>(distance);
    program_.labels.emplace(static_cast<std::size_t>(target), label_names_[fixup.label]);
  }
  number_equal_labels(program_.labels);
  return std::move(program_);
}

}  // namespace spile::bpf
