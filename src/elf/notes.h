// SPDX-License-Identifier: MIT
// The notes of an ELF file: small records {owner, type, descriptor} in sections of type SHT_NOTE,
// or in PT_NOTE segments when the file has no section headers.
//
//   +--------+--------+------+----------------+---------------------+
//   | namesz | descsz | type | owner\0 padded | descriptor, padded  |   and so on
//   +--------+--------+------+----------------+---------------------+
//     4        4        4      to 4 (or 8)      to 4 (or 8)
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/byte_source.h"
#include "base/result.h"
#include "elf/image.h"

namespace spile::elf {

// All the notes of one file together. The largest found in a Debian archive is under 1 MiB.
inline constexpr std::uint64_t kMaxNoteBytes = 16u << 20;

// Where one section's notes are in the file.
struct NoteRange {
  FileOffset offset;
  std::uint64_t size = 0;
  std::uint64_t align = 4;
};

// kBadInput: a note section outside the file, or more than kMaxNoteBytes.
Result<std::vector<NoteRange>> find_note_ranges(const ByteSource& source, const Image& image);

// Points into the walker: valid until its next step.
struct RawNote {
  std::string_view owner;  // without its NUL
  std::uint32_t type = 0;
  Bytes descriptor;
};

// Walks the notes of one range, of which it holds one piece at a time in memory.
class NoteWalker {
 public:
  NoteWalker(const ByteSource& source, const NoteRange& range, std::endian order)
      : source_(source), range_(range), order_(order) {}

  // The next note, nothing at the end; kBadInput when a note reaches beyond the range.
  Result<std::optional<RawNote>> next();

  // Whether the piece at hand holds this text somewhere: whose notes are they that are damaged?
  bool sees(std::string_view text) const;

 private:
  Result<Bytes> read_ahead(std::uint64_t size);

  const ByteSource& source_;
  NoteRange range_;
  std::endian order_;
  std::uint64_t position_ = 0;  // of the next note, from the start of the range
  std::vector<std::byte> piece_;
  std::uint64_t piece_start_ = 0;
};

}  // namespace spile::elf
