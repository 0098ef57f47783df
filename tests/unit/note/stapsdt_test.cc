// SPDX-License-Identifier: MIT
#include "note/stapsdt.h"

#include <gtest/gtest.h>

#include <span>
#include <string>

using namespace spile;
using namespace spile::note;

namespace {

Bytes bytes_of(const std::string& text) { return std::as_bytes(std::span(text)); }

const std::string kWide(
    "\x39\x11\0\0\0\0\0\0\x04\x20\0\0\0\0\0\0\x30\x40\0\0\0\0\0\0app\0request\0-4@%edi\0", 24 + 20);

}  // namespace

TEST(Stapsdt, ParsesSixtyFourBits) {
  Result<StapsdtNote> note = parse_stapsdt(bytes_of(kWide), true, std::endian::little);
  ASSERT_TRUE(note) << note.error().what;
  EXPECT_EQ(note->location, LinkAddr{0x1139});
  EXPECT_EQ(note->base, LinkAddr{0x2004});
  EXPECT_EQ(note->semaphore, LinkAddr{0x4030});
  EXPECT_EQ(note->provider, "app");
  EXPECT_EQ(note->name, "request");
  EXPECT_EQ(note->args, "-4@%edi");
}

TEST(Stapsdt, ParsesThirtyTwoBitsBigEndian) {
  std::string bytes("\0\0\x11\x39\0\0\x20\x04\0\0\0\0p\0n\0\0", 12 + 5);
  Result<StapsdtNote> note = parse_stapsdt(bytes_of(bytes), false, std::endian::big);
  ASSERT_TRUE(note) << note.error().what;
  EXPECT_EQ(note->location, LinkAddr{0x1139});
  EXPECT_EQ(note->semaphore, LinkAddr{0});
  EXPECT_EQ(note->args, "");
}

TEST(Stapsdt, RefusesEveryShorterDescriptor) {
  for (std::size_t size = 0; size < kWide.size(); ++size) {
    std::string cut = kWide.substr(0, size);
    EXPECT_FALSE(parse_stapsdt(bytes_of(cut), true, std::endian::little)) << size;
  }
}

TEST(Stapsdt, IgnoresWhatFollowsTheThirdText) {
  EXPECT_TRUE(parse_stapsdt(bytes_of(kWide + std::string(3, '\0')), true, std::endian::little));
}

TEST(Stapsdt, RefusesNamesThatAreNone) {
  std::string addresses(24, '\1');
  std::string empty = addresses + std::string("p\0\0\0", 4);
  std::string endless = addresses + std::string(2000, 'p') + std::string("\0n\0\0", 4);
  EXPECT_FALSE(parse_stapsdt(bytes_of(empty), true, std::endian::little));
  EXPECT_FALSE(parse_stapsdt(bytes_of(endless), true, std::endian::little));
}
