// SPDX-License-Identifier: MIT
// Events as lines of text, in the columns of bcc's trace:
//
//   PID     TID     COMM            FUNC             -
//   22259   22259   target          steady           seq=116 msg=hello
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "event/record.h"

namespace spile::output {

// A piece of literal text, then one printf conversion with its flags (0: none).
struct Piece {
  std::string text;
  std::string flags;  // "-5", "08.3"
  char conversion = 0;
};

// How the events of one program are shown.
struct Presentation {
  std::string function;  // the FUNC column
  std::vector<Piece> pieces;
};

enum class TimeColumn : std::uint8_t { kNone, kSinceStart, kClock };

class EventText {
 public:
  // `start_ns`: CLOCK_MONOTONIC of the start. `clock_offset_ns`: CLOCK_REALTIME - CLOCK_MONOTONIC.
  EventText(TimeColumn time, std::uint64_t start_ns, std::int64_t clock_offset_ns)
      : time_(time), start_ns_(start_ns), clock_offset_ns_(clock_offset_ns) {}

  void append_header();
  void append(const event::Event& event, const Presentation& presentation);

  // Lines that wait to be written.
  const std::string& text() const { return text_; }
  void clear() { text_.clear(); }

 private:
  void append_time(std::uint64_t time_ns);
  void append_value(const event::Value& value, const Piece& piece);

  TimeColumn time_;
  std::uint64_t start_ns_;
  std::int64_t clock_offset_ns_;
  std::string text_;
};

}  // namespace spile::output
