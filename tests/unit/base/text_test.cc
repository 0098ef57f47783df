// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include "base/glob.h"
#include "base/near_names.h"
#include "base/printable.h"

using namespace spile;

TEST(Glob, Matches) {
  struct {
    const char* pattern;
    const char* name;
    bool want;
  } cases[] = {
      {"", "", true},          {"", "a", false},
      {"*", "", true},         {"a*c", "abbc", true},
      {"a*c", "abbd", false},  {"a**c", "ac", true},
      {"?", "a", true},        {"?", "", false},
      {"[a-c]x", "bx", true},  {"[a-c]x", "dx", false},
      {"[!a-c]x", "dx", true}, {"[]]", "]", true},
      {"[!]]", "a", true},     {"[a", "[a", true},
      {"[", "[", true},        {"*:*", "a:b", true},
      {"a/*", "a/b/c", true},  {"*a*b*", "xaxbx", true},
      {"[a-]", "-", true},     {"gc__*", "gc__start", true},
  };
  for (const auto& each : cases) {
    EXPECT_EQ(matches_glob(each.pattern, each.name), each.want) << each.pattern << " " << each.name;
  }
}

TEST(Glob, StaysQuickOnManyStars) {
  std::string pattern;
  for (int i = 0; i < 30; ++i) pattern += "a*";
  EXPECT_FALSE(matches_glob(pattern + "b", std::string(20'000, 'a')));
}

TEST(Printable, EscapesWhatATerminalWouldObey) {
  struct {
    std::string input;
    const char* want;
  } cases[] = {
      {"plain name", "plain name"},
      {"\x1b]0;owned\x07", "\\x1b]0;owned\\x07"},
      {"tab\tnewline\n", "tab\\x09newline\\x0a"},
      {std::string("nul\0!", 5), "nul\\x00!"},
      {"\x7f", "\\x7f"},
      {"gr\xc3\xbc\xc3\x9f", "gr\xc3\xbc\xc3\x9f"},
      {"\xc2\x9b"
       "31m",
       "\\xc2\\x9b31m"},  // C1: CSI
      {"\xff\xfe", "\\xff\\xfe"},
      {"\xc0\x80", "\\xc0\\x80"},           // overlong
      {"\xed\xa0\x80", "\\xed\\xa0\\x80"},  // a surrogate
      {"\xf5\x80\x80\x80", "\\xf5\\x80\\x80\\x80"},
      {"cut \xe2\x82", "cut \\xe2\\x82"},
      {"\xe2\x80\xae"
       "evil",
       "\\xe2\\x80\\xaeevil"},  // right-to-left override
      {"\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80"},
  };
  for (const auto& each : cases) EXPECT_EQ(to_printable(each.input), each.want);
}

TEST(NearNames, Suggests) {
  std::vector<std::string> names = {"python:line", "python:gc__start", "python:gc__done"};
  EXPECT_EQ(find_near_names("python:lin", names), (std::vector<std::string>{"python:line"}));
  EXPECT_EQ(find_near_names("pyhton:line", names), (std::vector<std::string>{"python:line"}));
  EXPECT_EQ(find_near_names("GC__", names).size(), 2u);
  EXPECT_TRUE(find_near_names("nothing like it", names).empty());
}
