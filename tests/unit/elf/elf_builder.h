// SPDX-License-Identifier: MIT
// Small ELF files for tests, of either class and byte order: one executable segment (address
// 0x1000, offset 0x1000 in the headers' terms but empty), one writable one, a note section,
// .stapsdt.base and a symbol table.
//
//   std::vector<std::byte> file = ElfBuilder(true, std::endian::little).stapsdt({...}).build();
#pragma once

#include <elf.h>

#include <bit>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace spile::test {

struct NoteText {
  std::uint64_t location = 0x1040, base = 0x1f00, semaphore = 0;
  std::string provider = "app", name = "request", args;
};

class ElfBuilder {
 public:
  explicit ElfBuilder(bool is_64_bit = true, std::endian order = std::endian::little,
                      std::uint16_t machine = EM_X86_64)
      : wide_(is_64_bit), order_(order), machine_(machine) {}

  ElfBuilder& type(std::uint16_t type) {
    type_ = type;
    return *this;
  }

  ElfBuilder& base_address(std::uint64_t address) {
    base_address_ = address;
    return *this;
  }

  ElfBuilder& stapsdt(const NoteText& note) {
    std::string descriptor;
    word(descriptor, note.location);
    word(descriptor, note.base);
    word(descriptor, note.semaphore);
    for (const std::string* text : {&note.provider, &note.name, &note.args}) {
      descriptor += *text;
      descriptor += '\0';
    }
    return raw_note("stapsdt", 3, descriptor);
  }

  ElfBuilder& raw_note(std::string owner, std::uint32_t type, std::string_view descriptor) {
    owner += '\0';
    number(notes_, owner.size(), 4);
    number(notes_, descriptor.size(), 4);
    number(notes_, type, 4);
    notes_ += owner;
    pad(notes_);
    notes_ += descriptor;
    pad(notes_);
    return *this;
  }

  // Bytes after the last note, as they are.
  ElfBuilder& append_to_notes(std::string_view bytes) {
    notes_ += bytes;
    return *this;
  }

  ElfBuilder& symbol(const std::string& name, std::uint64_t value, int type = STT_OBJECT) {
    std::uint64_t at = strings_.size();
    strings_ += name;
    strings_ += '\0';
    number(symbols_, at, 4);
    if (wide_) {
      number(symbols_, type, 1);
      number(symbols_, 0, 1);
      number(symbols_, 1, 2);
      number(symbols_, value, 8);
      number(symbols_, 8, 8);
    } else {
      number(symbols_, value, 4);
      number(symbols_, 8, 4);
      number(symbols_, type, 1);
      number(symbols_, 0, 1);
      number(symbols_, 1, 2);
    }
    return *this;
  }

  std::vector<std::byte> build() const {
    std::string out;
    std::string names("\0.note.stapsdt\0.stapsdt.base\0.symtab\0.strtab\0.shstrtab\0", 54);
    std::uint64_t header = wide_ ? 64 : 52;
    std::uint64_t segments = header;
    std::uint64_t notes = segments + 2 * (wide_ ? 56 : 32);
    std::uint64_t symbols = notes + notes_.size();
    std::uint64_t strings = symbols + symbols_.size();
    std::uint64_t section_names = strings + strings_.size();
    std::uint64_t sections = section_names + names.size();
    write_header(out, segments, sections);
    write_segment(out, PF_R | PF_X, 0x1000, 0x1000, 0x1000);
    write_segment(out, PF_R | PF_W, 0x2800, 0x3800, 0x100);
    out += notes_ + symbols_ + strings_ + names;
    write_section(out, 0, SHT_NULL, 0, 0, 0, 0);
    write_section(out, 1, SHT_NOTE, 0, notes, notes_.size(), 0);
    write_section(out, 15, SHT_PROGBITS, base_address_, 0x1f00, 1, 0);
    if (!symbols_.empty()) write_section(out, 29, SHT_SYMTAB, 0, symbols, symbols_.size(), 4);
    if (!symbols_.empty()) write_section(out, 37, SHT_STRTAB, 0, strings, strings_.size(), 0);
    write_section(out, 45, SHT_STRTAB, 0, section_names, names.size(), 0);
    auto bytes = std::as_bytes(std::span(out));
    return {bytes.begin(), bytes.end()};
  }

 private:
  void number(std::string& out, std::uint64_t value, int size) const {
    for (int i = 0; i < size; ++i) {
      int shift = order_ == std::endian::little ? i : size - 1 - i;
      out += static_cast<char>(value >> (shift * 8));
    }
  }
  void word(std::string& out, std::uint64_t value) const { number(out, value, wide_ ? 8 : 4); }
  static void pad(std::string& out) {
    while (out.size() % 4 != 0) out += '\0';
  }

  void write_header(std::string& out, std::uint64_t segments, std::uint64_t sections) const {
    out.append("\177ELF", 4);
    number(out, wide_ ? ELFCLASS64 : ELFCLASS32, 1);
    number(out, order_ == std::endian::little ? ELFDATA2LSB : ELFDATA2MSB, 1);
    number(out, 1, 1);
    out.append(9, '\0');
    number(out, type_, 2);
    number(out, machine_, 2);
    number(out, 1, 4);
    word(out, 0x1000);
    word(out, segments);
    word(out, sections);
    number(out, 0, 4);
    number(out, wide_ ? 64 : 52, 2);
    number(out, wide_ ? 56 : 32, 2);
    number(out, 2, 2);
    number(out, wide_ ? 64 : 40, 2);
    std::uint64_t count = symbols_.empty() ? 4 : 6;
    number(out, count, 2);
    number(out, count - 1, 2);
  }

  void write_segment(std::string& out, std::uint32_t flags, std::uint64_t offset,
                     std::uint64_t address, std::uint64_t size) const {
    number(out, PT_LOAD, 4);
    if (wide_) number(out, flags, 4);
    word(out, offset);
    word(out, address);
    word(out, address);
    word(out, size);
    word(out, size * 2);
    if (!wide_) number(out, flags, 4);
    word(out, 0x1000);
  }

  void write_section(std::string& out, std::uint32_t name, std::uint32_t type,
                     std::uint64_t address, std::uint64_t offset, std::uint64_t size,
                     std::uint32_t link) const {
    number(out, name, 4);
    number(out, type, 4);
    word(out, 0);
    word(out, address);
    word(out, offset);
    word(out, size);
    number(out, link, 4);
    number(out, 0, 4);
    word(out, 4);
    word(out, 0);
  }

  bool wide_;
  std::endian order_;
  std::uint16_t machine_;
  std::uint16_t type_ = ET_DYN;
  std::uint64_t base_address_ = 0x1f00;
  std::string notes_, symbols_, strings_ = std::string(1, '\0');
};

}  // namespace spile::test
