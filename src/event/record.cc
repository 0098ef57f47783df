// SPDX-License-Identifier: MIT
#include "event/record.h"

#include <cstring>

namespace spile::event {

static std::uint32_t round_up_to_8(std::uint32_t size) { return (size + 7) & ~7U; }

void Layout::add_number(std::uint8_t bytes, bool is_signed) {
  fields.push_back({FieldKind::kNumber, bytes, is_signed, size, 0});
  size += 8;
}

void Layout::add_text(std::uint32_t capacity) {
  fields.push_back({FieldKind::kText, 0, false, size, capacity});
  size += round_up_to_8(4 + room_of(fields.back()));
}

void Layout::add_comm() { fields.push_back({FieldKind::kComm, 0, false, 0, 0}); }

template <class T>
static T number_at(Bytes record, std::size_t offset) {
  T value;
  std::memcpy(&value, record.data() + offset, sizeof(T));
  return value;
}

static std::string_view text_at(Bytes record, std::size_t offset, std::size_t limit) {
  const char* begin = reinterpret_cast<const char*>(record.data()) + offset;
  return {begin, ::strnlen(begin, limit)};
}

static void decode_text(Bytes record, const Field& field, Value& value) {
  auto length = number_at<std::int32_t>(record, field.offset);
  value.is_null = length < 0;
  if (length <= 0) return;
  value.is_truncated = static_cast<std::uint32_t>(length) > field.capacity;
  std::size_t characters = std::min<std::size_t>(length, field.capacity) - 1;
  value.text = text_at(record, field.offset + 4, characters);
}

Result<> decode(Bytes record, const std::vector<Layout>& layouts, Event& event) {
  if (record.size() < kFieldsOffset) return fail(Errc::kBadInput, "event record is too short");
  event.time_ns = number_at<std::uint64_t>(record, kTimeOffset);
  event.pid = number_at<std::uint32_t>(record, kPidOffset);
  event.tid = number_at<std::uint32_t>(record, kTidOffset);
  event.program = number_at<std::uint32_t>(record, kProgramOffset);
  event.comm = text_at(record, kCommOffset, kCommSize);
  if (event.program >= layouts.size()) return fail(Errc::kBadInput, "event of an unknown program");
  const Layout& layout = layouts[event.program];
  if (record.size() < layout.size) return fail(Errc::kBadInput, "event record is too short");

  auto unreadable = number_at<std::uint32_t>(record, kUnreadableOffset);
  event.values.clear();
  for (const Field& field : layout.fields) {
    Value value{.field = field, .text = {}};
    value.is_unreadable = (unreadable >> event.values.size()) & 1;
    if (field.kind == FieldKind::kComm) value.text = event.comm;
    if (!value.is_unreadable && field.kind == FieldKind::kNumber) {
      value.bits = number_at<std::uint64_t>(record, field.offset);
    }
    if (!value.is_unreadable && field.kind == FieldKind::kText) decode_text(record, field, value);
    event.values.push_back(value);
  }
  return {};
}

}  // namespace spile::event
