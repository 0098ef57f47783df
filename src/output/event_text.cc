// SPDX-License-Identifier: MIT
#include "output/event_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstdio>
#include <ctime>
#include <iterator>
#include <string_view>

#include "base/printable.h"

namespace spile::output {

constexpr std::uint64_t kNsPerSecond = 1'000'000'000;

void EventText::append_header() {
  if (time_ != TimeColumn::kNone) text_ += "TIME     ";
  fmt::format_to(std::back_inserter(text_), "{:<7} {:<7} {:<15} {:<16} -\n", "PID", "TID", "COMM",
                 "FUNC");
}

// UTF-8 continuation bytes take no column.
static std::size_t count_columns(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

static void append_padded(std::string& out, std::string_view text, std::size_t width) {
  out += text;
  std::size_t columns = count_columns(text);
  if (columns < width) out.append(width - columns, ' ');
  out += ' ';
}

static void append_padded(std::string& out, std::uint32_t number, std::size_t width) {
  fmt::format_int digits(number);
  append_padded(out, std::string_view(digits.data(), digits.size()), width);
}

void EventText::append_time(std::uint64_t time_ns) {
  if (time_ == TimeColumn::kSinceStart) {
    std::uint64_t elapsed = time_ns > start_ns_ ? time_ns - start_ns_ : 0;
    std::string shown =
        fmt::format("{}.{:06}", elapsed / kNsPerSecond, elapsed % kNsPerSecond / 1000);
    append_padded(text_, shown, 8);
    return;
  }
  auto seconds = static_cast<std::time_t>((static_cast<std::int64_t>(time_ns) + clock_offset_ns_) /
                                          static_cast<std::int64_t>(kNsPerSecond));
  std::tm local{};
  ::localtime_r(&seconds, &local);
  append_padded(text_, fmt::format("{:02}:{:02}:{:02}", local.tm_hour, local.tm_min, local.tm_sec),
                8);
}

// Narrower numbers keep their value, as C's promotion does; 4 and 8 bytes are read as the
// conversion asks. Unsigned conversions show the number's own bytes: an int8_t of -1 is 255 and ff.
static std::int64_t as_signed(const event::Value& value) {
  if (value.field.size == 4) return static_cast<std::int32_t>(value.bits);
  return static_cast<std::int64_t>(value.bits);
}

static std::uint64_t as_unsigned(const event::Value& value) {
  if (value.field.size == 8) return value.bits;
  return value.bits & ((std::uint64_t{1} << (8 * value.field.size)) - 1);
}

static double as_float(const event::Value& value) {
  if (value.field.size == 4) return std::bit_cast<float>(static_cast<std::uint32_t>(value.bits));
  return std::bit_cast<double>(value.bits);
}

// Through printf itself, for the flags, widths and precisions that it knows.
template <class T>
static void append_printf(std::string& out, const Piece& piece, const char* length, T value) {
  std::string format = "%" + piece.flags + length + piece.conversion;
  int size = std::snprintf(nullptr, 0, format.c_str(), value);
  if (size <= 0) return;
  std::size_t begin = out.size();
  out.resize(begin + static_cast<std::size_t>(size) + 1);
  std::snprintf(out.data() + begin, static_cast<std::size_t>(size) + 1, format.c_str(), value);
  out.pop_back();
}

// What flags such as "-16.3" say about a text.
struct TextField {
  bool is_left = false;
  std::size_t width = 0;
  std::size_t precision = std::string_view::npos;
};

static TextField to_text_field(std::string_view flags) {
  TextField field;
  std::size_t* number = &field.width;
  for (char c : flags) {
    if (c == '-') field.is_left = true;
    if (c == '.') *(number = &field.precision) = 0;
    if (c >= '0' && c <= '9') *number = *number * 10 + static_cast<std::size_t>(c - '0');
  }
  return field;
}

// As wide as printf would make it; what is shown is never cut inside a character.
static void append_in_field(std::string& out, std::string_view shown, const TextField& field) {
  std::size_t columns = count_columns(shown);
  std::size_t padding = columns < field.width ? field.width - columns : 0;
  if (!field.is_left) out.append(padding, ' ');
  out += shown;
  if (field.is_left) out.append(padding, ' ');
}

static void append_number(std::string& out, const event::Value& value, const Piece& piece) {
  switch (piece.conversion) {
    case 'd':
    case 'i': {
      std::int64_t number = as_signed(value);
      if (!piece.flags.empty())
        return append_printf(out, piece, "ll", static_cast<long long>(number));
      fmt::format_int digits(number);
      out.append(digits.data(), digits.size());
      return;
    }
    case 'c': {
      char character = static_cast<char>(value.bits);
      return append_in_field(out, to_printable({&character, 1}), to_text_field(piece.flags));
    }
    case 'p':
      return append_in_field(out, fmt::format("{:#x}", as_unsigned(value)),
                             to_text_field(piece.flags));
    case 'f':
    case 'e':
    case 'g': return append_printf(out, piece, "", as_float(value));
    case 'u':
      if (piece.flags.empty()) {
        fmt::format_int digits(as_unsigned(value));
        out.append(digits.data(), digits.size());
        return;
      }
      [[fallthrough]];
    default:
      return append_printf(out, piece, "ll", static_cast<unsigned long long>(as_unsigned(value)));
  }
}

// The precision counts the text's own bytes, as in printf.
static void append_text(std::string& out, const event::Value& value, const Piece& piece) {
  TextField field = to_text_field(piece.flags);
  std::string_view text = value.text.substr(0, field.precision);
  bool is_cut = text.size() < value.text.size();
  while (is_cut && !text.empty() && (value.text[text.size()] & 0xc0) == 0x80) {
    text.remove_suffix(1);
  }
  std::string shown = to_printable(text);
  if (value.is_truncated && !is_cut) shown += "...";
  append_in_field(out, shown, field);
}

void EventText::append_value(const event::Value& value, const Piece& piece) {
  if (value.is_unreadable) {
    append_in_field(text_, "<fault>", to_text_field(piece.flags));
  } else if (value.field.kind == event::FieldKind::kNumber) {
    append_number(text_, value, piece);
  } else if (value.is_null) {
    append_in_field(text_, "(null)", to_text_field(piece.flags));
  } else {
    append_text(text_, value, piece);
  }
}

void EventText::append(const event::Event& event, const Presentation& presentation) {
  if (time_ != TimeColumn::kNone) append_time(event.time_ns);
  append_padded(text_, event.pid, 7);
  append_padded(text_, event.tid, 7);
  append_padded(text_, to_printable(event.comm), 15);
  append_padded(text_, presentation.function, 16);
  std::size_t next = 0;
  for (const Piece& piece : presentation.pieces) {
    text_ += piece.text;
    if (piece.conversion != 0) append_value(event.values[next++], piece);
  }
  text_ += '\n';
}

}  // namespace spile::output
