// SPDX-License-Identifier: MIT
// Text of the traced program. A plain read fails on a page that nobody touched yet; a sleepable
// program then faults the page in with bpf_copy_from_user and reads again, so that text arrives
// whole. What still cannot be read is marked, never passed off as empty.
#include <array>
#include <cstring>

#include "ir/emitter.h"

namespace spile::ir {

constexpr std::uint32_t kPageSize = 4096;

void Emitter::emit_try_read_text(Reg base, std::int32_t offset, std::uint32_t capacity) {
  out_.mov(Reg::kR1, base);
  out_.alu_imm(Alu::kAdd, Reg::kR1, offset);
  out_.mov_imm(Reg::kR2, capacity);
  out_.load(Size::k64, Reg::kR3, kFrame, kTextAddress);
  out_.call(Helper::kProbeReadUserStr);
}

// Touches the first page of the text, then each page it may reach into, trying again after each.
// Falls through when the text cannot be had.
void Emitter::emit_fault_in(std::uint32_t capacity, Reg base, std::int32_t offset,
                            bpf::Label done) {
  bpf::Label give_up = out_.make_label("not_mapped");
  for (std::uint32_t ahead = 0; ahead < capacity + kPageSize; ahead += kPageSize) {
    out_.load(Size::k64, Reg::kR3, kFrame, kTextAddress);
    if (ahead > 0) {
      out_.alu_imm(Alu::kAnd, Reg::kR3, -static_cast<std::int32_t>(kPageSize));
      out_.alu_imm(Alu::kAdd, Reg::kR3, static_cast<std::int32_t>(ahead));
    }
    out_.mov(Reg::kR1, kFrame);
    out_.alu_imm(Alu::kAdd, Reg::kR1, kScratch);
    out_.mov_imm(Reg::kR2, 1);
    out_.call(Helper::kCopyFromUser);
    out_.jump_imm(Cond::kNe, Reg::kR0, 0, give_up);
    emit_try_read_text(base, offset, capacity);
    out_.jump_imm(Cond::kSge, Reg::kR0, 0, done);
  }
  out_.bind(give_up);
}

void Emitter::emit_read_text(Reg base, std::int32_t offset, std::uint32_t capacity,
                             bpf::Label unreadable) {
  out_.store(Size::k64, kFrame, kTextAddress, kValue);
  emit_try_read_text(base, offset, capacity);
  if (!options_.sleepable) {
    out_.jump_imm(Cond::kSlt, Reg::kR0, 0, unreadable);
    return;
  }
  bpf::Label done = out_.make_label("text_read");
  out_.jump_imm(Cond::kSge, Reg::kR0, 0, done);
  emit_fault_in(capacity, base, offset, done);
  out_.jump(unreadable);
  out_.bind(done);
}

// Compares the text buffer with `bytes`, eight at a time.
void Emitter::emit_compare_bytes(const std::string& bytes, bpf::Label differs) {
  static constexpr std::array<std::size_t, 4> kWidths = {8, 4, 2, 1};
  std::size_t position = 0;
  for (std::size_t width : kWidths) {
    while (bytes.size() - position >= width) {
      std::uint64_t want = 0;
      std::memcpy(&want, bytes.data() + position, width);  // both supported CPUs are little-endian
      auto at = static_cast<std::int16_t>(kTextBuffer + static_cast<std::int16_t>(position));
      out_.load(bpf::to_size(static_cast<int>(width)), Reg::kR0, kFrame, at);
      out_.mov_imm(Reg::kR1, static_cast<std::int64_t>(want));
      out_.jump(Cond::kNe, Reg::kR0, Reg::kR1, differs);
      position += width;
    }
  }
}

void Emitter::emit_load_comm() {
  out_.mov(Reg::kR1, kFrame);
  out_.alu_imm(Alu::kAdd, Reg::kR1, kTextBuffer);
  out_.mov_imm(Reg::kR2, event::kCommSize);
  out_.call(Helper::kGetCurrentComm);
}

// Equality compares the NUL too. One byte more than that is read, or a longer text, cut to the
// buffer and closed with a NUL by the helper, would look equal.
void Emitter::emit_text_branch(const lang::Expr& pointer, const std::string& literal, bool prefix,
                               bpf::Label target, bool when, bpf::Label unreadable) {
  std::string want = literal;
  if (!prefix) want += '\0';
  bpf::Label differs = when ? out_.make_label("differs") : target;
  if (pointer.is_comm()) {
    SPILE_ASSERT(want.size() <= event::kCommSize);  // lang::check refuses longer ones
    emit_load_comm();
  } else {
    emit_value(pointer, unreadable);
    out_.jump_imm(Cond::kEq, kValue, 0, differs);  // NULL equals no text
    emit_read_text(kFrame, kTextBuffer, static_cast<std::uint32_t>(want.size()) + 1, unreadable);
    // A text shorter than the prefix leaves the buffer's old bytes behind its NUL; the NUL differs.
  }
  emit_compare_bytes(want, differs);
  if (!when) return;
  out_.jump(target);
  out_.bind(differs);
}

void Emitter::emit_comm_filter(const std::string& part, bpf::Label reject) {
  SPILE_ASSERT(part.size() < event::kCommSize);  // a jump past all the rest would not load
  bpf::Label found = out_.make_label("comm_matches");
  out_.comment("comm contains \"" + part + "\"");
  emit_load_comm();
  for (std::size_t start = 0; start + part.size() < event::kCommSize; ++start) {
    bpf::Label differs = out_.make_label("next_start");
    for (std::size_t i = 0; i < part.size(); ++i) {
      auto at = static_cast<std::int16_t>(kTextBuffer + static_cast<std::int16_t>(start + i));
      out_.load(Size::k8, Reg::kR0, kFrame, at);
      out_.jump_imm(Cond::kNe, Reg::kR0, static_cast<unsigned char>(part[i]), differs);
    }
    out_.jump(found);
    out_.bind(differs);
  }
  out_.jump(reject);
  out_.bind(found);
}

}  // namespace spile::ir
