// SPDX-License-Identifier: MIT
#include "lang/check.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "lang/parser.h"

namespace spile::lang {
namespace {

constexpr const char* kArgs =
    "-1@%al 1@%bl -2@%cx 2@%dx -4@%edi 4@%esi -8@%r8 8@%r9 8@%xmm0 8f@-8(%rbp) 4f@-4(%rbp)";

CheckedSpec check_text(const std::string& text, Diagnostics& mistakes, const char* args = kArgs) {
  auto spec = parse_spec(text, mistakes);
  if (!spec) return {};
  return check(*spec, note::parse_arg_specs(args, elf::Machine::kX86_64), mistakes);
}

struct TypeCase {
  const char* expression;
  Type want;
};

// arg1 int8_t, arg2 uint8_t ... arg7 int64_t, arg8 uint64_t.
TEST(Check, TypesAreThoseOfC) {
  for (const TypeCase& test : std::vector<TypeCase>{
           {"arg1", {1, true}},
           {"arg4", {2, false}},
           {"+arg1", {1, true}},  // a plus sign is not kept
           {"-arg1", {4, true}},
           {"-arg2", {4, true}},
           {"~arg6", {4, false}},
           {"!arg8", {4, true}},
           {"arg1 + arg2", {4, true}},
           {"arg3 * arg4", {4, true}},
           {"arg5 + arg6", {4, false}},
           {"arg2 + arg6", {4, false}},
           {"arg5 + arg7", {8, true}},
           {"arg6 + arg7", {8, true}},
           {"arg7 + arg8", {8, false}},
           {"arg1 + arg8", {8, false}},
           {"arg1 << arg8", {4, true}},
           {"arg6 >> arg7", {4, false}},
           {"arg8 << arg1", {8, false}},
           {"arg7 < arg8", {4, true}},
           {"arg7 && arg8", {4, true}},
           {"arg1 == arg2", {4, true}},
           {"arg1 ? arg2 : arg3", {4, true}},
           {"arg1 ? arg5 : arg8", {8, false}},
           {"1", {4, true}},
           {"1u", {4, false}},
           {"1 + 1u", {4, false}},
           {"arg5 + 5000000000", {8, true}},
           {"pid", {4, true}},
           {"tid", {4, true}},
           {"uid", {4, false}},
           {"gid", {4, false}},
           {"cpu", {4, false}},
           {"arg8 == \"text\"", {4, true}},
           {"STRCMP(\"text\", arg8)", {4, true}},
           {"comm == \"text\"", {4, true}},
       }) {
    Diagnostics mistakes;
    CheckedSpec checked = check_text(std::string("u::p \"%d\", ") + test.expression, mistakes);
    ASSERT_TRUE(mistakes.empty()) << test.expression << ": " << mistakes[0].message;
    EXPECT_EQ(checked.spec.values[0].type, test.want) << test.expression;
  }
}

TEST(Check, KindsOfValues) {
  Diagnostics mistakes;
  CheckedSpec checked =
      check_text("u::p \"%d %s %s %f %x %p\", arg5, arg8, comm, arg10, arg10, arg7", mistakes);
  EXPECT_TRUE(mistakes.empty());
  EXPECT_EQ(checked.kinds,
            (std::vector<ValueKind>{ValueKind::kNumber, ValueKind::kText, ValueKind::kComm,
                                    ValueKind::kNumber, ValueKind::kNumber, ValueKind::kNumber}));
}

TEST(Check, WithoutAFormatEveryArgumentIsShown) {
  Diagnostics mistakes;
  CheckedSpec checked = check_text("u::p", mistakes, "-4@%edi 8@%rsi 8@%xmm0 8f@-8(%rbp)");
  EXPECT_TRUE(mistakes.empty());
  std::string shown;
  for (const FormatPiece& piece : *checked.spec.format) {
    shown += piece.text;
    if (piece.conversion != 0) shown += std::string("%") + piece.conversion;
  }
  EXPECT_EQ(shown, "arg1=%d arg2=%u arg3=<unreadable> arg4=%g");
  EXPECT_EQ(checked.kinds.size(), 3u);
  checked = check_text("u::p", mistakes, "");
  EXPECT_TRUE(mistakes.empty());
  EXPECT_TRUE(checked.spec.format->empty());
}

TEST(Check, ComparedTextEndsUpOnTheRight) {
  Diagnostics mistakes;
  CheckedSpec checked = check_text("u::p (\"GET\" == arg8)", mistakes);
  EXPECT_TRUE(mistakes.empty());
  EXPECT_EQ(checked.spec.predicate->operands[1].text, "GET");
}

struct MistakeCase {
  const char* text;
  const char* message;
  const char* hint;    // a part of it
  const char* marked;  // the text under the caret
};

TEST(Check, Mistakes) {
  std::string long_text(129, 'x');
  std::string compares_long = "u::p (arg8 == \"" + long_text + "\")";
  std::string long_marked = "\"" + long_text + "\"";
  for (const MistakeCase& test : std::vector<MistakeCase>{
           {"u::p (arg12)", "there is no arg12: the probe has 11 arguments", "arg1 to arg11 exist",
            "arg12"},
           {"u::p \"%s\", arg12", "there is no arg12: the probe has 11 arguments", "arg1 to",
            "arg12"},
           {"u::p (arg12 == \"x\")", "there is no arg12: the probe has 11 arguments", "arg1 to",
            "arg12"},
           {"u::p (arg9)", "arg9 (8@%xmm0) cannot be read: ", "", "arg9"},
           {"u::p \"%d\"", "the format shows 1 value, and 0 are given", "one value", "\"%d\""},
           {"u::p \"%d %d\", arg1", "the format shows 2 values, and 1 is given", "one value",
            "\"%d %d\""},
           {"u::p \"x\", arg1", "the format shows 0 values, and 1 is given", "one value", "arg1"},
           {"u::p \"%d\", arg1, arg2", "the format shows 1 value, and 2 are given", "one value",
            "arg2"},
           {"u::p (\"x\")", "text is no number", "compare it", "\"x\""},
           {"u::p (\"x\" + 1)", "text is compared with == or != only", "", "\"x\" + 1"},
           {"u::p (arg8 < \"x\")", "text is compared with == or != only", "", "arg8 < \"x\""},
           {"u::p (\"x\" == \"y\")", "text is compared with a literal",
            "arg1 ==", "\"x\" == \"y\""},
           {"u::p (comm == arg8)", "text is compared with a literal", "arg1 ==", "comm == arg8"},
           {"u::p (comm)", "comm is text", "comm == \"name\"", "comm"},
           {"u::p (comm + 1)", "text is compared with == or != only", "", "comm + 1"},
           {"u::p (arg1 ? \"a\" : \"b\")", "text is no number", "compare it", "\"a\""},
           {"u::p \"%d\", comm", "comm is text", "show it with %s", "comm"},
           {"u::p \"%s\", \"x\"", "a literal is no value of the probe", "into the format", "\"x\""},
           {"u::p \"%s\", arg5", "%s needs a pointer to text, and this is a 4-byte number",
            "%d, %u or %x", "arg5"},
           {"u::p \"%s\", arg2 + 1", "%s needs a pointer to text, and this is a 4-byte number",
            "%d, %u or %x", "arg2 + 1"},
           {"u::p (arg5 == \"x\")", "== needs a pointer to text, and this is a 4-byte number", "",
            "arg5"},
           {"u::p (STRCMP(\"x\", arg1))",
            "STRCMP needs a pointer to text, and this is a 1-byte number", "", "arg1"},
           {"u::p (comm == \"sixteen_letters_\")", "thread names have at most 15 bytes", "",
            "\"sixteen_letters_\""},
           {"u::p (STRCMP(\"\", arg8))", "every text starts with the empty one", "arg1 != 0",
            "STRCMP(\"\", arg8)"},
           {"u::p (arg8 == \"a\\0b\")", "text ends at its first NUL, and this has one inside", "",
            "\"a\\0b\""},
           {compares_long.c_str(), "this text is longer than 128 bytes", "", long_marked.c_str()},
           {"u::p \"%f\", arg3", "%f shows float (4 bytes) or double (8 bytes)", "%d", "arg3"},
           {"u::p (arg10 > 1)", "a floating-point number can be shown, and not computed with",
            "%f or %g", "arg10"},
           {"u::p (arg11)", "a floating-point number can be shown, and not computed with",
            "%f or %g", "arg11"},
           {"u::p \"%d\", arg10", "a floating-point number can be shown, and not computed with",
            "%f or %g", "arg10"},
           {"u::p \"%s\", arg10", "a floating-point number can be shown, and not computed with",
            "%f or %g", "arg10"},
       }) {
    Diagnostics mistakes;
    std::string source = test.text;
    check_text(source, mistakes);
    ASSERT_FALSE(mistakes.empty()) << test.text;
    EXPECT_EQ(mistakes[0].message.substr(0, std::string(test.message).size()), test.message)
        << test.text;
    EXPECT_NE(mistakes[0].hint.find(test.hint), std::string::npos)
        << test.text << ": " << mistakes[0].hint;
    Span span = mistakes[0].span;
    ASSERT_LE(span.end, source.size()) << test.text;
    EXPECT_EQ(source.substr(span.begin, span.end - span.begin), test.marked) << test.text;
    bool both_branches = source.find("\"a\" :") != source.npos;
    EXPECT_EQ(mistakes.size(), both_branches ? 2u : 1u) << test.text;
  }
}

TEST(Check, WhatExistsIsNamed) {
  struct HintCase {
    const char* args;
    const char* want;
  };
  for (const HintCase& test : std::vector<HintCase>{
           {"", "the probe has no arguments; pid, tid, uid, gid, cpu and comm exist"},
           {"4@%edi", "arg1 exists"},
           {"4@%edi 4@%esi", "arg1 and arg2 exist"},
           {"4@%edi 4@%esi 4@%edx", "arg1 to arg3 exist"},
       }) {
    Diagnostics mistakes;
    check_text("u::p (arg9)", mistakes, test.args);
    ASSERT_EQ(mistakes.size(), 1u);
    EXPECT_EQ(mistakes[0].hint, test.want);
  }
}

TEST(Check, EveryMistakeIsTold) {
  Diagnostics mistakes;
  check_text("u::p (arg12 + comm) \"%s %f\", arg5, arg1", mistakes);
  EXPECT_EQ(mistakes.size(), 3u);
}

TEST(Check, AtMostThirtyTwoValues) {
  for (int count : {32, 33}) {
    std::string spec = "u::p \"";
    for (int i = 0; i < count; ++i) spec += "%d";
    spec += "\"";
    for (int i = 0; i < count; ++i) spec += ", arg1";
    Diagnostics mistakes;
    check_text(spec, mistakes);
    EXPECT_EQ(mistakes.empty(), count == 32);
  }
}

// Only what waits on the stack counts: chains do not, operands on the right do.
TEST(Check, Depth) {
  std::string chain = "arg1", nested = "arg1";
  for (int i = 0; i < 200; ++i) chain += " || arg1 == 7";
  for (int i = 0; i < 40; ++i) nested = "arg1 + (" + nested + ")";
  Diagnostics mistakes;
  check_text("u::p (" + chain + ")", mistakes);
  EXPECT_TRUE(mistakes.empty());
  check_text("u::p (" + nested + ")", mistakes);
  ASSERT_EQ(mistakes.size(), 1u);
  EXPECT_EQ(mistakes[0].message, "this expression is nested too deeply");
}

}  // namespace
}  // namespace spile::lang
