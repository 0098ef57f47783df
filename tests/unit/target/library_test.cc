// SPDX-License-Identifier: MIT
#include "target/library.h"

#include <gtest/gtest.h>

#include <cstring>
#include <span>

#include "target/ld_cache.h"

using namespace spile;
using namespace spile::target;

TEST(Library, NamesInAllTheirForms) {
  struct {
    const char* file;
    const char* name;
    bool want;
  } cases[] = {
      {"libc.so.6", "c", true},
      {"libc.so.6", "libc", true},
      {"libc.so.6", "libc.so", true},
      {"libc.so.6", "libc.so.6", true},
      {"libc.so.6", "cap", false},
      {"libcap.so.2", "c", false},
      {"libstdc++.so.6", "stdc++", true},
      {"libpq.so.5.15", "libpq", true},
      {"libpq.so.5.15", "libpq.so.5", true},
      {"libc.so.60", "libc.so.6", false},
  };
  for (const auto& each : cases) {
    EXPECT_EQ(names_library(each.file, each.name), each.want) << each.file << " " << each.name;
  }
}

TEST(Library, MatchesMappedFiles) {
  EXPECT_TRUE(matches_module("/usr/lib/libc.so.6", "c"));
  EXPECT_TRUE(matches_module("/usr/lib/libc.so.6", "/usr/lib/libc.so.6"));
  EXPECT_TRUE(matches_module("/usr/bin/python3.11", "python3.11"));
  EXPECT_FALSE(matches_module("/usr/lib/libc.so.6", "/lib/libc.so.6"));
  EXPECT_FALSE(matches_module("/usr/bin/python3.11", "python"));
}

TEST(LdCache, ReadsEntriesAndSurvivesTruncation) {
  struct {
    char magic[20];
    std::uint32_t count, strings_size;
    std::uint32_t unused[5];
    std::uint32_t flags, name, path, version;
    std::uint64_t hwcap;
    char strings[32];
  } cache{};
  std::memcpy(cache.magic, "glibc-ld.so.cache1.1", 20);
  cache.count = 1;
#if defined(__aarch64__)
  cache.flags = 0x0a03;
#else
  cache.flags = 0x0303;
#endif
  std::uint32_t strings = 48 + 24;
  cache.name = strings;
  cache.path = strings + 8;
  std::memcpy(cache.strings, "libx.so\0/lib/libx.so", 21);
  Bytes bytes = std::as_bytes(std::span(&cache, 1));
  std::vector<CachedLibrary> libraries = parse_ld_cache(bytes);
  ASSERT_EQ(libraries.size(), 1u);
  EXPECT_EQ(libraries[0].name, "libx.so");
  EXPECT_EQ(libraries[0].path, "/lib/libx.so");
  for (std::size_t size = 0; size < bytes.size(); ++size) (void)parse_ld_cache(bytes.first(size));
}

TEST(Library, FindsWhatTheSystemHas) {
  Result<std::string> shell = find_module("sh");
  ASSERT_TRUE(shell) << shell.error().what;
  EXPECT_TRUE(shell->ends_with("/sh"));
  Result<std::string> path = find_module("./some/path");
  ASSERT_TRUE(path);
  EXPECT_EQ(*path, "./some/path");
  Result<std::string> absent = find_module("no-such-thing-anywhere");
  ASSERT_FALSE(absent);
  EXPECT_EQ(absent.error().code, Errc::kNotFound);
  EXPECT_NE(absent.error().hint.find("PATH"), std::string::npos);
}
