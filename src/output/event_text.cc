// SPDX-License-Identifier: MIT
#include "output/event_text.h"

#include <fmt/format.h>

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

static void append_padded(std::string& out, std::string_view text, std::size_t width) {
  out += text;
  if (text.size() < width) out.append(width - text.size(), ' ');
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

// C's integer promotion: narrower numbers keep their value, 4 and 8 bytes are read as the
// conversion asks.
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
    case 'c':
      out += to_printable(std::string_view(reinterpret_cast<const char*>(&value.bits), 1));
      return;
    case 'p': out += fmt::format("{:#x}", as_unsigned(value)); return;
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

static void append_text(std::string& out, std::string_view text, const Piece& piece) {
  if (piece.flags.empty()) {
    out += text;
    return;
  }
  append_printf(out, {"", piece.flags, 's'}, "", std::string(text).c_str());
}

void EventText::append_value(const event::Value& value, const Piece& piece) {
  if (value.is_unreadable) {
    append_text(text_, "<fault>", {"", "", 's'});
  } else if (value.field.kind == event::FieldKind::kNumber) {
    append_number(text_, value, piece);
  } else if (value.is_null) {
    append_text(text_, "(null)", piece);
  } else {
    append_text(text_, to_printable(value.text), piece);
    if (value.is_truncated) text_ += "...";
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
