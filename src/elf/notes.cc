// SPDX-License-Identifier: MIT
#include "elf/notes.h"

#include <elf.h>
#include <fmt/format.h>

#include <algorithm>

namespace spile::elf {
namespace {

constexpr std::uint64_t kHeaderSize = 12;
constexpr std::uint64_t kPiece = 256u << 10;

Result<> check_range(const NoteRange& range, std::uint64_t file_size, std::uint64_t& total) {
  if (range.size > kMaxNoteBytes || (total += range.size) > kMaxNoteBytes) {
    return fail(Errc::kBadInput,
                fmt::format("its notes take more than {} MiB", kMaxNoteBytes >> 20),
                "no real program has that many: the file is damaged or hostile");
  }
  if (range.offset.value > file_size || range.size > file_size - range.offset.value) {
    return fail(Errc::kBadInput,
                fmt::format("its notes ({} bytes at offset {:#x}) lie beyond its end at {:#x}",
                            range.size, range.offset.value, file_size),
                "the file is truncated or damaged");
  }
  return {};
}

std::uint64_t align_up(std::uint64_t value, std::uint64_t align) {
  return (value + align - 1) / align * align;
}

bool all_zero(Bytes bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](std::byte b) { return b == std::byte{0}; });
}

std::string_view to_text(Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::unexpected<Error> beyond_end() {
  return fail(Errc::kBadInput, "a note reaches beyond the end of its section");
}

}  // namespace

Result<std::vector<NoteRange>> find_note_ranges(const ByteSource& source, const Image& image) {
  std::vector<NoteRange> ranges;
  for (const Section& section : image.sections) {
    if (section.type != SHT_NOTE || section.size == 0) continue;
    ranges.push_back({section.offset, section.size, section.align});
  }
  for (const Segment& segment : image.segments) {
    if (!image.sections.empty() || segment.type != PT_NOTE || segment.file_size == 0) continue;
    ranges.push_back({segment.offset, segment.file_size, segment.align});
  }
  std::uint64_t total = 0;
  for (NoteRange& range : ranges) {
    SPILE_CHECK(check_range(range, source.size(), total));
    range.align = range.align == 8 ? 8 : 4;
  }
  return ranges;
}

// The next `size` bytes of the range, which has them.
Result<Bytes> NoteWalker::read_ahead(std::uint64_t size) {
  std::uint64_t at = position_ - piece_start_;
  if (position_ < piece_start_ || at > piece_.size() || size > piece_.size() - at) {
    piece_.resize(std::max(size, std::min(kPiece, range_.size - position_)));
    piece_start_ = position_;
    at = 0;
    SPILE_CHECK(source_.read_at(range_.offset.value + position_, piece_));
  }
  return Bytes(piece_).subspan(at, size);
}

Result<std::optional<RawNote>> NoteWalker::next() {
  std::uint64_t left = range_.size - std::min(position_, range_.size);
  if (left == 0) return std::nullopt;
  Bytes header = SPILE_TRY(read_ahead(std::min(kHeaderSize, left)));
  if (left < kHeaderSize) {
    if (all_zero(header)) return std::nullopt;
    return beyond_end();
  }
  Cursor in(header, order_);
  std::uint64_t name_size = SPILE_TRY(in.u32());
  std::uint64_t descriptor_size = SPILE_TRY(in.u32());
  RawNote note;
  note.type = SPILE_TRY(in.u32());
  // A note without a descriptor may end the section before its owner's padding does.
  std::uint64_t descriptor_at = align_up(kHeaderSize + name_size, range_.align);
  std::uint64_t size =
      descriptor_size == 0 ? kHeaderSize + name_size : descriptor_at + descriptor_size;
  if (size > left) return beyond_end();
  Bytes bytes = SPILE_TRY(read_ahead(size));
  std::string_view owner = to_text(bytes.subspan(kHeaderSize, name_size));
  note.owner = owner.substr(0, owner.find('\0'));
  if (descriptor_size > 0) note.descriptor = bytes.subspan(descriptor_at);
  position_ += align_up(descriptor_at + descriptor_size, range_.align);
  return note;
}

bool NoteWalker::sees(std::string_view text) const {
  return to_text(piece_).find(text) != std::string_view::npos;
}

}  // namespace spile::elf
