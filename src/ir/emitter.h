// SPDX-License-Identifier: MIT
// Emits one probe's BPF program. Registers while it runs:
//
//   r6  the context (struct pt_regs)      r8  the record being written
//   r7  this CPU's counters of the spec   r9  pid << 32 | tid, as the caller numbers them
//   r0  the value of an expression        r1-r5 scratch
//
// and the stack frame, downwards from r10:
//
//   -8    scratch: a key, or a value just read from the target
//   -16   the address of the text being read
//   -24   temporaries of expressions, 8 bytes each, up to kMaxTemporaries
//   -376  text that a predicate compares, 144 bytes
#pragma once

#include <string>

#include "bpf/assembler.h"
#include "event/record.h"
#include "ir/options.h"
#include "lang/ast.h"

namespace spile::ir {

using bpf::Alu;
using bpf::Cond;
using bpf::Helper;
using bpf::Reg;
using bpf::Size;

constexpr std::int16_t kScratch = -8;
constexpr std::int16_t kTextAddress = -16;
constexpr std::int16_t kFirstTemporary = -24;
constexpr int kMaxTemporaries = 26;
constexpr std::int16_t kTextBuffer = -376;
constexpr std::int16_t kTextBufferSize = 144;
static_assert(kTextBuffer + kTextBufferSize <= kFirstTemporary - 8 * (kMaxTemporaries - 1));

constexpr bpf::Reg kContext = bpf::Reg::kR6;
constexpr bpf::Reg kCounterBase = bpf::Reg::kR7;
constexpr bpf::Reg kRecord = bpf::Reg::kR8;
constexpr bpf::Reg kTask = bpf::Reg::kR9;
constexpr bpf::Reg kFrame = bpf::Reg::kR10;
constexpr bpf::Reg kValue = bpf::Reg::kR0;

class Emitter {
 public:
  Emitter(const SiteInfo& site, const CompileOptions& options) : site_(site), options_(options) {}

  bpf::Assembler& out() { return out_; }
  const SiteInfo& site() const { return site_; }
  const CompileOptions& options() const { return options_; }

  // emit_operand.cc: argument `index` (0-based) into r0, extended to 64 bits by its own type.
  // Memory that cannot be read jumps to `unreadable`.
  void emit_argument(std::size_t index, bpf::Label unreadable);

  // emit_expr.cc: the expression's value into r0, extended to 64 bits by its type.
  void emit_value(const lang::Expr& expr, bpf::Label unreadable);
  // Jumps to `target` if the expression's truth is `when`, else falls through.
  void emit_branch(const lang::Expr& expr, bpf::Label target, bool when, bpf::Label unreadable);

  // emit_text.cc: NUL-terminated user text at the address in r0 to base+offset; r0 becomes its
  // length with the NUL.
  void emit_read_text(bpf::Reg base, std::int32_t offset, std::uint32_t capacity,
                      bpf::Label unreadable);
  // Jumps to `target` when the text equals (or, with `prefix`, starts with) `literal` == `when`.
  void emit_text_branch(const lang::Expr& pointer, const std::string& literal, bool prefix,
                        bpf::Label target, bool when, bpf::Label unreadable);
  // Jumps to `reject` unless the thread's name contains `part`.
  void emit_comm_filter(const std::string& part, bpf::Label reject);

  // The counter `counter` of this spec on this CPU goes up by one.
  void emit_count(Counter counter);

 private:
  void emit_address(const note::Memory& memory);
  void emit_memory_value(const note::ArgSpec& arg, const note::Memory& memory,
                         bpf::Label unreadable);
  void emit_binary(const lang::Expr& expr, bpf::Label unreadable);
  void emit_operands(const lang::Expr& expr, lang::Type type, bpf::Label unreadable);
  void emit_convert(bpf::Reg reg, lang::Type from, lang::Type to);
  void emit_arithmetic(lang::Op op, lang::Type type);
  void emit_signed_division(lang::Op op);
  void emit_truth(const lang::Expr& expr, bpf::Label unreadable);
  void emit_conditional(const lang::Expr& expr, bpf::Label unreadable);
  void emit_variable(lang::Variable variable);
  void emit_comparison_branch(const lang::Expr& expr, bpf::Label target, bool when,
                              bpf::Label unreadable);
  void emit_fault_in(std::uint32_t capacity, bpf::Reg base, std::int32_t offset, bpf::Label done);
  void emit_try_read_text(bpf::Reg base, std::int32_t offset, std::uint32_t capacity);
  void emit_compare_bytes(const std::string& bytes, bpf::Label differs);
  void emit_load_comm();

  std::int16_t push_temporary();
  void pop_temporary() { --temporaries_; }

  bpf::Assembler out_;
  const SiteInfo& site_;
  const CompileOptions& options_;
  int temporaries_ = 0;
};

}  // namespace spile::ir
