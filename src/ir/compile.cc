// SPDX-License-Identifier: MIT
// The shape of every program:
//
//   whose thread is it?      another process, another namespace: leave, not even counted (where
//                            nothing depends on it, this waits until there is a record)
//   fired += 1
//   filters                  comm, predicate: leave before anything is copied
//   reserve a record         no room: lost += 1, leave
//   header, then the values  what cannot be read is marked in the header
//   submit
#include "ir/compile.h"

#include <fmt/format.h>

#include <algorithm>

#include "ir/emitter.h"
#include "ir/registers.h"

namespace spile::ir {

constexpr std::int32_t kRingbufNoWakeup = 1;  // BPF_RB_NO_WAKEUP: the reader polls by the clock

void Emitter::emit_count(Counter counter) {
  out_.mov_imm(Reg::kR1, 1);
  out_.atomic_add64(kCounterBase, static_cast<std::int16_t>(8 * static_cast<int>(counter)),
                    Reg::kR1);
}

// r9 = pid << 32 | tid in the caller's numbering.
static void emit_task(Emitter& emit, bpf::Label leave) {
  bpf::Assembler& out = emit.out();
  const CompileOptions& options = emit.options();
  if (!options.pid_namespace) {
    out.call(Helper::kGetCurrentPidTgid);
    out.mov(kTask, Reg::kR0);
  } else {
    // struct bpf_pidns_info { u32 pid (the thread), tgid }; fails for any other pid namespace.
    out.mov_imm(Reg::kR1, static_cast<std::int64_t>(options.pid_namespace->device));
    out.mov_imm(Reg::kR2, static_cast<std::int64_t>(options.pid_namespace->inode));
    out.mov(Reg::kR3, kFrame);
    out.alu_imm(Alu::kAdd, Reg::kR3, kScratch);
    out.mov_imm(Reg::kR4, 8);
    out.call(Helper::kGetNsCurrentPidTgid);
    out.jump_imm(Cond::kNe, Reg::kR0, 0, leave);
    out.load(Size::k64, kTask, kFrame, kScratch);
  }
  if (!options.pid) return;
  out.comment(fmt::format("only process {}", options.pid->value));
  out.mov(Reg::kR0, kTask);
  out.alu_imm(Alu::kRsh, Reg::kR0, 32);
  out.jump_imm(Cond::kNe, Reg::kR0, options.pid->value, leave);
}

static bool names_task(const lang::Expr& expr) {
  bool is_named = expr.kind == lang::ExprKind::kVariable &&
                  (expr.variable == lang::Variable::kPid || expr.variable == lang::Variable::kTid);
  return is_named || std::ranges::any_of(expr.operands, names_task);
}

// Whether a firing can be rejected for what r9 says; if not, r9 is filled only for records.
static bool filters_by_task(const lang::CheckedSpec& checked, const CompileOptions& options) {
  return options.pid || options.pid_namespace ||
         (checked.spec.predicate && names_task(*checked.spec.predicate));
}

static void emit_find_counters(Emitter& emit, bpf::Label leave) {
  bpf::Assembler& out = emit.out();
  out.store_imm(Size::k32, kFrame, kScratch, static_cast<std::int32_t>(emit.options().spec_index));
  out.load_map(Reg::kR1, bpf::MapRef::kStats);
  out.mov(Reg::kR2, kFrame);
  out.alu_imm(Alu::kAdd, Reg::kR2, kScratch);
  out.call(Helper::kMapLookupElem);
  out.jump_imm(Cond::kEq, Reg::kR0, 0, leave);
  out.mov(kCounterBase, Reg::kR0);
}

static event::Layout lay_out(const lang::CheckedSpec& checked, std::uint32_t text_capacity) {
  event::Layout layout;
  for (std::size_t i = 0; i < checked.kinds.size(); ++i) {
    const lang::Type& type = checked.spec.values[i].type;
    switch (checked.kinds[i]) {
      case lang::ValueKind::kNumber: layout.add_number(type.size, type.is_signed); break;
      case lang::ValueKind::kText: layout.add_text(text_capacity); break;
      case lang::ValueKind::kComm: layout.add_comm(); break;
    }
  }
  return layout;
}

static void emit_reserve(Emitter& emit, std::uint32_t size, bpf::Label lost) {
  bpf::Assembler& out = emit.out();
  out.load_map(Reg::kR1, bpf::MapRef::kEvents);
  out.mov_imm(Reg::kR2, size);
  out.mov_imm(Reg::kR3, 0);
  out.call(Helper::kRingbufReserve);
  out.jump_imm(Cond::kEq, Reg::kR0, 0, lost);
  out.mov(kRecord, Reg::kR0);
}

static void emit_header(Emitter& emit) {
  bpf::Assembler& out = emit.out();
  if (emit.options().with_time) {
    out.call(Helper::kKtimeGetNs);
    out.store(Size::k64, kRecord, event::kTimeOffset, Reg::kR0);
  } else {
    out.store_imm(Size::k64, kRecord, event::kTimeOffset, 0);
  }
  out.store(Size::k32, kRecord, event::kTidOffset, kTask);
  out.mov(Reg::kR0, kTask);
  out.alu_imm(Alu::kRsh, Reg::kR0, 32);
  out.store(Size::k32, kRecord, event::kPidOffset, Reg::kR0);
  out.store_imm(Size::k32, kRecord, event::kProgramOffset,
                static_cast<std::int32_t>(emit.options().program_index));
  out.store_imm(Size::k32, kRecord, event::kUnreadableOffset, 0);
  out.mov(Reg::kR1, kRecord);
  out.alu_imm(Alu::kAdd, Reg::kR1, event::kCommOffset);
  out.mov_imm(Reg::kR2, event::kCommSize);
  out.call(Helper::kGetCurrentComm);
}

static void emit_text_field(Emitter& emit, const lang::Expr& value, const event::Field& field,
                            bpf::Label unreadable) {
  bpf::Assembler& out = emit.out();
  bpf::Label null = out.make_label("null");
  bpf::Label done = out.make_label("text_done");
  auto offset = static_cast<std::int16_t>(field.offset);
  emit.emit_value(value, unreadable);
  out.jump_imm(Cond::kEq, kValue, 0, null);
  emit.emit_read_text(kRecord, offset + 4, event::room_of(field), unreadable);
  out.store(Size::k32, kRecord, offset, kValue);
  out.jump(done);
  out.bind(null);
  out.store_imm(Size::k32, kRecord, offset, -1);
  out.bind(done);
}

static void emit_field(Emitter& emit, const lang::Expr& value, const event::Field& field,
                       std::size_t index) {
  if (field.kind == event::FieldKind::kComm) return;  // the header has it
  bpf::Assembler& out = emit.out();
  bpf::Label unreadable = out.make_label(fmt::format("unreadable_{}", index));
  bpf::Label next = out.make_label(fmt::format("field_{}", index + 1));
  auto offset = static_cast<std::int16_t>(field.offset);
  if (field.kind == event::FieldKind::kText) {
    emit_text_field(emit, value, field, unreadable);
  } else {
    emit.emit_value(value, unreadable);
    out.store(Size::k64, kRecord, offset, kValue);
  }
  if (!out.is_target(unreadable)) return;
  out.jump(next);
  out.bind(unreadable);
  out.load(Size::k32, Reg::kR1, kRecord, event::kUnreadableOffset);
  out.mov_imm(Reg::kR2, std::int64_t{1} << index);
  out.alu(Alu::kOr, Reg::kR1, Reg::kR2);
  out.store(Size::k32, kRecord, event::kUnreadableOffset, Reg::kR1);
  out.bind(next);
}

static Result<> check_target(const SiteInfo& site, const event::Layout& layout) {
  if (site.machine != elf::Machine::kX86_64 && site.machine != elf::Machine::kAarch64) {
    return fail(Errc::kUnsupported, "only x86-64 and arm64 programs can be traced");
  }
  if (layout.size > 32767 - 4096) {
    return fail(Errc::kBadInput, "one event of this probe would take more than 28 KiB",
                "show fewer texts, or shorter ones with -s");
  }
  return {};
}

Result<Compiled> compile(const lang::CheckedSpec& checked, const SiteInfo& site,
                         const CompileOptions& options) {
  Compiled compiled{{}, lay_out(checked, options.text_capacity)};
  SPILE_CHECK(check_target(site, compiled.layout));
  Emitter emit(site, options);
  bpf::Assembler& out = emit.out();
  bpf::Label leave = out.make_label("leave");
  bpf::Label lost = out.make_label("lost");
  bpf::Label unreadable = out.make_label("unreadable");

  out.mov(kContext, Reg::kR1);
  bool task_first = filters_by_task(checked, options);
  if (task_first) emit_task(emit, leave);
  emit_find_counters(emit, leave);
  emit.emit_count(Counter::kFired);
  if (!options.comm_filter.empty()) emit.emit_comm_filter(options.comm_filter, leave);
  if (checked.spec.predicate) {
    out.comment("predicate");
    emit.emit_branch(*checked.spec.predicate, leave, false, unreadable);
  }
  emit_reserve(emit, compiled.layout.size, lost);
  if (!task_first) emit_task(emit, leave);
  emit_header(emit);
  for (std::size_t i = 0; i < checked.spec.values.size(); ++i) {
    emit_field(emit, checked.spec.values[i], compiled.layout.fields[i], i);
  }
  out.mov(Reg::kR1, kRecord);
  out.mov_imm(Reg::kR2, kRingbufNoWakeup);
  out.call(Helper::kRingbufSubmit);
  out.jump(leave);
  if (out.is_target(unreadable)) {
    out.bind(unreadable);
    emit.emit_count(Counter::kUnreadable);
    out.jump(leave);
  }
  out.bind(lost);
  emit.emit_count(Counter::kLost);
  out.bind(leave);
  out.mov_imm(Reg::kR0, 0);
  out.exit();
  compiled.program = SPILE_TRY(out.finish());
  return compiled;
}

}  // namespace spile::ir
