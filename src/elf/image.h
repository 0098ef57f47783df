// SPDX-License-Identifier: MIT
// The skeleton of an ELF file: what machine it is for, what gets mapped where, which sections it
// has. Reads the ELF header, the program headers and the section headers, nothing else:
//
//   elf::Image image = SPILE_TRY(elf::read_image(source));
//   std::optional<FileOffset> site = image.to_file_offset(LinkAddr{0x1139});
//
// Every number in the file is untrusted: each table is held against the file's size and against
// the limits below before a byte of memory is taken for it.
#pragma once

#include <bit>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/address.h"
#include "base/byte_source.h"
#include "base/result.h"
#include "elf/machine.h"

namespace spile::elf {

// Generous for programs (Chromium has fewer than 100 sections), small in memory: 56 bytes each.
inline constexpr std::uint64_t kMaxSections = 200'000;
inline constexpr std::uint64_t kMaxSegments = 4'096;

enum class FileType : std::uint8_t {
  kRelocatable,  // .o: its addresses are not final
  kExecutable,   // linked to fixed addresses
  kShared,       // shared object or position-independent program
};

struct Segment {
  std::uint32_t type = 0;  // PT_LOAD, PT_NOTE, ...
  bool readable = false, writable = false, executable = false;
  FileOffset offset;
  LinkAddr address;
  std::uint64_t file_size = 0;
  std::uint64_t memory_size = 0;
  std::uint64_t align = 0;
};

struct Section {
  std::uint32_t name = 0;  // offset in the section name table
  std::uint32_t type = 0;  // SHT_NOTE, ...
  std::uint64_t flags = 0;
  LinkAddr address;
  FileOffset offset;
  std::uint64_t size = 0;
  std::uint32_t link = 0;
  std::uint64_t align = 0;
};

struct Image {
  Machine machine{};
  FileType type{};
  bool is_64_bit = true;
  std::endian order = std::endian::little;
  std::vector<Segment> segments;
  std::vector<Section> sections;
  std::uint32_t name_section = 0;  // index of the section name table; 0: none

  // The loaded segment that holds a byte of the file for this address.
  const Segment* find_segment(LinkAddr address) const;
  std::optional<FileOffset> to_file_offset(LinkAddr address) const;
  // The same for data that may lie behind the segment's file bytes but in their last page, which
  // the kernel maps from the file all the same (a semaphore at the start of .bss).
  std::optional<FileOffset> to_mapped_offset(LinkAddr address) const;
};

// kBadInput: not ELF, damaged, beyond the limits, or for a machine that is not in elf/machine.h.
Result<Image> read_image(const ByteSource& source);

// The first section called `name`; reads the section name table.
Result<const Section*> find_section(const ByteSource& source, const Image& image,
                                    std::string_view name);

}  // namespace spile::elf
