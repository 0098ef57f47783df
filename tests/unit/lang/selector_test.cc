// SPDX-License-Identifier: MIT
#include "lang/selector.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace spile::lang {
namespace {

struct Case {
  const char* text;
  const char* module;
  const char* provider;
  const char* probe;
  const char* rest;  // what is left behind the selector
};

TEST(Selector, Forms) {
  for (const Case& test : std::vector<Case>{
           {"u:c:malloc", "c", "", "malloc", ""},
           {"u:c:libc:malloc", "c", "libc", "malloc", ""},
           {"u:libpthread:pthread:mutex_acquired", "libpthread", "pthread", "mutex_acquired", ""},
           {"u:/bin/app:request", "/bin/app", "", "request", ""},
           {"u:/bin/app:app:request", "/bin/app", "app", "request", ""},
           {"u::request", "", "", "request", ""},
           {"u::app:request", "", "app", "request", ""},
           {"u:./app:request", "./app", "", "request", ""},
           {"u:/opt/a:b/app:prov:request", "/opt/a:b/app", "prov", "request", ""},
           {"u:/opt/a:b/c:d/app:prov:request", "/opt/a:b/c:d/app", "prov", "request", ""},
           {"u:/bin/app:gc__*", "/bin/app", "", "gc__*", ""},
           {"u:c:lib?:[a-m]*", "c", "lib?", "[a-m]*", ""},
           {"u::*", "", "", "*", ""},
           {"u::*:*", "", "*", "*", ""},
           {"u:c:malloc (arg1 > 0)", "c", "", "malloc", " (arg1 > 0)"},
           {"u:c:malloc(arg1 > 0)", "c", "", "malloc", "(arg1 > 0)"},
           {"u:c:malloc\"%d\", arg1", "c", "", "malloc", "\"%d\", arg1"},
           {"  u:c:malloc", "c", "", "malloc", ""},
           {"/bin/app app:request", "/bin/app", "app", "request", ""},
           {"/bin/app \t app:request  \"x\"", "/bin/app", "app", "request", "  \"x\""},
           {"/bin/app app:request(arg1)", "/bin/app", "app", "request", "(arg1)"},
           {"/opt/a:b/app app:request", "/opt/a:b/app", "app", "request", ""},
           {"/opt/a:b app:request (1)", "/opt/a:b", "app", "request", " (1)"},
       }) {
    Diagnostics mistakes;
    std::string source = test.text;
    std::size_t position = 0;
    auto selector = parse_selector(source, position, mistakes);
    ASSERT_TRUE(selector) << test.text << ": " << (mistakes.empty() ? "" : mistakes[0].message);
    EXPECT_EQ(selector->module, test.module) << test.text;
    EXPECT_EQ(selector->provider, test.provider) << test.text;
    EXPECT_EQ(selector->probe, test.probe) << test.text;
    EXPECT_EQ(source.substr(position), test.rest) << test.text;
    auto cut = [&](Span span) { return source.substr(span.begin, span.end - span.begin); };
    EXPECT_EQ(cut(selector->module_span), test.module) << test.text;
    std::string named = test.provider;
    if (!named.empty()) named += ':';
    EXPECT_EQ(cut(selector->probe_span), named + test.probe) << test.text;
  }
}

struct MistakeCase {
  const char* text;
  const char* message;
  const char* hint;  // a part of it
};

TEST(Selector, Mistakes) {
  for (const MistakeCase& test : std::vector<MistakeCase>{
           {"", "no probe is named", "u:FILE-OR-LIBRARY:probe"},
           {"   ", "no probe is named", "write u:"},
           {"(arg1)", "no probe is named", "write u:"},
           {"request", "this does not say where the probe is",
            "write u::request with -p PID, or u:FILE:request"},
           {"app:request", "this is not a USDT probe", "did you mean u:app:request?"},
           {"/bin/app:request", "this is not a USDT probe", "did you mean u:/bin/app:request?"},
           {"/bin/app:request (arg1)", "this is not a USDT probe", "u:/bin/app:request"},
           {"u:request", "this names a file or a probe, not both",
            "write u:request:PROBE, or u::request with -p PID"},
           {"p:c:malloc", "this is not a USDT probe", "'p' and 'r' name functions"},
           {"r::malloc", "this is not a USDT probe", "'p' and 'r' name functions"},
           {"p::malloc", "this is not a USDT probe", "spile list shows"},
           {"t:block:block_rq_complete", "this is not a USDT probe", "kernel tracepoints"},
           {"u:c:", "the probe's name is missing", "* stands for every probe"},
           {"u::", "the probe's name is missing", "* stands for every probe"},
           {"u:c:prov:", "the probe's name is missing", "* stands for every probe"},
           {"/bin/app", "a path alone is no probe", "u:/bin/app:PROBE; spile list /bin/app"},
           {"/bin/app request", "a path alone is no probe", "spile list /bin/app"},
           {"/bin/app app:", "a path alone is no probe", "spile list /bin/app"},
           {"/bin/app :request", "a path alone is no probe", "spile list /bin/app"},
       }) {
    Diagnostics mistakes;
    std::string source = test.text;
    std::size_t position = 0;
    EXPECT_FALSE(parse_selector(source, position, mistakes)) << test.text;
    ASSERT_EQ(mistakes.size(), 1u) << test.text;
    EXPECT_EQ(mistakes[0].message, test.message) << test.text;
    EXPECT_NE(mistakes[0].hint.find(test.hint), std::string::npos)
        << test.text << ": " << mistakes[0].hint;
    EXPECT_LE(mistakes[0].span.end, source.size()) << test.text;
  }
}

}  // namespace
}  // namespace spile::lang
