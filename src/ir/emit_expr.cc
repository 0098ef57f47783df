// SPDX-License-Identifier: MIT
// Expressions to instructions. Values are computed into r0; the left operand waits in a temporary
// on the stack while the right one is computed. Results of 32-bit C types are kept extended to 64
// bits, so comparisons need no type but their signedness.
#include <utility>

#include "ir/emitter.h"
#include "lang/types.h"

namespace spile::ir {

using lang::common_type;
using lang::Expr;
using lang::ExprKind;
using lang::Op;
using lang::Type;

static bool is_comparison(Op op) { return op >= Op::kLt && op <= Op::kNe; }

static bool compares_text(const Expr& expr) { return expr.operands[1].kind == ExprKind::kText; }

std::int16_t Emitter::push_temporary() {
  SPILE_ASSERT(temporaries_ < kMaxTemporaries);
  return static_cast<std::int16_t>(kFirstTemporary - 8 * temporaries_++);
}

void Emitter::emit_variable(lang::Variable variable) {
  switch (variable) {
    case lang::Variable::kPid:
      out_.mov(kValue, kTask);
      out_.alu_imm(Alu::kRsh, kValue, 32);
      return;
    case lang::Variable::kTid:
      out_.mov(kValue, kTask);
      out_.extend(kValue, 32, false);
      return;
    case lang::Variable::kUid:
      out_.call(Helper::kGetCurrentUidGid);
      out_.extend(kValue, 32, false);
      return;
    case lang::Variable::kGid:
      out_.call(Helper::kGetCurrentUidGid);
      out_.alu_imm(Alu::kRsh, kValue, 32);
      return;
    case lang::Variable::kCpu: out_.call(Helper::kGetSmpProcessorId); return;
    case lang::Variable::kComm: SPILE_ASSERT(!"lang::check refuses comm as a number");
  }
}

void Emitter::emit_value(const Expr& expr, bpf::Label unreadable) {
  switch (expr.kind) {
    case ExprKind::kNumber: out_.mov_imm(kValue, static_cast<std::int64_t>(expr.number)); return;
    case ExprKind::kArgument: emit_argument(expr.number - 1, unreadable); return;
    case ExprKind::kVariable: emit_variable(expr.variable); return;
    case ExprKind::kUnary:
      if (expr.op == Op::kNot) return emit_truth(expr, unreadable);
      emit_value(expr.operands[0], unreadable);
      emit_convert(kValue, expr.operands[0].type, expr.type);
      if (expr.op == Op::kNeg) out_.neg(kValue);
      if (expr.op == Op::kComplement) out_.alu_imm(Alu::kXor, kValue, -1);
      out_.extend(kValue, 8 * expr.type.size, expr.type.is_signed);
      return;
    case ExprKind::kBinary:
      if (is_comparison(expr.op) || expr.op == Op::kLogicalAnd || expr.op == Op::kLogicalOr) {
        return emit_truth(expr, unreadable);
      }
      return emit_binary(expr, unreadable);
    case ExprKind::kConditional: return emit_conditional(expr, unreadable);
    case ExprKind::kPrefix: return emit_truth(expr, unreadable);
    case ExprKind::kText: SPILE_ASSERT(!"lang::check refuses text as a number");
  }
}

void Emitter::emit_truth(const Expr& expr, bpf::Label unreadable) {
  bpf::Label is_false = out_.make_label("false");
  bpf::Label done = out_.make_label("done");
  emit_branch(expr, is_false, false, unreadable);
  out_.mov_imm(kValue, 1);
  out_.jump(done);
  out_.bind(is_false);
  out_.mov_imm(kValue, 0);
  out_.bind(done);
}

void Emitter::emit_conditional(const Expr& expr, bpf::Label unreadable) {
  bpf::Label otherwise = out_.make_label("else");
  bpf::Label done = out_.make_label("done");
  emit_branch(expr.operands[0], otherwise, false, unreadable);
  emit_value(expr.operands[1], unreadable);
  emit_convert(kValue, expr.operands[1].type, expr.type);
  out_.jump(done);
  out_.bind(otherwise);
  emit_value(expr.operands[2], unreadable);
  emit_convert(kValue, expr.operands[2].type, expr.type);
  out_.bind(done);
}

// From the value of type `from` in `reg`, which is extended to 64 bits, to that of type `to`.
void Emitter::emit_convert(Reg reg, Type from, Type to) {
  if (to.size == 8 || from == to) return;
  bool keeps_value = from.size < 4 && (to.is_signed || !from.is_signed);
  if (!keeps_value) out_.extend(reg, 8 * to.size, to.is_signed);
}

// Both operands, converted to `type`: the left one into r0, the right one into r1.
void Emitter::emit_operands(const Expr& expr, Type type, bpf::Label unreadable) {
  emit_value(expr.operands[0], unreadable);
  emit_convert(kValue, expr.operands[0].type, type);
  const Expr& right = expr.operands[1];
  if (right.kind == ExprKind::kNumber) {
    out_.mov_imm(Reg::kR1, static_cast<std::int64_t>(right.number));
    emit_convert(Reg::kR1, right.type, type);
    return;
  }
  std::int16_t left = push_temporary();
  out_.store(Size::k64, kFrame, left, kValue);
  emit_value(right, unreadable);
  out_.mov(Reg::kR1, kValue);
  emit_convert(Reg::kR1, right.type, type);
  out_.load(Size::k64, kValue, kFrame, left);
  pop_temporary();
}

void Emitter::emit_binary(const Expr& expr, bpf::Label unreadable) {
  emit_operands(expr, expr.type, unreadable);
  emit_arithmetic(expr.op, expr.type);
  out_.extend(kValue, 8 * expr.type.size, expr.type.is_signed);
}

void Emitter::emit_arithmetic(Op op, Type type) {
  bool is_shift = op == Op::kShl || op == Op::kShr;
  if (is_shift) out_.alu_imm(Alu::kAnd, Reg::kR1, 8 * type.size - 1);  // as the CPU does
  if (type.is_signed && (op == Op::kDiv || op == Op::kMod)) return emit_signed_division(op);
  switch (op) {
    case Op::kMul: return out_.alu(Alu::kMul, kValue, Reg::kR1);
    case Op::kDiv: return out_.alu(Alu::kDiv, kValue, Reg::kR1);
    case Op::kMod: return out_.alu(Alu::kMod, kValue, Reg::kR1);
    case Op::kAdd: return out_.alu(Alu::kAdd, kValue, Reg::kR1);
    case Op::kSub: return out_.alu(Alu::kSub, kValue, Reg::kR1);
    case Op::kShl: return out_.alu(Alu::kLsh, kValue, Reg::kR1);
    case Op::kShr: return out_.alu(type.is_signed ? Alu::kArsh : Alu::kRsh, kValue, Reg::kR1);
    case Op::kAnd: return out_.alu(Alu::kAnd, kValue, Reg::kR1);
    case Op::kXor: return out_.alu(Alu::kXor, kValue, Reg::kR1);
    case Op::kOr: return out_.alu(Alu::kOr, kValue, Reg::kR1);
    default: SPILE_ASSERT(!"not an arithmetic operator");
  }
}

// BPF divides unsigned (signed division came with Linux 6.6): divide magnitudes, then put the sign
// back. The quotient's sign is left ^ right, the remainder's the left one's. |x| = (x ^ s) - s
// where s is 0 or -1.
void Emitter::emit_signed_division(Op op) {
  auto magnitude = [&](Reg value, Reg sign) {
    out_.mov(sign, value);
    out_.alu_imm(Alu::kArsh, sign, 63);
    out_.alu(Alu::kXor, value, sign);
    out_.alu(Alu::kSub, value, sign);
  };
  magnitude(kValue, Reg::kR2);
  magnitude(Reg::kR1, Reg::kR3);
  out_.alu(op == Op::kDiv ? Alu::kDiv : Alu::kMod, kValue, Reg::kR1);
  if (op == Op::kDiv) out_.alu(Alu::kXor, Reg::kR2, Reg::kR3);
  out_.alu(Alu::kXor, kValue, Reg::kR2);
  out_.alu(Alu::kSub, kValue, Reg::kR2);
}

static Cond to_cond(Op op, bool is_signed, bool when) {
  switch (op) {
    case Op::kEq: return when ? Cond::kEq : Cond::kNe;
    case Op::kNe: return when ? Cond::kNe : Cond::kEq;
    case Op::kLt:
      return when ? (is_signed ? Cond::kSlt : Cond::kLt) : (is_signed ? Cond::kSge : Cond::kGe);
    case Op::kLe:
      return when ? (is_signed ? Cond::kSle : Cond::kLe) : (is_signed ? Cond::kSgt : Cond::kGt);
    case Op::kGt: return to_cond(Op::kLe, is_signed, !when);
    case Op::kGe: return to_cond(Op::kLt, is_signed, !when);
    default: SPILE_ASSERT(!"not a comparison");
  }
  std::unreachable();
}

void Emitter::emit_comparison_branch(const Expr& expr, bpf::Label target, bool when,
                                     bpf::Label unreadable) {
  if (compares_text(expr)) {
    bool is_equal = (expr.op == Op::kEq) == when;
    return emit_text_branch(expr.operands[0], expr.operands[1].text, false, target, is_equal,
                            unreadable);
  }
  Type type = common_type(expr.operands[0].type, expr.operands[1].type);
  emit_operands(expr, type, unreadable);
  out_.jump(to_cond(expr.op, type.is_signed, when), kValue, Reg::kR1, target);
}

void Emitter::emit_branch(const Expr& expr, bpf::Label target, bool when, bpf::Label unreadable) {
  if (expr.kind == ExprKind::kUnary && expr.op == Op::kNot) {
    return emit_branch(expr.operands[0], target, !when, unreadable);
  }
  if (expr.kind == ExprKind::kPrefix) {
    return emit_text_branch(expr.operands[0], expr.text, true, target, when, unreadable);
  }
  if (expr.kind == ExprKind::kBinary && is_comparison(expr.op)) {
    return emit_comparison_branch(expr, target, when, unreadable);
  }
  bool is_and = expr.kind == ExprKind::kBinary && expr.op == Op::kLogicalAnd;
  bool is_or = expr.kind == ExprKind::kBinary && expr.op == Op::kLogicalOr;
  if (!is_and && !is_or) {
    emit_value(expr, unreadable);
    return out_.jump_imm(when ? Cond::kNe : Cond::kEq, kValue, 0, target);
  }
  if (is_or == when) {  // either operand decides alone
    emit_branch(expr.operands[0], target, when, unreadable);
    return emit_branch(expr.operands[1], target, when, unreadable);
  }
  bpf::Label undecided = out_.make_label("short");
  emit_branch(expr.operands[0], undecided, !when, unreadable);
  emit_branch(expr.operands[1], target, when, unreadable);
  out_.bind(undecided);
}

}  // namespace spile::ir
