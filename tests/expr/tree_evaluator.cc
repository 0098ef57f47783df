// SPDX-License-Identifier: MIT
// Compiled with -fwrapv: signed numbers wrap.
#include "tree_evaluator.h"

#include <stdexcept>
#include <type_traits>

namespace spile::test {
namespace {

using lang::Expr;
using lang::ExprKind;
using lang::Op;

template <class T>
T divide(T left, T right) {
  if (right == 0) return 0;
  if (std::is_signed_v<T> && right == static_cast<T>(-1)) return 0 - left;
  return left / right;
}

template <class T>
T remainder(T left, T right) {
  if (right == 0) return left;
  if (std::is_signed_v<T> && right == static_cast<T>(-1)) return 0;
  return left % right;
}

template <class L, class R>
Number shift(Op op, L left, R right) {
  int count = static_cast<int>(right & static_cast<R>(8 * sizeof(L) - 1));
  return op == Op::kShl ? left << count : left >> count;
}

template <class T>
Number calculate(Op op, T left, T right) {
  switch (op) {
    case Op::kMul: return left * right;
    case Op::kDiv: return divide(left, right);
    case Op::kMod: return remainder(left, right);
    case Op::kAdd: return left + right;
    case Op::kSub: return left - right;
    case Op::kAnd: return left & right;
    case Op::kXor: return left ^ right;
    case Op::kOr: return left | right;
    case Op::kLt: return std::int32_t{left < right};
    case Op::kLe: return std::int32_t{left <= right};
    case Op::kGt: return std::int32_t{left > right};
    case Op::kGe: return std::int32_t{left >= right};
    case Op::kEq: return std::int32_t{left == right};
    case Op::kNe: return std::int32_t{left != right};
    default: throw std::logic_error("not a binary operator");
  }
}

Number apply_binary(Op op, const Number& left, const Number& right) {
  return std::visit(
      [op](auto l, auto r) -> Number {
        if (op == Op::kShl || op == Op::kShr) return shift(op, l, r);
        using Common = decltype(l + r);
        return calculate<Common>(op, static_cast<Common>(l), static_cast<Common>(r));
      },
      left, right);
}

Number apply_unary(Op op, const Number& operand) {
  return std::visit(
      [op](auto value) -> Number {
        if (op == Op::kNeg) return -value;
        if (op == Op::kComplement) return ~value;
        return std::int32_t{!value};
      },
      operand);
}

Number to_number(lang::Type type, std::uint64_t bits) {
  switch (type.size * 2 + type.is_signed) {
    case 2: return std::int32_t{static_cast<std::uint8_t>(bits)};
    case 3: return std::int32_t{static_cast<std::int8_t>(bits)};
    case 4: return std::int32_t{static_cast<std::uint16_t>(bits)};
    case 5: return std::int32_t{static_cast<std::int16_t>(bits)};
    case 8: return static_cast<std::uint32_t>(bits);
    case 9: return static_cast<std::int32_t>(bits);
    case 16: return bits;
    default: return static_cast<std::int64_t>(bits);
  }
}

Number variable(lang::Variable name, const World& world) {
  switch (name) {
    case lang::Variable::kPid: return static_cast<std::int32_t>(world.pid_tgid >> 32);
    case lang::Variable::kTid: return static_cast<std::int32_t>(world.pid_tgid);
    case lang::Variable::kUid: return static_cast<std::uint32_t>(world.uid_gid);
    case lang::Variable::kGid: return static_cast<std::uint32_t>(world.uid_gid >> 32);
    case lang::Variable::kCpu: return world.cpu;
    case lang::Variable::kComm: break;
  }
  throw std::logic_error("comm is no number");
}

// Whether the whole text, or as much as `wanted` needs of it, is there; reads byte by byte and no
// further than the answer takes.
bool text_matches(const Expr& pointer, const std::string& wanted, bool prefix,
                  const Environment& environment) {
  std::string needle = prefix ? wanted : wanted + '\0';
  if (pointer.is_comm()) {
    std::string comm = environment.world->comm + '\0';
    return comm.starts_with(needle);
  }
  std::uint64_t address = to_bits(evaluate(pointer, environment));
  if (address == 0) return false;
  // As spile reads it: up to one byte more than it compares, or to the NUL.
  std::string text;
  while (text.size() <= needle.size()) {
    std::byte byte{};
    if (!environment.world->memory.read(address + text.size(), {&byte, 1})) throw UnreadableValue{};
    text += static_cast<char>(byte);
    if (byte == std::byte{0}) break;
  }
  return text.starts_with(needle);
}

// A number of the type that the expression would have, whatever its value.
Number typed_zero(const Expr& expr, const Environment& environment) {
  Environment zeros = environment;
  for (Argument& arg : zeros.args) arg = {arg.type, 0, true};
  return evaluate(expr, zeros);
}

Number conditional(const Expr& expr, const Environment& environment) {
  bool is_first = is_true(evaluate(expr.operands[0], environment));
  const Expr& taken = expr.operands[is_first ? 1 : 2];
  const Expr& other = expr.operands[is_first ? 2 : 1];
  return std::visit([](auto value, auto unused) -> Number { return true ? value : unused; },
                    evaluate(taken, environment), typed_zero(other, environment));
}

Number binary(const Expr& expr, const Environment& environment) {
  const Expr& left = expr.operands[0];
  const Expr& right = expr.operands[1];
  if (right.kind == ExprKind::kText) {
    bool is_equal = text_matches(left, right.text, false, environment);
    return std::int32_t{is_equal == (expr.op == Op::kEq)};
  }
  if (expr.op == Op::kLogicalAnd || expr.op == Op::kLogicalOr) {
    bool decides = expr.op == Op::kLogicalOr;
    if (is_true(evaluate(left, environment)) == decides) return std::int32_t{decides};
    return std::int32_t{is_true(evaluate(right, environment))};
  }
  Number left_value = evaluate(left, environment);
  return apply_binary(expr.op, left_value, evaluate(right, environment));
}

}  // namespace

bool is_true(const Number& number) {
  return std::visit([](auto value) { return value != 0; }, number);
}

std::uint64_t to_bits(const Number& number) {
  return std::visit([](auto value) { return static_cast<std::uint64_t>(value); }, number);
}

Number evaluate(const Expr& expr, const Environment& environment) {
  switch (expr.kind) {
    case ExprKind::kNumber: return to_number(expr.type, expr.number);
    case ExprKind::kArgument: {
      const Argument& arg = environment.args.at(expr.number - 1);
      if (!arg.is_readable) throw UnreadableValue{};
      return to_number(arg.type, arg.bits);
    }
    case ExprKind::kVariable: return variable(expr.variable, *environment.world);
    case ExprKind::kUnary: return apply_unary(expr.op, evaluate(expr.operands[0], environment));
    case ExprKind::kBinary: return binary(expr, environment);
    case ExprKind::kConditional: return conditional(expr, environment);
    case ExprKind::kPrefix:
      return std::int32_t{text_matches(expr.operands[0], expr.text, true, environment)};
    case ExprKind::kText: break;
  }
  throw std::logic_error("text is no number");
}

}  // namespace spile::test
