// SPDX-License-Identifier: MIT
#include "lang/format.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace spile::lang {
namespace {

// "text|flags|conversion" of each piece, pieces separated by '/'.
std::string show(const std::vector<FormatPiece>& pieces) {
  std::string out;
  for (const FormatPiece& piece : pieces) {
    if (!out.empty()) out += "/";
    out += piece.text + "|" + piece.flags + "|";
    if (piece.conversion != 0) out += piece.conversion;
  }
  return out;
}

struct Case {
  const char* text;  // between the quotes
  const char* want;
};

TEST(Format, Pieces) {
  for (const Case& test : std::vector<Case>{
           {"", "||"},
           {"plain", "plain||"},
           {"%d", "||d/||"},
           {"i=%d err=%s.", "i=||d/ err=||s/.||"},
           {"%d%u", "||d/||u/||"},
           {"%i %u %x %X %o %c %s %p %f %e %g",
            "||i/ ||u/ ||x/ ||X/ ||o/ ||c/ ||s/ ||p/ ||f/ ||e/ ||g/||"},
           {"100%%", "100%||"},
           {"%%d", "%d||"},
           {"%%%d", "%||d/||"},
           {"%5d", "|5|d/||"},
           {"%-5d", "|-5|d/||"},
           {"%05d", "|05|d/||"},
           {"%+d", "|+|d/||"},
           {"% d", "| |d/||"},
           {"%#x", "|#|x/||"},
           {"%-+ #010.3d", "|-+ #010.3|d/||"},
           {"%.3s", "|.3|s/||"},
           {"%8.3f", "|8.3|f/||"},
           {"%.f", "|.|f/||"},
           {"%9999d", "|9999|d/||"},
           {"%hd %hhd %ld %lld %zu %td %jd %qd %Lf",
            "||d/ ||d/ ||d/ ||d/ ||u/ ||d/ ||d/ ||d/ ||f/||"},
           {"%-8lu", "|-8|u/||"},
           {"a\\tb\\n", "a\tb\n||"},
           {"say \\\"%s\\\"", "say \"||s/\"||"},
           {"\xe2\x82\xac %d", "\xe2\x82\xac ||d/||"},
       }) {
    Diagnostics mistakes;
    std::string source = std::string("\"") + test.text + "\", arg1";
    std::size_t position = 0;
    EXPECT_EQ(show(parse_format(source, position, mistakes)), test.want) << test.text;
    EXPECT_TRUE(mistakes.empty()) << test.text;
    EXPECT_EQ(source.substr(position), ", arg1") << test.text;
  }
}

struct MistakeCase {
  const char* text;
  const char* message;
  const char* marked;  // the text under the caret
};

TEST(Format, Mistakes) {
  for (const MistakeCase& test : std::vector<MistakeCase>{
           {"\"%y\"", "unknown conversion", "%y"},
           {"\"%-5.2lk\"", "unknown conversion", "%-5.2lk"},
           {"\"%n\"", "unknown conversion", "%n"},
           {"\"%*d\"", "unknown conversion", "%*"},
           {"\"%'d\"", "unknown conversion", "%'"},
           {"\"%a\"", "unknown conversion", "%a"},
           {"\"%K\"", "symbols are not printed by a format", "%K"},
           {"\"%U\"", "symbols are not printed by a format", "%U"},
           {"\"%10000d\"", "this field is wider than 9,999 columns", "%10000d"},
           {"\"%.10000f\"", "this field is wider than 9,999 columns", "%.10000f"},
           {"\"100%\"", "unknown conversion", "%"},
           {"\"100%5\"", "unknown conversion", "%5"},
       }) {
    Diagnostics mistakes;
    std::string source = test.text;
    std::size_t position = 0;
    parse_format(source, position, mistakes);
    ASSERT_EQ(mistakes.size(), 1u) << test.text;
    EXPECT_EQ(mistakes[0].message, test.message) << test.text;
    Span span = mistakes[0].span;
    EXPECT_EQ(source.substr(span.begin, span.end - span.begin), test.marked) << test.text;
  }
}

TEST(Format, EveryMistakeIsTold) {
  Diagnostics mistakes;
  std::string source = "\"%y %d %z %K\"";
  std::size_t position = 0;
  parse_format(source, position, mistakes);
  EXPECT_EQ(mistakes.size(), 3u);
}

}  // namespace
}  // namespace spile::lang
