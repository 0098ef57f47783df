// SPDX-License-Identifier: MIT
// Expressions are parsed by precedence climbing: parse_binary(level) takes operands that bind
// tighter than `level` and folds them from the left, so "1 + 2 * 3 == 7" needs no grammar rule per
// operator, only the table below.
#include "lang/parser.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <string_view>

#include "lang/format.h"
#include "lang/lexer.h"
#include "lang/selector.h"

namespace spile::lang {
namespace {

struct BinaryOperator {
  std::string_view symbol;
  Op op;
  int precedence;  // higher binds tighter, as in C
};
constexpr std::array<BinaryOperator, 18> kBinaryOperators = {{
    {"*", Op::kMul, 10},
    {"/", Op::kDiv, 10},
    {"%", Op::kMod, 10},
    {"+", Op::kAdd, 9},
    {"-", Op::kSub, 9},
    {"<<", Op::kShl, 8},
    {">>", Op::kShr, 8},
    {"<", Op::kLt, 7},
    {"<=", Op::kLe, 7},
    {">", Op::kGt, 7},
    {">=", Op::kGe, 7},
    {"==", Op::kEq, 6},
    {"!=", Op::kNe, 6},
    {"&", Op::kAnd, 5},
    {"^", Op::kXor, 4},
    {"|", Op::kOr, 3},
    {"&&", Op::kLogicalAnd, 2},
    {"||", Op::kLogicalOr, 1},
}};

struct NamedVariable {
  std::string_view name;
  Variable variable;
};
// The names with a $ are bcc's; its $pid is the thread's id.
constexpr std::array<NamedVariable, 11> kVariables = {{
    {"pid", Variable::kPid},
    {"tid", Variable::kTid},
    {"uid", Variable::kUid},
    {"gid", Variable::kGid},
    {"cpu", Variable::kCpu},
    {"comm", Variable::kComm},
    {"$pid", Variable::kTid},
    {"$tgid", Variable::kPid},
    {"$uid", Variable::kUid},
    {"$gid", Variable::kGid},
    {"$cpu", Variable::kCpu},
}};

// Larger expressions are refused, not recursed into.
constexpr int kMaxDepth = 128;  // of expressions in each other
constexpr int kMaxTerms = 1000;

class Parser {
 public:
  Parser(const std::string& source, Diagnostics& diagnostics)
      : source_(source), diagnostics_(diagnostics), lexer_(source, diagnostics) {}

  Spec parse();

 private:
  void advance() { token_ = lexer_.next(); }
  bool at(std::string_view symbol) const {
    return token_.kind == TokenKind::kSymbol && token_.text == symbol;
  }
  void mistake(Span span, std::string message, std::string hint = {});
  bool expect(std::string_view symbol, std::string_view where);
  bool enter();

  Expr parse_expression();
  Expr parse_binary(int lowest);
  Expr parse_unary();
  Expr parse_primary();
  Expr parse_name();
  Expr parse_prefix_test(Span begin);
  Expr fold(Op op, Expr left, Expr right);
  void parse_tail(Spec& spec);

