// SPDX-License-Identifier: MIT
// The ELF header, with the fields that are used here (gABI chapter 4; sizes for 32 and 64 bits):
//
//   0         4      5     6          16     18       20       24     28|32   32|40
//   +---------+------+-----+----------+------+--------+--------+------+-------+-------+--
//   | 7f ELF  | class| data| ...      | type | machine| version| entry| phoff | shoff | flags,
//   +---------+------+-----+----------+------+--------+--------+------+-------+-------+--
//     ehsize, phentsize, phnum, shentsize, shnum, shstrndx
//
// phnum 0xffff, shnum 0 and shstrndx 0xffff mean: the number is in section header 0.
#include "elf/image.h"

#include <elf.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace spile::elf {
namespace {

constexpr std::uint64_t kHeaderSize32 = 52;
constexpr std::uint64_t kHeaderSize64 = 64;
constexpr std::uint64_t kMaxNameTable = 16u << 20;
constexpr std::uint64_t kPage = 4096;  // the smallest page of the machines that are traced

struct Header {
  std::uint64_t segment_offset = 0;
  std::uint64_t section_offset = 0;
  std::uint64_t segment_size = 0;
  std::uint64_t segment_count = 0;
  std::uint64_t section_size = 0;
  std::uint64_t section_count = 0;
  std::uint32_t name_section = 0;
};

Result<std::uint64_t> word(Cursor& in, bool is_64_bit) {
  if (is_64_bit) return in.u64();
  std::uint32_t value = SPILE_TRY(in.u32());
  return value;
}

Result<Machine> to_machine(std::uint16_t number, bool is_64_bit) {
  switch (number) {
    case EM_X86_64: return Machine::kX86_64;
    case EM_AARCH64: return Machine::kAarch64;
    case EM_386: return Machine::kI386;
    case EM_ARM: return Machine::kArm;
    case EM_PPC64: return Machine::kPpc64;
    case EM_S390:
      if (is_64_bit) return Machine::kS390x;
      break;
    case EM_RISCV:
      if (is_64_bit) return Machine::kRiscv64;
      break;
    default: break;
  }
  return fail(Errc::kBadInput,
              fmt::format("it is for {}-bit machine number {}, whose probes are not known here",
                          is_64_bit ? 64 : 32, number));
}

Result<FileType> to_file_type(std::uint16_t number) {
  switch (number) {
    case ET_REL: return FileType::kRelocatable;
    case ET_EXEC: return FileType::kExecutable;
    case ET_DYN: return FileType::kShared;
    case ET_CORE:
      return fail(Errc::kBadInput, "it is a core dump", "list the program that wrote it instead");
    default: return fail(Errc::kBadInput, fmt::format("its ELF type {} is unknown", number));
  }
}

Result<> parse_ident(Bytes ident, Image& image) {
  auto byte = [&](int at) { return static_cast<std::uint8_t>(ident[at]); };
  if (byte(EI_CLASS) != ELFCLASS32 && byte(EI_CLASS) != ELFCLASS64) {
    return fail(Errc::kBadInput, "its ELF header says neither 32 nor 64 bits");
  }
  if (byte(EI_DATA) != ELFDATA2LSB && byte(EI_DATA) != ELFDATA2MSB) {
    return fail(Errc::kBadInput, "its ELF header names no byte order");
  }
  if (byte(EI_VERSION) != EV_CURRENT) {
    return fail(Errc::kBadInput, "its ELF version is not 1");
  }
  image.is_64_bit = byte(EI_CLASS) == ELFCLASS64;
  image.order = byte(EI_DATA) == ELFDATA2LSB ? std::endian::little : std::endian::big;
  return {};
}

Result<Header> parse_header(Bytes bytes, Image& image) {
  Cursor in(bytes, image.order);
  SPILE_CHECK(in.skip(EI_NIDENT));
  std::uint16_t type = SPILE_TRY(in.u16());
  std::uint16_t machine = SPILE_TRY(in.u16());
  image.type = SPILE_TRY(to_file_type(type));
  image.machine = SPILE_TRY(to_machine(machine, image.is_64_bit));
  SPILE_CHECK(in.skip(4));                        // version
  SPILE_CHECK(in.skip(image.is_64_bit ? 8 : 4));  // entry
  Header header;
  header.segment_offset = SPILE_TRY(word(in, image.is_64_bit));
  header.section_offset = SPILE_TRY(word(in, image.is_64_bit));
  SPILE_CHECK(in.skip(4 + 2));  // flags, this header's size
  header.segment_size = SPILE_TRY(in.u16());
  header.segment_count = SPILE_TRY(in.u16());
  header.section_size = SPILE_TRY(in.u16());
  header.section_count = SPILE_TRY(in.u16());
  header.name_section = SPILE_TRY(in.u16());
  return header;
}

Result<Header> read_header(const ByteSource& source, Image& image) {
  std::array<std::byte, kHeaderSize64> bytes{};
  Bytes got = std::span(bytes).first(std::min<std::uint64_t>(bytes.size(), source.size()));
  SPILE_CHECK(source.read_at(0, std::span(bytes).first(got.size())));
  if (got.size() < SELFMAG || std::memcmp(got.data(), ELFMAG, SELFMAG) != 0) {
    bool script = got.size() >= 2 && std::memcmp(got.data(), "#!", 2) == 0;
    return fail(Errc::kBadInput, "it is not an ELF file",
                script ? "it is a script: name the program that runs it" : "");
  }
  if (got.size() < kHeaderSize32) return fail(Errc::kBadInput, "it ends inside its ELF header");
  SPILE_CHECK(parse_ident(got, image));
  if (image.is_64_bit && got.size() < kHeaderSize64) {
    return fail(Errc::kBadInput, "it ends inside its ELF header");
  }
  return parse_header(got, image);
}

struct Table {
  const char* what;
  std::uint64_t offset, count, entry_size, least_entry_size, limit;
};

// The bytes of a table of headers, once it is known to be sane and inside the file.
Result<std::vector<std::byte>> read_table(const ByteSource& source, const Table& table) {
  if (table.count > table.limit) {
    return fail(Errc::kBadInput, fmt::format("it announces {} {}, the limit is {}", table.count,
                                             table.what, table.limit));
  }
  if (table.entry_size < table.least_entry_size || table.entry_size > 256) {
    return fail(Errc::kBadInput,
                fmt::format("its {} have an impossible size, {}", table.what, table.entry_size));
  }
  std::uint64_t size = table.count * table.entry_size;
  if (table.offset > source.size() || size > source.size() - table.offset) {
    return fail(Errc::kBadInput,
                fmt::format("its {} ({} bytes at offset {:#x}) lie beyond its end at {:#x}",
                            table.what, size, table.offset, source.size()),
                "the file is truncated or damaged");
  }
  std::vector<std::byte> bytes(size);
  SPILE_CHECK(source.read_at(table.offset, bytes));
  return bytes;
}

//  32 bits: name type flags addr offset size link info addralign entsize, 4 bytes each
//  64 bits: the same, with flags addr offset size addralign entsize of 8 bytes
Result<Section> parse_section(Bytes bytes, const Image& image, std::uint32_t* info) {
  Cursor in(bytes, image.order);
  Section section;
  section.name = SPILE_TRY(in.u32());
  section.type = SPILE_TRY(in.u32());
  section.flags = SPILE_TRY(word(in, image.is_64_bit));
  section.address = LinkAddr{SPILE_TRY(word(in, image.is_64_bit))};
  section.offset = FileOffset{SPILE_TRY(word(in, image.is_64_bit))};
  section.size = SPILE_TRY(word(in, image.is_64_bit));
  section.link = SPILE_TRY(in.u32());
  std::uint32_t extra = SPILE_TRY(in.u32());
  if (info != nullptr) *info = extra;
  section.align = SPILE_TRY(word(in, image.is_64_bit));
  return section;
}

//  32 bits: type offset vaddr paddr filesz memsz flags align
//  64 bits: type flags offset vaddr paddr filesz memsz align
Result<Segment> parse_segment(Bytes bytes, const Image& image) {
  Cursor in(bytes, image.order);
  Segment segment;
  std::uint32_t flags = 0;
  segment.type = SPILE_TRY(in.u32());
  if (image.is_64_bit) flags = SPILE_TRY(in.u32());
  segment.offset = FileOffset{SPILE_TRY(word(in, image.is_64_bit))};
  segment.address = LinkAddr{SPILE_TRY(word(in, image.is_64_bit))};
  SPILE_CHECK(in.skip(image.is_64_bit ? 8 : 4));  // physical address
  segment.file_size = SPILE_TRY(word(in, image.is_64_bit));
  segment.memory_size = SPILE_TRY(word(in, image.is_64_bit));
  if (!image.is_64_bit) flags = SPILE_TRY(in.u32());
  segment.align = SPILE_TRY(word(in, image.is_64_bit));
  segment.readable = (flags & PF_R) != 0;
  segment.writable = (flags & PF_W) != 0;
  segment.executable = (flags & PF_X) != 0;
  return segment;
}

Table section_table(const Header& header, const Image& image, std::uint64_t count) {
  return {"section headers",
          header.section_offset,
          count,
          header.section_size,
          image.is_64_bit ? sizeof(Elf64_Shdr) : sizeof(Elf32_Shdr),
          kMaxSections};
}

// Replaces the three numbers that did not fit the ELF header by those of section header 0.
Result<> widen_counts(const ByteSource& source, const Image& image, Header& header) {
  bool needed = header.section_count == 0 || header.name_section == SHN_XINDEX ||
                header.segment_count == PN_XNUM;
  if (header.section_offset == 0 || !needed) return {};
  std::vector<std::byte> bytes = SPILE_TRY(read_table(source, section_table(header, image, 1)));
  std::uint32_t info = 0;
  Section first = SPILE_TRY(parse_section(bytes, image, &info));
  if (header.section_count == 0) header.section_count = first.size;
  if (header.name_section == SHN_XINDEX) header.name_section = first.link;
  if (header.segment_count == PN_XNUM) header.segment_count = info;
  return {};
}

Result<> read_sections(const ByteSource& source, const Header& header, Image& image) {
  if (header.section_offset == 0 || header.section_count == 0) return {};
  Table table = section_table(header, image, header.section_count);
  std::vector<std::byte> bytes = SPILE_TRY(read_table(source, table));
  image.sections.reserve(table.count);
  for (std::uint64_t i = 0; i < table.count; ++i) {
    Bytes entry = Bytes(bytes).subspan(i * table.entry_size, table.entry_size);
    Section section = SPILE_TRY(parse_section(entry, image, nullptr));
    image.sections.push_back(section);
  }
  if (header.name_section < table.count) image.name_section = header.name_section;
  return {};
}

Result<> read_segments(const ByteSource& source, const Header& header, Image& image) {
  if (header.segment_offset == 0 || header.segment_count == 0) return {};
  Table table{"program headers",
              header.segment_offset,
              header.segment_count,
              header.segment_size,
              image.is_64_bit ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr),
              kMaxSegments};
  std::vector<std::byte> bytes = SPILE_TRY(read_table(source, table));
  image.segments.reserve(table.count);
  for (std::uint64_t i = 0; i < table.count; ++i) {
    Bytes entry = Bytes(bytes).subspan(i * table.entry_size, table.entry_size);
    Segment segment = SPILE_TRY(parse_segment(entry, image));
    image.segments.push_back(segment);
  }
  return {};
}

