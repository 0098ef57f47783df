// SPDX-License-Identifier: MIT
// What one firing looks like in the ring buffer, written by the BPF program (ir/) and read here:
//
//    0        8      12     16        20           24         40
//   +--------+------+------+---------+------------+----------+---------------------
//   | time   | pid  | tid  | program | unreadable | comm[16] | fields
//   +--------+------+------+---------+------------+----------+---------------------
//
// time: CLOCK_MONOTONIC ns, 0 when nobody asked for it. program: index into the table of Layouts.
// unreadable: bit i is set when field i's memory could not be read. Fields start at multiples of 8:
// a number takes 8 bytes; text takes a 32-bit length (its NUL included; -1: a NULL pointer) and
// then `capacity` bytes and one more, which tells a text that fits exactly from a longer one.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/cursor.h"
#include "base/result.h"

namespace spile::event {

constexpr int kTimeOffset = 0;
constexpr int kPidOffset = 8;
constexpr int kTidOffset = 12;
constexpr int kProgramOffset = 16;
constexpr int kUnreadableOffset = 20;
constexpr int kCommOffset = 24;
constexpr int kCommSize = 16;  // TASK_COMM_LEN
constexpr int kFieldsOffset = 40;
constexpr std::size_t kMaxFields = 32;

enum class FieldKind : std::uint8_t { kNumber, kText, kComm };

struct Field {
  FieldKind kind = FieldKind::kNumber;
  std::uint8_t size = 8;  // of a number, as its type says: 1, 2, 4, 8 bytes
  bool is_signed = false;
  std::uint32_t offset = 0;    // in the record
  std::uint32_t capacity = 0;  // of text, with its NUL: what is shown of it
};

struct Layout {
  std::vector<Field> fields;
  std::uint32_t size = kFieldsOffset;

  void add_number(std::uint8_t bytes, bool is_signed);
  void add_text(std::uint32_t capacity);
  void add_comm();
};

// Bytes to read of a text, its NUL included.
inline std::uint32_t room_of(const Field& text) { return text.capacity + 1; }

struct Value {
  Field field;
  std::uint64_t bits = 0;  // of a number, already extended to 64 bits
  std::string_view text;   // of text, without its NUL; points into the record
  bool is_null = false;    // text: the pointer was NULL
  bool is_unreadable = false;
  bool is_truncated = false;  // there was more text than fits
};

struct Event {
  std::uint64_t time_ns = 0;
  std::uint32_t pid = 0;
  std::uint32_t tid = 0;
  std::uint32_t program = 0;
  std::string_view comm;  // points into the record
  std::vector<Value> values;
};

// Decodes one record into `event` (whose vectors are reused). kBadInput: not a record of ours.
Result<> decode(Bytes record, const std::vector<Layout>& layouts, Event& event);

}  // namespace spile::event
