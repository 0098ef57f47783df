// SPDX-License-Identifier: MIT
#include "elf/notes.h"

#include <elf.h>
#include <fmt/format.h>

#include <algorithm>

namespace spile::elf {
namespace {

constexpr std::size_t kNoteHeaderSize = 12;

struct Range {
  std::uint64_t offset, size, align;
};

std::vector<Range> find_note_ranges(const Image& image) {
  std::vector<Range> ranges;
  for (const Section& section : image.sections) {
    if (section.type != SHT_NOTE || section.size == 0) continue;
    ranges.push_back({section.offset.value, section.size, section.align});
  }
  if (!image.sections.empty()) return ranges;
  for (const Segment& segment : image.segments) {
    if (segment.type != PT_NOTE || segment.file_size == 0) continue;
    ranges.push_back({segment.offset.value, segment.file_size, segment.align});
  }
  return ranges;
}

Result<> check_range(const Range& range, std::uint64_t file_size, std::uint64_t& total) {
  if (range.size > kMaxNoteBytes || (total += range.size) > kMaxNoteBytes) {
    return fail(Errc::kBadInput,
                fmt::format("its notes take more than {} MiB", kMaxNoteBytes >> 20),
                "no real program has that many: the file is damaged or hostile");
  }
  if (range.offset > file_size || range.size > file_size - range.offset) {
    return fail(Errc::kBadInput,
                fmt::format("its notes ({} bytes at offset {:#x}) lie beyond its end at {:#x}",
                            range.size, range.offset, file_size),
                "the file is truncated or damaged");
  }
  return {};
}

std::size_t align_up(std::size_t value, std::size_t align) {
  return (value + align - 1) / align * align;
}

bool all_zero(Bytes bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](std::byte b) { return b == std::byte{0}; });
}

std::string_view to_owner(Bytes bytes) {
  std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  return text.substr(0, text.find('\0'));
}

}  // namespace

Result<std::optional<RawNote>> NoteWalker::next() {
  Bytes rest = Bytes(block_.bytes).subspan(std::min(position_, block_.bytes.size()));
  if (rest.size() < kNoteHeaderSize && all_zero(rest)) return std::nullopt;
  Cursor in(rest, order_);
  std::size_t name_size = SPILE_TRY(in.u32());
  std::size_t descriptor_size = SPILE_TRY(in.u32());
  RawNote note;
  note.type = SPILE_TRY(in.u32());
  Bytes owner = SPILE_TRY(in.bytes(name_size));
  note.owner = to_owner(owner);
  // Padding is counted from the start of the block, which the section's alignment makes the same
  // as from the start of the file.
  std::size_t descriptor_at = align_up(position_ + kNoteHeaderSize + name_size, block_.align);
  if (descriptor_size > 0) {
    SPILE_CHECK(in.skip(descriptor_at - (position_ + in.position())));
    note.descriptor = SPILE_TRY(in.bytes(descriptor_size));
  }
  position_ = align_up(descriptor_at + descriptor_size, block_.align);
  return note;
}

Result<std::vector<NoteBlock>> read_note_blocks(const ByteSource& source, const Image& image) {
  std::vector<NoteBlock> blocks;
  std::uint64_t total = 0;
  for (const Range& range : find_note_ranges(image)) {
    SPILE_CHECK(check_range(range, source.size(), total));
    NoteBlock& block = blocks.emplace_back();
    block.align = range.align == 8 ? 8 : 4;
    block.bytes.resize(range.size);
    SPILE_CHECK(source.read_at(range.offset, block.bytes));
  }
  return blocks;
}

}  // namespace spile::elf
