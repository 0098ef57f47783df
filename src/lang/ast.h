// SPDX-License-Identifier: MIT
// The tree of one trace spec:
//
//   u:PATH:provider:probe (arg1 % 2 == 0) "i=%d err=%s", arg1, arg2
//   `----- selector ----' `- predicate -' `-- format --' `- values -'
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lang/diagnostic.h"

namespace spile::lang {

// Which probes: each name may hold the wildcards * ? [...].
struct Selector {
  std::string module;    // path, library or program name; empty: any file of the target
  std::string provider;  // empty: any
  std::string probe;
  Span span;  // the whole selector
  Span module_span;
  Span probe_span;  // provider and probe
};

// What C would call a value: int, unsigned, long, unsigned long; narrower ones exist only as the
// type of an argument, before promotion.
struct Type {
  std::uint8_t size = 4;  // bytes
  bool is_signed = true;
  bool operator==(const Type&) const = default;
};

enum class ExprKind : std::uint8_t {
  kNumber,       // 42, 0x2a, '*'
  kText,         // "GET": only inside a comparison
  kArgument,     // arg1 ... argN
  kVariable,     // pid, tid, uid, gid, cpu, comm
  kUnary,        // op operands[0]
  kBinary,       // operands[0] op operands[1]
  kConditional,  // operands[0] ? operands[1] : operands[2]
  kPrefix,       // STRCMP("literal", pointer): the text at operands[0] starts with `text`
};

enum class Op : std::uint8_t {
  kNone,
  kNeg,
  kNot,
  kComplement,
  kMul,
  kDiv,
  kMod,
  kAdd,
  kSub,
  kShl,
  kShr,
  kLt,
  kLe,
  kGt,
  kGe,
  kEq,
  kNe,
  kAnd,
  kXor,
  kOr,
  kLogicalAnd,
  kLogicalOr,
};

enum class Variable : std::uint8_t { kPid, kTid, kUid, kGid, kCpu, kComm };

struct Expr {
  ExprKind kind = ExprKind::kNumber;
  Op op = Op::kNone;
  Variable variable{};
  std::uint64_t number = 0;  // kNumber: value; kArgument: 1-based index
  std::string text;          // kText, kPrefix: the literal's bytes
  std::vector<Expr> operands;
  Span span;
  Type type;  // kNumber: from the literal; others: set by check()

  bool is_comm() const { return kind == ExprKind::kVariable && variable == Variable::kComm; }
};

// "%-5d": a piece of literal text, then one conversion (0 after the last piece).
struct FormatPiece {
  std::string text;
  std::string flags;    // of - + space # 0, then width and precision: "-5", "08.3"
  char conversion = 0;  // d i u x X o c s p f g e
  Span span;
};

struct Spec {
  std::string source;  // as typed
  Selector selector;
  std::optional<Expr> predicate;
  std::optional<std::vector<FormatPiece>> format;
  std::vector<Expr> values;
  Span format_span;
};

}  // namespace spile::lang
