// SPDX-License-Identifier: MIT
#include "target/maps.h"

#include <gtest/gtest.h>
#include <sys/sysmacros.h>

using namespace spile;
using namespace spile::target;

TEST(Maps, ParsesALine) {
  std::optional<Mapping> mapping = parse_mapping(
      "55d0c7a00000-55d0c7a2f000 r-xp 00002000 fe:01 1311                       /usr/bin/app");
  ASSERT_TRUE(mapping);
  EXPECT_EQ(mapping->start, RunAddr{0x55d0c7a00000});
  EXPECT_EQ(mapping->end, RunAddr{0x55d0c7a2f000});
  EXPECT_EQ(mapping->offset, FileOffset{0x2000});
  EXPECT_EQ(mapping->id, (FileId{makedev(0xfe, 1), 1311}));
  EXPECT_EQ(mapping->path, "/usr/bin/app");
  EXPECT_TRUE(mapping->readable && mapping->executable && mapping->is_private);
  EXPECT_FALSE(mapping->writable || mapping->deleted);
  EXPECT_TRUE(mapping->contains(FileOffset{0x2039}));
  EXPECT_FALSE(mapping->contains(FileOffset{0x1fff}));
  EXPECT_EQ(mapping->to_run_addr(FileOffset{0x2039}), RunAddr{0x55d0c7a00039});
}

TEST(Maps, ReadsPathsAsTheyAre) {
  struct {
    const char* line;
    const char* path;
    bool deleted;
  } cases[] = {
      {"1000-2000 r-xp 0 00:01 7 /memfd:probes (deleted)", "/memfd:probes", true},
      {"1000-2000 r-xp 0 00:01 7 /tmp/with space/a\\012b", "/tmp/with space/a\nb", false},
      {"1000-2000 r-xp 0 00:01 7 /tmp/gone (deleted)", "/tmp/gone", true},
  };
  for (const auto& each : cases) {
    std::optional<Mapping> mapping = parse_mapping(each.line);
    ASSERT_TRUE(mapping) << each.line;
    EXPECT_EQ(mapping->path, each.path);
    EXPECT_EQ(mapping->deleted, each.deleted);
  }
}

TEST(Maps, LeavesOutWhatHasNoFile) {
  EXPECT_EQ(parse_mappings("7ffd0-7ffd1 rw-p 00000000 00:00 0     [stack]\n"
                           "1000-2000 rw-p 00000000 00:00 0 \n"
                           "1000-2000 rw-s 00000000 00:0e 12 socket:[12]\n"
                           "nonsense\n"
                           "1000-2000 r\n"
                           "1000-2000 r--p 00000000 fe:01 9 /lib/x.so\n")
                .size(),
            1u);
}
