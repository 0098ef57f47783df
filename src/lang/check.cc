// SPDX-License-Identifier: MIT
#include "lang/check.h"

#include <fmt/format.h>

#include <string_view>

#include "lang/types.h"

namespace spile::lang {
namespace {

constexpr std::size_t kMaxLiteral = 128;    // bytes of a text that a predicate compares with
constexpr std::size_t kMaxThreadName = 15;  // TASK_COMM_LEN without the NUL
constexpr std::size_t kMaxValues = 32;      // event::kMaxFields
constexpr int kMaxDepth = 24;  // temporaries of one expression live on BPF's small stack

class Checker {
 public:
  Checker(std::span<const note::ArgSpec> args, Diagnostics& diagnostics)
      : args_(args), diagnostics_(diagnostics) {}

  // Types `expr` as a number. `depth` counts the left operands that wait while it is computed.
  void check_number(Expr& expr, int depth = 0);
  ValueKind check_value(Expr& value, const FormatPiece& piece);

 private:
  void mistake(Span span, std::string message, std::string hint = {}) {
    diagnostics_.push_back({span, std::move(message), std::move(hint)});
  }
  void check_argument(Expr& expr);
  void check_binary(Expr& expr, int depth);
  bool check_text_comparison(Expr& expr, int depth);
  void check_literal(const std::string& literal, Span span, bool prefix, bool is_comm);
  void check_pointer(Expr& pointer, std::string_view user, int depth);
  bool is_float(const Expr& expr) const {
    return expr.kind == ExprKind::kArgument && expr.number <= args_.size() &&
           args_[expr.number - 1].is_float;
  }
  std::string existing_arguments() const;

