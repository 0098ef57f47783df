// SPDX-License-Identifier: MIT
#include "output/event_text.h"

#include <gtest/gtest.h>

#include <bit>
#include <cstdint>
#include <cstdlib>
#include <ctime>
#include <string>
#include <vector>

namespace spile::output {
namespace {

event::Value number(std::uint64_t bits, std::uint8_t size, bool is_signed) {
  event::Value value;
  value.field = {event::FieldKind::kNumber, size, is_signed, 40, 0};
  value.bits = bits;
  return value;
}

event::Value text(std::string_view content, bool is_truncated = false) {
  event::Value value;
  value.field = {event::FieldKind::kText, 0, false, 40, 256};
  value.text = content;
  value.is_truncated = is_truncated;
  return value;
}

// The message column of one event with one value.
std::string show(const event::Value& value, const std::string& flags, char conversion) {
  EventText out(TimeColumn::kNone, 0, 0);
  event::Event event;
  event.values = {value};
  out.append(event, {"f", {{"", flags, conversion}, {"|", "", 0}}});
  constexpr std::size_t kColumns = 8 + 8 + 16 + 17;
  std::string message = out.text().substr(kColumns);
  EXPECT_TRUE(message.ends_with("|\n")) << message;
  return message.substr(0, message.size() - 2);
}

struct NumberCase {
  const char* name;
  event::Value value;
  const char* flags;
  char conversion;
  const char* want;
};

TEST(EventText, Numbers) {
  constexpr auto minus_one = ~std::uint64_t{0};
  const event::Value int8 = number(minus_one, 1, true), uint8 = number(255, 1, false);
  const event::Value int16 = number(static_cast<std::uint64_t>(-300), 2, true);
  const event::Value int32 = number(minus_one, 4, true);
  const event::Value uint32 = number(0xffffffff, 4, false);
  const event::Value int64 = number(minus_one, 8, true), uint64 = number(minus_one, 8, false);
  const event::Value answer = number(42, 4, true);
  for (const NumberCase& test : std::vector<NumberCase>{
           {"int", answer, "", 'd', "42"},
           {"int", answer, "", 'i', "42"},
           {"int", answer, "", 'u', "42"},
           {"int", answer, "", 'x', "2a"},
           {"int", answer, "", 'X', "2A"},
           {"int", answer, "", 'o', "52"},
           {"int", answer, "", 'c', "*"},
           {"int", answer, "", 'p', "0x2a"},
           {"int8 keeps its value", int8, "", 'd', "-1"},
           {"int8 as its byte", int8, "", 'u', "255"},
           {"int8 as its byte", int8, "", 'x', "ff"},
           {"uint8 keeps its value", uint8, "", 'd', "255"},
           {"int16", int16, "", 'd', "-300"},
           {"int16 as its bytes", int16, "", 'x', "fed4"},
           {"int32 read as unsigned", int32, "", 'u', "4294967295"},
           {"int32", int32, "", 'x', "ffffffff"},
           {"uint32 read as signed", uint32, "", 'd', "-1"},
           {"uint32", uint32, "", 'u', "4294967295"},
           {"int64 read as unsigned", int64, "", 'u', "18446744073709551615"},
           {"uint64 read as signed", uint64, "", 'd', "-1"},
           {"uint64", uint64, "", 'x', "ffffffffffffffff"},
           {"uint64 as octal", uint64, "", 'o', "1777777777777777777777"},
           {"the lowest", number(std::uint64_t{1} << 63, 8, true), "", 'd', "-9223372036854775808"},
           {"width", answer, "6", 'd', "    42"},
           {"left", answer, "-6", 'd', "42    "},
           {"zeros", answer, "06", 'd', "000042"},
           {"sign", answer, "+", 'd', "+42"},
           {"space", answer, " ", 'd', " 42"},
           {"precision", answer, ".4", 'd', "0042"},
           {"all of them", answer, "-+8.4", 'i', "+0042   "},
           {"negative, zeros", int32, "05", 'd', "-0001"},
           {"unsigned width", uint32, "12", 'u', "  4294967295"},
           {"alternate", answer, "#", 'x', "0x2a"},
           {"alternate octal", answer, "#", 'o', "052"},
           {"alternate upper", answer, "#08", 'X', "0X00002A"},
           {"narrower than the number", uint32, "3", 'u', "4294967295"},
           {"pointer width", answer, "8", 'p', "    0x2a"},
           {"pointer left", answer, "-8", 'p', "0x2a    "},
           {"character width", answer, "3", 'c', "  *"},
           {"character left", answer, "-3", 'c', "*  "},
           {"NUL", number(0, 4, true), "", 'c', "\\x00"},
           {"escape", number(27, 4, true), "", 'c', "\\x1b"},
           {"only its low byte", number(0x141, 4, true), "", 'c', "A"},
           {"half of a character", number(0xc3, 4, true), "", 'c', "\\xc3"},
           {"NULL pointer", number(0, 8, false), "", 'p', "0x0"},
       }) {
    EXPECT_EQ(show(test.value, test.flags, test.conversion), test.want)
        << test.name << " %" << test.flags << test.conversion;
  }
}

TEST(EventText, FloatingPoint) {
  const event::Value half = number(std::bit_cast<std::uint64_t>(-0.5), 8, false);
  const event::Value third = number(std::bit_cast<std::uint32_t>(1.0f / 3), 4, false);
  EXPECT_EQ(show(half, "", 'f'), "-0.500000");
  EXPECT_EQ(show(half, "", 'g'), "-0.5");
  EXPECT_EQ(show(half, "", 'e'), "-5.000000e-01");
  EXPECT_EQ(show(half, "8.2", 'f'), "   -0.50");
  EXPECT_EQ(show(third, ".3", 'f'), "0.333");
  EXPECT_EQ(show(third, "", 'g'), "0.333333");
  EXPECT_EQ(show(number(0x7ff0000000000000, 8, false), "", 'f'), "inf");
}

struct TextCase {
  const char* name;
  event::Value value;
  const char* flags;
  const char* want;
};

TEST(EventText, Texts) {
  event::Value null = text(""), unreadable = text("");
  null.is_null = true;
  unreadable.is_unreadable = true;
  for (const TextCase& test : std::vector<TextCase>{
           {"plain", text("hello"), "", "hello"},
           {"empty", text(""), "", ""},
           {"width", text("abc"), "6", "   abc"},
           {"left", text("abc"), "-6", "abc   "},
           {"precision", text("abcdef"), ".3", "abc"},
           {"both", text("abcdef"), "-6.3", "abc   "},
           {"no digits", text("abcdef"), ".", ""},
           {"wider precision", text("abc"), ".9", "abc"},
           {"UTF-8", text("gr\xc3\xbc\xc3\x9f"), "", "gr\xc3\xbc\xc3\x9f"},
           {"UTF-8 takes columns, not bytes", text("\xc3\xbc\xe2\x82\xac"), "4",
            "  \xc3\xbc\xe2\x82\xac"},
           {"no half characters",
            text("a\xe2\x82\xac"
                 "b"),
            ".3", "a"},
           {"whole characters",
            text("a\xe2\x82\xac"
                 "b"),
            ".4", "a\xe2\x82\xac"},
           {"control characters", text("a\x1b[31m\n\t\x7f"), "", "a\\x1b[31m\\x0a\\x09\\x7f"},
           {"C1 controls", text("\xc2\x9b"), "", "\\xc2\\x9b"},
           {"invalid UTF-8", text("a\xff\xc3"), "", "a\\xff\\xc3"},
           {"overlong", text("\xc0\xaf"), "", "\\xc0\\xaf"},
           {"turned around",
            text("\xe2\x80\xae"
                 "abc"),
            "",
            "\\xe2\\x80\\xae"
            "abc"},
           {"escapes are not cut", text("\x1b\x1b"), ".1", "\\x1b"},
           {"truncated", text("abc", true), "", "abc..."},
           {"truncated, padded", text("abc", true), "-8", "abc...  "},
           {"truncated, cut shorter", text("abc", true), ".2", "ab"},
           {"NULL", null, "", "(null)"},
           {"NULL, padded", null, "8", "  (null)"},
           {"unreadable", unreadable, "", "<fault>"},
           {"unreadable, padded", unreadable, "-9", "<fault>  "},
       }) {
    EXPECT_EQ(show(test.value, test.flags, 's'), test.want) << test.name;
  }
}

TEST(EventText, UnreadableNumbers) {
  event::Value value = number(7, 4, true);
  value.is_unreadable = true;
  EXPECT_EQ(show(value, "", 'd'), "<fault>");
  EXPECT_EQ(show(value, "9", 'x'), "  <fault>");
}

// bcc: "%-7d %-7d %-15s %-16s %s"
TEST(EventText, Columns) {
  struct ColumnCase {
    std::uint32_t pid, tid;
    const char* comm;
    const char* function;
    const char* want;
  };
  for (const ColumnCase& test : std::vector<ColumnCase>{
           {22259, 22260, "target", "steady", "22259   22260   target          steady           m"},
           {1, 2, "", "", "1       2                                        m"},
           {12345678, 1, "fifteen_letters", "sixteen_letters_",
            "12345678 1       fifteen_letters sixteen_letters_ m"},
           {1, 1, "a", "function__entry_too_long",
            "1       1       a               "
            "function__entry_too_long m"},
           {1, 1,
            "gr\xc3\xbc\xc3\x9f"
            "e",
            "f",
            "1       1       gr\xc3\xbc\xc3\x9f"
            "e           f                m"},
           {1, 1, "a\nb", "f", "1       1       a\\x0ab          f                m"},
       }) {
    EventText out(TimeColumn::kNone, 0, 0);
    event::Event event;
    event.pid = test.pid;
    event.tid = test.tid;
    event.comm = test.comm;
    out.append(event, {test.function, {{"m", "", 0}}});
    EXPECT_EQ(out.text(), std::string(test.want) + "\n");
  }
}

TEST(EventText, Header) {
  EventText plain(TimeColumn::kNone, 0, 0), timed(TimeColumn::kClock, 0, 0);
  plain.append_header();
  timed.append_header();
  EXPECT_EQ(plain.text(), "PID     TID     COMM            FUNC             -\n");
  EXPECT_EQ(timed.text(), "TIME     " + plain.text());
}

TEST(EventText, SecondsSinceTheStart) {
  struct TimeCase {
    std::uint64_t time_ns;
    const char* want;
  };
  for (const TimeCase& test : std::vector<TimeCase>{
           {1'000'000'000, "0.000000 "},
           {1'000'001'999, "0.000001 "},
           {2'500'000'000, "1.500000 "},
           {13'345'678'901, "12.345678 "},
           {999'999'999, "0.000000 "},  // fired while the tracer took its time
       }) {
    EventText out(TimeColumn::kSinceStart, 1'000'000'000, 0);
    event::Event event;
    event.time_ns = test.time_ns;
    out.append(event, {"f", {}});
    EXPECT_TRUE(out.text().starts_with(std::string(test.want) + "0 ")) << out.text();
  }
}

TEST(EventText, TimeOfDay) {
  ::setenv("TZ", "UTC", 1);
  ::tzset();
  EventText out(TimeColumn::kClock, 0, 1'700'000'000'000'000'000);
  event::Event event;
  event.time_ns = 61'000'000'000;
  out.append(event, {"f", {}});
  EXPECT_TRUE(out.text().starts_with("22:14:21 0 ")) << out.text();
}

TEST(EventText, SeveralPiecesAndLines) {
  EventText out(TimeColumn::kNone, 0, 0);
  event::Event event;
  event.values = {number(1, 4, true), text("x")};
  Presentation shown{"f", {{"i=", "", 'd'}, {" s=", "", 's'}, {".", "", 0}}};
  out.append(event, shown);
  out.append(event, shown);
  std::string line = "0       0                       f                i=1 s=x.\n";
  EXPECT_EQ(out.text(), line + line);
  out.clear();
  EXPECT_EQ(out.text(), "");
}

}  // namespace
}  // namespace spile::output