  const std::string& source_;
  Diagnostics& diagnostics_;
  Lexer lexer_;
  Token token_;
  int depth_ = 0;
  int terms_ = 0;
};

void Parser::mistake(Span span, std::string message, std::string hint) {
  // Only the first mistake of an expression is worth reading: the rest follow from it.
  if (diagnostics_.empty()) diagnostics_.push_back({span, std::move(message), std::move(hint)});
  lexer_.seek(source_.size());
  advance();
}

bool Parser::expect(std::string_view symbol, std::string_view where) {
  if (at(symbol)) {
    advance();
    return true;
  }
  mistake(token_.span, fmt::format("'{}' is missing {}", symbol, where));
  return false;
}

// One level deeper; false, once told, when that is too deep. What follows then is the text's end.
bool Parser::enter() {
  if (++depth_ > kMaxDepth) mistake(token_.span, "this expression is nested too deeply");
  return depth_ <= kMaxDepth;
}

Expr Parser::fold(Op op, Expr left, Expr right) {
  Expr result;
  result.kind = ExprKind::kBinary;
  result.op = op;
  result.span = {left.span.begin, right.span.end};
  result.operands.push_back(std::move(left));
  result.operands.push_back(std::move(right));
  return result;
}

Expr Parser::parse_expression() {
  Expr condition = parse_binary(1);
  if (!at("?") || !enter()) return condition;
  advance();
  Expr result;
  result.kind = ExprKind::kConditional;
  result.operands.push_back(std::move(condition));
  result.operands.push_back(parse_expression());
  expect(":", "in the conditional expression a ? b : c");
  result.operands.push_back(parse_expression());
  --depth_;
  result.span = {result.operands.front().span.begin, result.operands.back().span.end};
  return result;
}

static const BinaryOperator* find_operator(const Token& token) {
  if (token.kind != TokenKind::kSymbol) return nullptr;
  for (const BinaryOperator& candidate : kBinaryOperators) {
    if (candidate.symbol == token.text) return &candidate;
  }
  return nullptr;
}

Expr Parser::parse_binary(int lowest) {
  Expr left = parse_unary();
  while (true) {
    if (at("=")) mistake(token_.span, "'=' assigns nothing here", "compare with ==");
    const BinaryOperator* found = find_operator(token_);
    if (found == nullptr || found->precedence < lowest) return left;
    advance();
    left = fold(found->op, std::move(left), parse_binary(found->precedence + 1));
  }
}

Expr Parser::parse_unary() {
  enter();
  Op op = at("-") ? Op::kNeg : at("!") ? Op::kNot : at("~") ? Op::kComplement : Op::kNone;
  Expr result;
  if (op == Op::kNone && !at("+")) {
    result = parse_primary();
  } else {
    Span begin = token_.span;
    advance();
    result = parse_unary();
    if (op != Op::kNone) {
      Expr inner = std::move(result);
      result = Expr{};
      result.kind = ExprKind::kUnary;
      result.op = op;
      result.span = {begin.begin, inner.span.end};
      result.operands.push_back(std::move(inner));
    }
  }
  --depth_;
  return result;
}

Expr Parser::parse_primary() {
  if (++terms_ > kMaxTerms) mistake(token_.span, "this spec has more than 1,000 values");
  Expr result;
  result.span = token_.span;
  switch (token_.kind) {
    case TokenKind::kNumber:
      result.number = token_.number;
      result.type = token_.type;
      advance();
      return result;
    case TokenKind::kText:
      result.kind = ExprKind::kText;
      result.text = token_.text;
      advance();
      return result;
    case TokenKind::kName: return parse_name();
    default: break;
  }
  if (at("(")) {
    advance();
    result = parse_expression();
    expect(")", "after the expression");
    return result;
  }
  mistake(token_.span, "a value is expected here", "arg1, 42, pid, tid, uid, comm, \"text\"");
  return result;
}

Expr Parser::parse_name() {
  Expr result;
  result.span = token_.span;
  std::string name = token_.text;
  advance();
  if (name == "STRCMP") return parse_prefix_test(result.span);
  for (const NamedVariable& candidate : kVariables) {
    if (candidate.name != name) continue;
    result.kind = ExprKind::kVariable;
    result.variable = candidate.variable;
    return result;
  }
  if (name.starts_with("arg") && name.size() > 3) {
    unsigned index = 0;
    auto [end, error] = std::from_chars(name.data() + 3, name.data() + name.size(), index);
    if (error == std::errc{} && end == name.data() + name.size() && index > 0) {
      result.kind = ExprKind::kArgument;
      result.number = index;
      return result;
    }
  }
  mistake(result.span, fmt::format("nothing is called '{}'", name),
          name == "retval" ? "a USDT probe returns nothing"
                           : "arg1 ... argN, pid, tid, uid, gid, cpu and comm exist");
  return result;
}

// STRCMP("literal", pointer), or the two the other way round.
Expr Parser::parse_prefix_test(Span begin) {
  Expr result;
  result.kind = ExprKind::kPrefix;
  expect("(", "after STRCMP");
  Expr first = parse_expression();
  expect(",", "between the two arguments of STRCMP");
  Expr second = parse_expression();
  if (second.kind == ExprKind::kText) std::swap(first, second);
  result.span = {begin.begin, token_.span.end};
  expect(")", "after STRCMP's arguments");
  if (first.kind != ExprKind::kText || second.kind == ExprKind::kText) {
    mistake(result.span, "STRCMP compares one text with one argument", "STRCMP(\"GET\", arg1)");
  }
  result.text = first.text;
  result.operands.push_back(std::move(second));
  return result;
}

// Everything behind the selector: [(predicate)] ["format"[, value]...]
void Parser::parse_tail(Spec& spec) {
  advance();
  if (at("(")) {
    advance();
    spec.predicate = parse_expression();
    if (!at(")")) {
      mistake(token_.span, "the predicate's ')' is missing here");
      return;
    }
    advance();
  }
  if (token_.kind == TokenKind::kText) {
    std::size_t position = token_.span.begin;
    spec.format = parse_format(source_, position, diagnostics_);
    spec.format_span = {token_.span.begin, position};
    lexer_.seek(position);
    advance();
    while (at(",")) {
      advance();
      spec.values.push_back(parse_expression());
    }
  }
  if (token_.kind != TokenKind::kEnd) {
    mistake(token_.span, "this does not belong here",
            "a spec is PROBE (predicate) \"format\", value, value ...");
  }
}

Spec Parser::parse() {
  Spec spec;
  spec.source = source_;
  std::size_t position = 0;
  auto selector = parse_selector(source_, position, diagnostics_);
  if (!selector) return spec;
  spec.selector = std::move(*selector);
  lexer_.seek(position);
  parse_tail(spec);
  return spec;
}

}  // namespace

std::optional<Spec> parse_spec(const std::string& source, Diagnostics& diagnostics) {
  Diagnostics found;
  Spec spec = Parser(source, found).parse();
  if (found.empty()) return spec;
  diagnostics.insert(diagnostics.end(), found.begin(), found.end());
  return std::nullopt;
}

}  // namespace spile::lang