// An address inside the first `size` bytes of a segment.
bool covers(const Segment& segment, LinkAddr address, std::uint64_t size) {
  return segment.type == PT_LOAD && address >= segment.address &&
         address.value - segment.address.value < size;
}

std::optional<FileOffset> offset_in(const Segment& segment, LinkAddr address) {
  std::uint64_t offset = segment.offset.value + (address.value - segment.address.value);
  if (offset < segment.offset.value) return std::nullopt;  // wrapped round
  return FileOffset{offset};
}

// The file bytes of a segment, up to the end of their last page but not beyond its memory.
std::uint64_t mapped_size(const Segment& segment) {
  std::uint64_t end = segment.offset.value + segment.file_size;
  std::uint64_t rest = end % kPage == 0 ? 0 : kPage - end % kPage;
  std::uint64_t size = segment.file_size + rest;
  if (size < segment.file_size) return segment.file_size;
  return std::max(segment.file_size, std::min(size, segment.memory_size));
}

}  // namespace

const Segment* Image::find_segment(LinkAddr address) const {
  for (const Segment& segment : segments) {
    if (covers(segment, address, segment.file_size)) return &segment;
  }
  return nullptr;
}

std::optional<FileOffset> Image::to_file_offset(LinkAddr address) const {
  const Segment* segment = find_segment(address);
  return segment != nullptr ? offset_in(*segment, address) : std::nullopt;
}

