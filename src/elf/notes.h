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

// One section's notes.
struct NoteBlock {
  std::vector<std::byte> bytes;
  std::size_t align = 4;
};

struct RawNote {
  std::string_view owner;  // without its NUL
  std::uint32_t type = 0;
  Bytes descriptor;
};

// Walks the notes of one block; what it returns points into the block.
class NoteWalker {
 public:
  NoteWalker(const NoteBlock& block, std::endian order) : block_(block), order_(order) {}
  // The next note, nothing at the end; kBadInput when a note reaches beyond the block.
  Result<std::optional<RawNote>> next();

 private:
  const NoteBlock& block_;
  std::endian order_;
  std::size_t position_ = 0;
};

// kBadInput: a note section outside the file, or more than kMaxNoteBytes.
Result<std::vector<NoteBlock>> read_note_blocks(const ByteSource& source, const Image& image);

}  // namespace spile::elf
