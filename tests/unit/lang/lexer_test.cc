// SPDX-License-Identifier: MIT
#include "lang/lexer.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

namespace spile::lang {
namespace {

struct NumberCase {
  const char* text;
  std::uint64_t want;
  Type type;
};

TEST(Lexer, Numbers) {
  for (const NumberCase& test : std::vector<NumberCase>{
           {"0", 0, {4, true}},
           {"42", 42, {4, true}},
           {"2147483647", 2147483647, {4, true}},
           {"2147483648", 2147483648, {8, true}},
           {"9223372036854775807", 9223372036854775807, {8, true}},
           {"18446744073709551615", ~std::uint64_t{0}, {8, false}},
           {"0x2a", 42, {4, true}},
           {"0XfF", 255, {4, true}},
           {"0x7fffffff", 0x7fffffff, {4, true}},
           {"0x80000000", 0x80000000, {4, false}},
           {"0x100000000", 0x100000000, {8, true}},
           {"0xffffffffffffffff", ~std::uint64_t{0}, {8, false}},
           {"017", 15, {4, true}},
           {"037777777777", 0xffffffff, {4, false}},
           {"00", 0, {4, true}},
           {"1u", 1, {4, false}},
           {"1U", 1, {4, false}},
           {"1l", 1, {8, true}},
           {"1LL", 1, {8, true}},
           {"1ul", 1, {8, false}},
           {"1LU", 1, {8, false}},
           {"3000000000u", 3000000000, {4, false}},
           {"5000000000u", 5000000000, {8, false}},
           {"0xffffffffL", 0xffffffff, {8, true}},
           {"'A'", 65, {4, true}},
           {"' '", 32, {4, true}},
           {"'\\n'", 10, {4, true}},
           {"'\\0'", 0, {4, true}},
           {"'\\''", 39, {4, true}},
           {"'\\\\'", 92, {4, true}},
           {"'\"'", 34, {4, true}},
           {"'\\x41'", 65, {4, true}},
           {"'\\101'", 65, {4, true}},
           {"'\\xff'", ~std::uint64_t{0}, {4, true}},  // char is signed on every machine
       }) {
    Diagnostics mistakes;
    std::string source = test.text;
    Lexer lexer(source, mistakes);
    Token token = lexer.next();
    EXPECT_EQ(token.kind, TokenKind::kNumber) << test.text;
    EXPECT_EQ(token.number, test.want) << test.text;
    EXPECT_EQ(token.type, test.type) << test.text;
    EXPECT_EQ(token.span.end, source.size()) << test.text;
    EXPECT_EQ(lexer.next().kind, TokenKind::kEnd) << test.text;
    EXPECT_TRUE(mistakes.empty()) << test.text;
  }
}

struct TextCase {
  const char* text;
  std::string want;
};

TEST(Lexer, Texts) {
  for (const TextCase& test : std::vector<TextCase>{
           {"\"\"", ""},
           {"\"GET\"", "GET"},
           {"\"a b\"", "a b"},
           {"\"say \\\"hi\\\"\"", "say \"hi\""},
           {"\"back\\\\slash\"", "back\\slash"},
           {"\"\\n\\t\\r\\a\\b\\f\\v\"", "\n\t\r\a\b\f\v"},
           {"\"\\e[1m\"", "\033[1m"},
           {"\"\\033[1m\"", "\033[1m"},
           {"\"\\x1b[1m\"", "\033[1m"},
           {"\"\\1018\"", "A8"},  // three octal digits at most
           {"\"\\08\"", std::string("\0"
                                    "8",
                                    2)},
           {"\"\\x4\"", "\x04"},
           {"\"\\xzz\"", "xzz"},
           {"\"\\q\"", "q"},
           {"\"it's\"", "it's"},
           {"\"\xc3\xa4\"", "\xc3\xa4"},
       }) {
    Diagnostics mistakes;
    std::string source = test.text;
    Lexer lexer(source, mistakes);
    Token token = lexer.next();
    EXPECT_EQ(token.kind, TokenKind::kText) << test.text;
    EXPECT_EQ(token.text, test.want) << test.text;
    EXPECT_TRUE(mistakes.empty()) << test.text;
  }
}

TEST(Lexer, SymbolsAndNames) {
  Diagnostics mistakes;
  std::string source = "arg1<<2>=comm!=$pid&&!x||~y<z?(a,b):c<-1";
  Lexer lexer(source, mistakes);
  std::vector<std::string> got;
  for (Token token = lexer.next(); token.kind != TokenKind::kEnd; token = lexer.next()) {
    got.push_back(token.kind == TokenKind::kNumber ? std::to_string(token.number) : token.text);
  }
  EXPECT_EQ(got, (std::vector<std::string>{"arg1", "<<", "2", ">=", "comm", "!=", "$pid", "&&", "!",
                                           "x",    "||", "~", "y",  "<",    "z",  "?",    "(",  "a",
                                           ",",    "b",  ")", ":",  "c",    "<",  "-",    "1"}));
  EXPECT_TRUE(mistakes.empty());
}

struct MistakeCase {
  const char* text;
  const char* want;
  std::size_t begin, end;
};

TEST(Lexer, Mistakes) {
  for (const MistakeCase& test : std::vector<MistakeCase>{
           {"18446744073709551616", "this number needs more than 64 bits", 0, 20},
           {"0x10000000000000000", "this number needs more than 64 bits", 0, 19},
           {"12abc", "not a number", 0, 5},
           {"09", "not a number", 0, 2},
           {"0x", "not a number", 0, 2},
           {"0xg", "not a number", 0, 3},
           {"0b1", "not a number", 0, 3},
           {"1.5", "this character has no meaning here", 1, 2},
           {"\"open", "no closing \"", 0, 5},
           {"\"open\\\"", "no closing \"", 0, 7},
           {"'a", "no closing '", 0, 2},
           {"'ab'", "a character is written between single quotes, text between double ones", 0, 4},
           {"''", "a character is written between single quotes, text between double ones", 0, 2},
           {"@", "this character has no meaning here", 0, 1},
           {"  #", "this character has no meaning here", 2, 3},
           {"\xc3\xa4", "this character has no meaning here", 0, 1},
       }) {
    Diagnostics mistakes;
    std::string source = test.text;
    Lexer lexer(source, mistakes);
    while (lexer.next().kind != TokenKind::kEnd) {
    }
    ASSERT_EQ(mistakes.size(), 1u) << test.text;
    EXPECT_EQ(mistakes[0].message, test.want) << test.text;
    EXPECT_EQ(mistakes[0].span.begin, test.begin) << test.text;
    EXPECT_EQ(mistakes[0].span.end, test.end) << test.text;
  }
}

}  // namespace
}  // namespace spile::lang