std::optional<FileOffset> Image::to_mapped_offset(LinkAddr address) const {
  for (const Segment& segment : segments) {
    if (covers(segment, address, mapped_size(segment))) return offset_in(segment, address);
  }
  return std::nullopt;
}

Result<Image> read_image(const ByteSource& source) {
  Image image;
  Header header = SPILE_TRY(read_header(source, image));
  SPILE_CHECK(widen_counts(source, image, header));
  SPILE_CHECK(read_segments(source, header, image));
  SPILE_CHECK(read_sections(source, header, image));
  return image;
}

Result<const Section*> find_section(const ByteSource& source, const Image& image,
                                    std::string_view name) {
  if (image.name_section == 0) return nullptr;
  const Section& names = image.sections[image.name_section];
  if (names.type != SHT_STRTAB) return nullptr;
  Table table{"section names", names.offset.value, names.size, 1, 1, kMaxNameTable};
  std::vector<std::byte> bytes = SPILE_TRY(read_table(source, table));
  std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  for (const Section& section : image.sections) {
    if (section.name >= text.size()) continue;
    std::string_view rest = text.substr(section.name);
    if (rest.starts_with(name) && rest.size() > name.size() && rest[name.size()] == '\0') {
      return &section;
    }
  }
  return nullptr;
}

}  // namespace spile::elf
