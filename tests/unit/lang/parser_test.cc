// SPDX-License-Identifier: MIT
#include "lang/parser.h"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

namespace spile::lang {
namespace {

const char* symbol_of(Op op) {
  static constexpr std::array kSymbols = {
      "?", "-",  "!", "~",  "*",  "/",  "%", "+", "-", "<<", ">>",
      "<", "<=", ">", ">=", "==", "!=", "&", "^", "|", "&&", "||"};
  return kSymbols[static_cast<std::size_t>(op)];
}

// The tree in full parentheses, operator first: (+ 1 (* 2 3)).
std::string show(const Expr& expr) {
  std::string inner;
  for (const Expr& operand : expr.operands) inner += " " + show(operand);
  switch (expr.kind) {
    case ExprKind::kNumber: return std::to_string(static_cast<std::int64_t>(expr.number));
    case ExprKind::kText: return "\"" + expr.text + "\"";
    case ExprKind::kArgument: return "arg" + std::to_string(expr.number);
    case ExprKind::kVariable: {
      static constexpr std::array kNames = {"pid", "tid", "uid", "gid", "cpu", "comm"};
      return kNames[static_cast<std::size_t>(expr.variable)];
    }
    case ExprKind::kUnary:
    case ExprKind::kBinary: return std::string("(") + symbol_of(expr.op) + inner + ")";
    case ExprKind::kConditional: return "(?" + inner + ")";
    case ExprKind::kPrefix: return "(prefix \"" + expr.text + "\"" + inner + ")";
  }
  return "?";
}

struct Case {
  const char* text;
  const char* want;
};

TEST(Parser, Expressions) {
  for (const Case& test : std::vector<Case>{
           {"arg1", "arg1"},
           {"arg12", "arg12"},
           {"1 + 2 * 3", "(+ 1 (* 2 3))"},
           {"1 - 2 - 3", "(- (- 1 2) 3)"},
           {"8 / 4 / 2", "(/ (/ 8 4) 2)"},
           {"(1 + 2) * 3", "(* (+ 1 2) 3)"},
           {"1 << 2 + 3", "(<< 1 (+ 2 3))"},
           {"1 < 2 == 3 > 4", "(== (< 1 2) (> 3 4))"},
           {"arg1 & 1 == 0", "(& arg1 (== 1 0))"},
           {"1 | 2 ^ 3 & 4", "(| 1 (^ 2 (& 3 4)))"},
           {"1 || 2 && 3", "(|| 1 (&& 2 3))"},
           {"1 && 2 || 3 && 4", "(|| (&& 1 2) (&& 3 4))"},
           {"-1", "(- 1)"},
           {"- -1", "(- (- 1))"},
           {"1--1", "(- 1 (- 1))"},
           {"+arg1", "arg1"},
           {"!arg1 == 2", "(== (! arg1) 2)"},
           {"~arg1 & 3", "(& (~ arg1) 3)"},
           {"-arg1 * 2", "(* (- arg1) 2)"},
           {"1 ? 2 : 3", "(? 1 2 3)"},
           {"1 ? 2 : 3 ? 4 : 5", "(? 1 2 (? 3 4 5))"},
           {"1 ? 2 ? 3 : 4 : 5", "(? 1 (? 2 3 4) 5)"},
           {"1 || 2 ? 3 : 4", "(? (|| 1 2) 3 4)"},
           {"arg1==\"GET\"", "(== arg1 \"GET\")"},
           {"\"GET\" != arg1", "(!= \"GET\" arg1)"},
           {"comm == \"a)b\"", "(== comm \"a)b\")"},
           {"STRCMP(\"GET\", arg1)", "(prefix \"GET\" arg1)"},
           {"STRCMP(arg1, \"GET\")", "(prefix \"GET\" arg1)"},
           {"!STRCMP(\"x\", comm) && 1", "(&& (! (prefix \"x\" comm)) 1)"},
           {"pid + tid + uid + gid + cpu", "(+ (+ (+ (+ pid tid) uid) gid) cpu)"},
           {"$pid", "tid"},  // bcc's $pid is the thread's id
           {"$tgid", "pid"},
           {"$uid * $gid * $cpu", "(* (* uid gid) cpu)"},
           {"'A'", "65"},
       }) {
    Diagnostics mistakes;
    auto spec = parse_spec(std::string("u::p (") + test.text + ")", mistakes);
    ASSERT_TRUE(spec) << test.text << ": " << mistakes[0].message;
    EXPECT_EQ(show(*spec->predicate), test.want) << test.text;
  }
}

TEST(Parser, Specs) {
  struct SpecCase {
    const char* text;
    bool predicate, format;
    std::size_t values;
  };
  for (const SpecCase& test : std::vector<SpecCase>{
           {"u::p", false, false, 0},
           {"u::p (arg1)", true, false, 0},
           {"u::p(arg1)", true, false, 0},
           {"u::p \"%d\", arg1", false, true, 1},
           {"u::p \"\"", false, true, 0},
           {"u::p (arg1 > 0) \"%d %s\", arg1, arg2", true, true, 2},
           {"u::p(arg1>0)\"%d %s\",arg1,arg2", true, true, 2},
           {"u::p \"a, b\"", false, true, 0},
           {"u::p \"%d\", arg1 ? arg2 : arg3", false, true, 1},
           {"/bin/app app:p (arg1) \"%d\", (arg1)", true, true, 1},
           {" \n u::p \n (arg1) \t \"x\" \n", true, true, 0},
       }) {
    Diagnostics mistakes;
    auto spec = parse_spec(test.text, mistakes);
    ASSERT_TRUE(spec) << test.text << ": " << mistakes[0].message;
    EXPECT_EQ(spec->predicate.has_value(), test.predicate) << test.text;
    EXPECT_EQ(spec->format.has_value(), test.format) << test.text;
    EXPECT_EQ(spec->values.size(), test.values) << test.text;
    EXPECT_EQ(spec->source, test.text);
  }
}

TEST(Parser, SpansCoverWhatWasTyped) {
  Diagnostics mistakes;
  std::string source = "u::p (arg1 + -arg2 == 3) \"%d\", cpu";
  auto spec = parse_spec(source, mistakes);
  ASSERT_TRUE(spec);
  auto cut = [&](Span span) { return source.substr(span.begin, span.end - span.begin); };
  EXPECT_EQ(cut(spec->predicate->span), "arg1 + -arg2 == 3");
  EXPECT_EQ(cut(spec->predicate->operands[0].span), "arg1 + -arg2");
  EXPECT_EQ(cut(spec->predicate->operands[0].operands[1].span), "-arg2");
  EXPECT_EQ(cut(spec->format_span), "\"%d\"");
  EXPECT_EQ(cut(spec->values[0].span), "cpu");
}

struct MistakeCase {
  const char* text;
  const char* message;
  const char* hint;    // a part of it
  const char* marked;  // the text under the caret
};

TEST(Parser, Mistakes) {
  constexpr const char* kForm = "a spec is PROBE (predicate)";
  constexpr const char* kValues = "arg1, 42, pid";
  for (const MistakeCase& test : std::vector<MistakeCase>{
           {"u::p (arg1", "the predicate's ')' is missing here", "", ""},
           {"u::p (arg1 \"%d\", arg1", "the predicate's ')' is missing here", "", "\"%d\""},
           {"u::p (arg1))", "this does not belong here", kForm, ")"},
           {"u::p ()", "a value is expected here", kValues, ")"},
           {"u::p (arg1 +)", "a value is expected here", kValues, ")"},
           {"u::p (* arg1)", "a value is expected here", kValues, "*"},
           {"u::p (arg1 arg2)", "the predicate's ')' is missing here", "", "arg2"},
           {"u::p (arg1 = 2)", "'=' assigns nothing here", "compare with ==", "="},
           {"u::p (arg1 == )", "a value is expected here", kValues, ")"},
           {"u::p ((arg1)", "the predicate's ')' is missing here", "", ""},
           {"u::p ((arg1 + 2", "')' is missing after the expression", "", ""},
           {"u::p (arg1 ? 2)", "':' is missing in the conditional", "", ")"},
           {"u::p (arg0)", "nothing is called 'arg0'", "arg1 ... argN", "arg0"},
           {"u::p (arg)", "nothing is called 'arg'", "arg1 ... argN", "arg"},
           {"u::p (arg1x)", "nothing is called 'arg1x'", "arg1 ... argN", "arg1x"},
           {"u::p (arg99999999999)", "nothing is called 'arg99999999999'", "arg1 ... argN",
            "arg99999999999"},
           {"u::p (retval)", "nothing is called 'retval'", "returns nothing", "retval"},
           {"u::p ($task)", "nothing is called '$task'", "arg1 ... argN", "$task"},
           {"u::p (STRCMP)", "'(' is missing after STRCMP", "", ")"},
           {"u::p (STRCMP(\"a\"))", "',' is missing between", "", ")"},
           {"u::p (STRCMP(\"a\", arg1)", "the predicate's ')' is missing here", "", ""},
           {"u::p (STRCMP(\"a\", \"b\"))", "STRCMP compares one text with one argument",
            "STRCMP(\"GET\", arg1)", "STRCMP(\"a\", \"b\")"},
           {"u::p (STRCMP(arg1, arg2))", "STRCMP compares one text with one argument",
            "STRCMP(\"GET\", arg1)", "STRCMP(arg1, arg2)"},
           {"u::p arg1", "this does not belong here", kForm, "arg1"},
           {"u::p (arg1) arg2", "this does not belong here", kForm, "arg2"},
           {"u::p \"%d\" arg1", "this does not belong here", kForm, "arg1"},
           {"u::p \"%d\", ", "a value is expected here", kValues, ""},
           {"u::p \"%d\", arg1,", "a value is expected here", kValues, ""},
           {"u::p \"%d\", arg1 arg2", "this does not belong here", kForm, "arg2"},
           {"u::p 'x'", "this does not belong here", kForm, "'x'"},
           {"u::p \"open", "no closing \"", "put the whole spec in '...'", "\"open"},
           {"u::p (arg1 == \"open)", "no closing \"", "'...'", "\"open)"},
           {"u::p (arg1 @ 2)", "this character has no meaning here", "", "@"},
           {"u::p (18446744073709551616)", "this number needs more than 64 bits", "",
            "18446744073709551616"},
       }) {
    Diagnostics mistakes;
    std::string source = test.text;
    EXPECT_FALSE(parse_spec(source, mistakes)) << test.text;
    ASSERT_EQ(mistakes.size(), 1u) << test.text;
    EXPECT_EQ(mistakes[0].message.substr(0, std::string(test.message).size()), test.message)
        << test.text;
    EXPECT_NE(mistakes[0].hint.find(test.hint), std::string::npos)
        << test.text << ": " << mistakes[0].hint;
    Span span = mistakes[0].span;
    ASSERT_LE(span.end, source.size()) << test.text;
    EXPECT_EQ(source.substr(span.begin, span.end - span.begin), test.marked) << test.text;
  }
}

std::string repeat(const std::string& part, int times) {
  std::string out;
  for (int i = 0; i < times; ++i) out += part;
  return out;
}

// Text as long as a command line can be must not exhaust the stack.
TEST(Parser, HugeExpressionsAreRefused) {
  for (const std::string& text : {
           repeat("(", 40000) + "1" + repeat(")", 40000),
           repeat("-", 100000) + "1",
           repeat("1+", 60000) + "1",
           repeat("1?1:", 30000) + "1",
           repeat("1?", 30000) + "1" + repeat(":1", 30000),
           repeat("STRCMP(\"a\",", 10000) + "arg1" + repeat(")", 10000),
       }) {
    Diagnostics mistakes;
    EXPECT_FALSE(parse_spec("u::p (" + text + ")", mistakes)) << text.substr(0, 20);
    ASSERT_EQ(mistakes.size(), 1u) << text.substr(0, 20);
  }
}

TEST(Parser, LongListsAreNot) {
  Diagnostics mistakes;
  std::string list = repeat("arg1 == 5 || ", 400) + "arg1 == 6";
  EXPECT_TRUE(parse_spec("u::p (" + list + ")", mistakes));
  EXPECT_TRUE(parse_spec("u::p (" + repeat("(", 60) + "1" + repeat(")", 60) + ")", mistakes));
}

}  // namespace
}  // namespace spile::lang
