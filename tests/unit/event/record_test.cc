// SPDX-License-Identifier: MIT
#include "event/record.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace spile::event {
namespace {

// A record as a BPF program writes it.
class Record {
 public:
  explicit Record(std::size_t size) : bytes_(std::max<std::size_t>(size, kFieldsOffset)) {
    put_text(kCommOffset, "target");
  }

  template <class T>
  Record& put(std::size_t offset, T number) {
    std::memcpy(bytes_.data() + offset, &number, sizeof(number));
    return *this;
  }
  Record& put_text(std::size_t offset, std::string_view text) {
    std::memcpy(bytes_.data() + offset, text.data(), text.size());
    return *this;
  }
  Bytes bytes() const { return bytes_; }

 private:
  std::vector<std::byte> bytes_;
};

Layout number_and_text(std::uint32_t capacity) {
  Layout layout;
  layout.add_number(4, true);
  layout.add_text(capacity);
  return layout;
}

TEST(Layout, FieldsStartAtMultiplesOfEight) {
  Layout layout;
  EXPECT_EQ(layout.size, 40u);
  layout.add_number(1, false);
  layout.add_text(256);
  layout.add_comm();
  layout.add_text(5);
  layout.add_number(8, true);
  std::vector<std::uint32_t> offsets;
  for (const Field& field : layout.fields) offsets.push_back(field.offset);
  EXPECT_EQ(offsets, (std::vector<std::uint32_t>{40, 48, 0, 312, 328}));
  EXPECT_EQ(layout.size, 336u);
}

TEST(Decode, HeaderAndNumbers) {
  Layout layout;
  layout.add_number(4, true);
  layout.add_comm();
  Record record(layout.size);
  record.put(kTimeOffset, std::uint64_t{123}).put(kPidOffset, 7u).put(kTidOffset, 8u);
  record.put(40, std::int64_t{-5});
  Event event;
  ASSERT_TRUE(decode(record.bytes(), {layout}, event));
  EXPECT_EQ(event.time_ns, 123u);
  EXPECT_EQ(event.pid, 7u);
  EXPECT_EQ(event.tid, 8u);
  EXPECT_EQ(event.comm, "target");
  EXPECT_EQ(event.values[0].bits, static_cast<std::uint64_t>(-5));
  EXPECT_EQ(event.values[1].text, "target");
}

TEST(Decode, AThreadNameWithoutNul) {
  Record record(40);
  record.put_text(kCommOffset, "0123456789abcdef");
  Event event;
  ASSERT_TRUE(decode(record.bytes(), {Layout{}}, event));
  EXPECT_EQ(event.comm, "0123456789abcdef");
}

struct TextCase {
  const char* name;
  std::int32_t length;
  std::string stored;
  std::string want;
  bool is_null, is_truncated;
};

TEST(Decode, Texts) {
  for (const TextCase& test : std::vector<TextCase>{
           {"whole", 4, std::string("abc\0", 4), "abc", false, false},
           {"empty, as newer kernels count", 1, std::string("\0", 1), "", false, false},
           {"empty, as older kernels count", 0, "", "", false, false},
           {"NULL", -1, "", "", true, false},
           {"fits exactly", 8, std::string("abcdefg\0", 8), "abcdefg", false, false},
           {"one more", 9, std::string("abcdefgh\0", 9), "abcdefg", false, true},
           {"a length beyond the room", 100, "abcdefgh", "abcdefg", false, true},
           {"what is behind the NUL", 7, std::string("ab\0cde\0", 7), "ab", false, false},
           {"no NUL where there should be one", 3, "abcdefgh", "ab", false, false},
           {"the largest length", 0x7fffffff, "abcdefgh", "abcdefg", false, true},
           {"the lowest length", -0x7fffffff - 1, "abcdefgh", "", true, false},
       }) {
    Layout layout = number_and_text(8);
    Record record(layout.size);
    record.put(48, test.length).put_text(52, test.stored);
    Event event;
    ASSERT_TRUE(decode(record.bytes(), {layout}, event)) << test.name;
    EXPECT_EQ(event.values[1].text, test.want) << test.name;
    EXPECT_EQ(event.values[1].is_null, test.is_null) << test.name;
    EXPECT_EQ(event.values[1].is_truncated, test.is_truncated) << test.name;
    EXPECT_FALSE(event.values[1].is_unreadable) << test.name;
  }
}

TEST(Decode, UnreadableBits) {
  Layout layout;
  for (int i = 0; i < 32; ++i) layout.add_number(8, false);
  for (int bit = 0; bit < 32; ++bit) {
    Record record(layout.size);
    record.put(kUnreadableOffset, std::uint32_t{1} << bit);
    for (std::size_t i = 0; i < 32; ++i) record.put(40 + 8 * i, std::uint64_t{i + 1});
    Event event;
    ASSERT_TRUE(decode(record.bytes(), {layout}, event));
    for (int i = 0; i < 32; ++i) {
      EXPECT_EQ(event.values[static_cast<std::size_t>(i)].is_unreadable, i == bit);
      EXPECT_EQ(event.values[static_cast<std::size_t>(i)].bits,
                i == bit ? 0u : static_cast<std::uint64_t>(i) + 1);
    }
  }
}

TEST(Decode, UnreadableTextIsNeitherNullNorStale) {
  Layout layout = number_and_text(8);
  Record record(layout.size);
  record.put(kUnreadableOffset, 2u).put(48, std::int32_t{-1}).put_text(52, "stale");
  Event event;
  ASSERT_TRUE(decode(record.bytes(), {layout}, event));
  EXPECT_TRUE(event.values[1].is_unreadable);
  EXPECT_FALSE(event.values[1].is_null);
  EXPECT_EQ(event.values[1].text, "");
}

TEST(Decode, ChoosesTheLayoutByProgram) {
  Layout first, second;
  second.add_number(8, false);
  Record record(second.size);
  record.put(kProgramOffset, 1u).put(40, std::uint64_t{9});
  Event event;
  event.values.resize(3);  // of the event before
  ASSERT_TRUE(decode(record.bytes(), {first, second}, event));
  ASSERT_EQ(event.values.size(), 1u);
  EXPECT_EQ(event.values[0].bits, 9u);
}

TEST(Decode, RefusesWhatIsNoRecord) {
  Layout layout = number_and_text(8);
  Event event;
  for (std::size_t size : {std::size_t{0}, std::size_t{39}, std::size_t{40}, layout.size - 1ul}) {
    auto decoded = decode(Record(layout.size).bytes().first(size), {layout}, event);
    ASSERT_FALSE(decoded) << size;
    EXPECT_EQ(decoded.error().what, "event record is too short");
  }
  Record record(layout.size);
  record.put(kProgramOffset, 1u);
  auto decoded = decode(record.bytes(), {layout}, event);
  ASSERT_FALSE(decoded);
  EXPECT_EQ(decoded.error().what, "event of an unknown program");
}

}  // namespace
}  // namespace spile::event