  std::span<const note::ArgSpec> args_;
  Diagnostics& diagnostics_;
};

std::string Checker::existing_arguments() const {
  if (args_.empty()) return "the probe has no arguments; pid, tid, uid, gid, cpu and comm exist";
  if (args_.size() == 1) return "arg1 exists";
  return fmt::format("arg1{} arg{} exist", args_.size() == 2 ? " and" : " to", args_.size());
}

void Checker::check_argument(Expr& expr) {
  if (expr.number > args_.size()) {
    mistake(expr.span,
            fmt::format("there is no arg{}: the probe has {} argument{}", expr.number, args_.size(),
                        args_.size() == 1 ? "" : "s"),
            existing_arguments());
    return;
  }
  const note::ArgSpec& arg = args_[expr.number - 1];
  expr.type = {arg.size, arg.is_signed};
  if (const auto* unreadable = std::get_if<note::Unreadable>(&arg.operand)) {
    mistake(expr.span,
            fmt::format("arg{} ({}) cannot be read: {}", expr.number, arg.text, unreadable->why));
  }
}

// A comparison that no text can pass is a mistake, and would become code that nothing reaches.
void Checker::check_literal(const std::string& literal, Span span, bool prefix, bool is_comm) {
  if (literal.find('\0') != literal.npos) {
    mistake(span, "text ends at its first NUL, and this has one inside");
  } else if (literal.size() > kMaxLiteral) {
    mistake(span, "this text is longer than 128 bytes");
  } else if (is_comm && literal.size() > kMaxThreadName) {
    mistake(span, "thread names have at most 15 bytes");
  } else if (prefix && literal.empty()) {
    mistake(span, "every text starts with the empty one",
            "arg1 != 0 accepts every pointer but NULL");
  }
}

void Checker::check_pointer(Expr& pointer, std::string_view user, int depth) {
  std::size_t known = diagnostics_.size();
  check_number(pointer, depth);
  if (pointer.type.size == 8 || diagnostics_.size() > known) return;
  mistake(pointer.span,
          fmt::format("{} needs a pointer to text, and this is a {}-byte number", user,
                      pointer.type.size),
          "a number is compared with a number, and shown with %d, %u or %x");
}

// "GET" == arg1, comm != "sh": turned so that the text stands right. False: no comparison of text.
bool Checker::check_text_comparison(Expr& expr, int depth) {
  Expr& left = expr.operands[0];
  Expr& right = expr.operands[1];
  bool has_text = left.kind == ExprKind::kText || right.kind == ExprKind::kText;
  if (!has_text && !left.is_comm() && !right.is_comm()) return false;
  if (expr.op != Op::kEq && expr.op != Op::kNe) {
    mistake(expr.span, "text is compared with == or != only");
    return true;
  }
  if (left.kind == ExprKind::kText) std::swap(left, right);
  if (right.kind != ExprKind::kText || left.kind == ExprKind::kText) {
    mistake(expr.span, "text is compared with a literal",
            "arg1 == \"GET\", comm == \"nginx\", STRCMP(\"GET\", arg1) for a prefix");
    return true;
  }
  check_literal(right.text, right.span, false, left.is_comm());
  if (!left.is_comm()) check_pointer(left, expr.op == Op::kEq ? "==" : "!=", depth);
  return true;
}

void Checker::check_binary(Expr& expr, int depth) {
  expr.type = {4, true};
  if (check_text_comparison(expr, depth)) return;
  check_number(expr.operands[0], depth);
  check_number(expr.operands[1], depth + 1);
  Type left = expr.operands[0].type, right = expr.operands[1].type;
  switch (expr.op) {
    case Op::kLt:
    case Op::kLe:
    case Op::kGt:
    case Op::kGe:
    case Op::kEq:
    case Op::kNe:
    case Op::kLogicalAnd:
    case Op::kLogicalOr: return;
    case Op::kShl:
    case Op::kShr: expr.type = promote(left); return;
    default: expr.type = common_type(left, right);
  }
}

void Checker::check_number(Expr& expr, int depth) {
  if (depth > kMaxDepth) {
    mistake(expr.span, "this expression is nested too deeply", "at most 24 levels on the right");
    return;
  }
  switch (expr.kind) {
    case ExprKind::kNumber: return;
    case ExprKind::kText:
      mistake(expr.span, "text is no number", "compare it: arg1 == \"text\"");
      return;
    case ExprKind::kArgument:
      check_argument(expr);
      if (is_float(expr)) {
        mistake(expr.span, "a floating-point number can be shown, and not computed with",
                "show it with %f or %g");
      }
      return;
    case ExprKind::kVariable:
      if (expr.is_comm()) mistake(expr.span, "comm is text", "comm == \"name\", or %s in a format");
      expr.type = {4, expr.variable == Variable::kPid || expr.variable == Variable::kTid};
      return;
    case ExprKind::kUnary:
      check_number(expr.operands[0], depth);
      expr.type = expr.op == Op::kNot ? Type{4, true} : promote(expr.operands[0].type);
      return;
    case ExprKind::kBinary: check_binary(expr, depth); return;
    case ExprKind::kConditional:
      for (Expr& operand : expr.operands) check_number(operand, depth);
      expr.type = common_type(expr.operands[1].type, expr.operands[2].type);
      return;
    case ExprKind::kPrefix:
      expr.type = {4, true};
      check_literal(expr.text, expr.span, true, expr.operands[0].is_comm());
      if (!expr.operands[0].is_comm()) check_pointer(expr.operands[0], "STRCMP", depth);
      return;
  }
}

ValueKind Checker::check_value(Expr& value, const FormatPiece& piece) {
  if (value.kind == ExprKind::kText) {
    mistake(value.span, "a literal is no value of the probe", "put this text into the format");
    return ValueKind::kNumber;
  }
  if (value.is_comm()) {
    if (piece.conversion != 's') mistake(value.span, "comm is text", "show it with %s");
    return ValueKind::kComm;
  }
  if (piece.conversion == 's') {
    check_pointer(value, "%s", 0);
    return ValueKind::kText;
  }
  if (is_float(value) && std::string_view("fegxXo").contains(piece.conversion)) {
    check_argument(value);
  } else {
    check_number(value);
  }
  if (std::string_view("feg").contains(piece.conversion) && value.type.size < 4) {
    mistake(value.span, "%f shows float (4 bytes) or double (8 bytes)", "show it with %d");
  }
  return ValueKind::kNumber;
}

std::vector<FormatPiece> show_every_argument(std::span<const note::ArgSpec> args,
                                             std::vector<Expr>& values) {
  std::vector<FormatPiece> pieces;
  for (std::size_t i = 0; i < args.size() && values.size() < kMaxValues; ++i) {
    FormatPiece piece;
    piece.text = fmt::format("{}arg{}=", i == 0 ? "" : " ", i + 1);
    if (std::holds_alternative<note::Unreadable>(args[i].operand)) {
      piece.text += "<unreadable>";
    } else {
      piece.conversion = args[i].is_float ? 'g' : args[i].is_signed ? 'd' : 'u';
      Expr value;
      value.kind = ExprKind::kArgument;
      value.number = i + 1;
      values.push_back(value);
    }
    pieces.push_back(std::move(piece));
  }
  return pieces;
}

std::size_t count_conversions(const std::vector<FormatPiece>& pieces) {
  std::size_t count = 0;
  for (const FormatPiece& piece : pieces) count += piece.conversion != 0;
  return count;
}

}  // namespace

CheckedSpec check(const Spec& spec, std::span<const note::ArgSpec> args, Diagnostics& diagnostics) {
  CheckedSpec checked{spec, {}};
  Spec& typed = checked.spec;
  Checker checker(args, diagnostics);
  if (typed.predicate) checker.check_number(*typed.predicate);
  if (!typed.format) typed.format = show_every_argument(args, typed.values);

  std::size_t conversions = count_conversions(*typed.format);
  if (conversions != typed.values.size()) {
    Span where =
        typed.values.size() > conversions ? typed.values[conversions].span : typed.format_span;
    diagnostics.push_back({where,
                           fmt::format("the format shows {} value{}, and {} {} given", conversions,
                                       conversions == 1 ? "" : "s", typed.values.size(),
                                       typed.values.size() == 1 ? "is" : "are"),
                           "each % but %% takes one value after the format"});
    return checked;
  }
  if (typed.values.size() > kMaxValues) {
    diagnostics.push_back({typed.format_span, "an event carries at most 32 values", ""});
    return checked;
  }
  std::size_t next = 0;
  for (const FormatPiece& piece : *typed.format) {
    if (piece.conversion != 0)
      checked.kinds.push_back(checker.check_value(typed.values[next++], piece));
  }
  return checked;
}

}  // namespace spile::lang
