// SPDX-License-Identifier: MIT
#include "lang/diagnostic.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace spile::lang {
namespace {

struct Case {
  const char* name;
  Span span;
  const char* hint;
  const char* text;
  const char* want;
};

TEST(Diagnostic, Render) {
  for (const Case& test : std::vector<Case>{
           {"middle", {4, 8}, "", "one four two", "wrong\n  one four two\n      ^~~~\n"},
           {"hint", {0, 1}, "do this", "x", "wrong\n  x\n  ^\n  hint: do this\n"},
           {"one column", {2, 3}, "", "abc", "wrong\n  abc\n    ^\n"},
           {"the end", {3, 3}, "", "abc", "wrong\n  abc\n     ^\n"},
           {"beyond the end", {7, 9}, "", "abc", "wrong\n  abc\n     ^\n"},
           {"backwards", {2, 1}, "", "abc", "wrong\n  abc\n    ^\n"},
           {"behind UTF-8",
            {6, 9},
            "",
            "\xc3\xa4\xe2\x82\xac arg",
            "wrong\n  \xc3\xa4\xe2\x82\xac "
            "arg\n     ^~~\n"},
           {"over UTF-8",
            {1, 6},
            "",
            "a\xc3\xa4\xe2\x82\xac z",
            "wrong\n  a\xc3\xa4\xe2\x82\xac "
            "z\n   ^~\n"},
           {"line breaks and tabs", {4, 5}, "", "a\nb\tc", "wrong\n  a b c\n      ^\n"},
           {"escape sequences", {0, 1}, "", "\x1b[1m", "wrong\n   [1m\n  ^\n"},
           {"empty", {0, 0}, "", "", "wrong\n  \n  ^\n"},
       }) {
    EXPECT_EQ(render({test.span, "wrong", test.hint}, test.text), test.want) << test.name;
  }
}

}  // namespace
}  // namespace spile::lang
