// SPDX-License-Identifier: MIT
// Two passes over each symbol table, both in pieces of bounded size:
//
//   1. its string table: at which offsets does a wanted name end at a NUL? Linkers share tails, so
//      "count" may only exist as the end of "recount"; every suffix is looked up, by length.
//   2. the symbols: whose name offset is one of those?
#include "elf/symbols.h"

#include <elf.h>

#include <algorithm>
#include <functional>
#include <set>
#include <unordered_map>

namespace spile::elf {
namespace {

constexpr std::uint64_t kChunk = 1u << 20;
constexpr std::size_t kMaxNameLength = 1024;
constexpr std::uint64_t kMaxTableBytes = 1u << 30;

struct Wanted {
  std::set<std::string, std::less<>> names;
  std::set<std::size_t> lengths;
};

// Where in the string table a wanted name starts -> the name.
using NameOffsets = std::unordered_map<std::uint64_t, const std::string*>;

// `text` ends with a string that starts at `begin` and ends before the NUL at `end`.
void match_suffixes(std::string_view text, std::size_t begin, std::size_t end,
                    std::uint64_t text_offset, const Wanted& wanted, NameOffsets& found) {
  for (std::size_t length : wanted.lengths) {
    if (length > end - begin) return;
    auto hit = wanted.names.find(text.substr(end - length, length));
    if (hit != wanted.names.end()) found.emplace(text_offset + end - length, &*hit);
  }
}

Result<NameOffsets> find_name_offsets(const ByteSource& source, const Section& strings,
                                      const Wanted& wanted) {
  NameOffsets found;
  std::vector<char> buffer;
  std::size_t kept = 0;  // bytes of an unfinished string carried over from the last piece
  for (std::uint64_t done = 0; done < strings.size;) {
    std::size_t take = std::min<std::uint64_t>(kChunk, strings.size - done);
    buffer.resize(kept + take);
    auto room = std::as_writable_bytes(std::span(buffer)).subspan(kept);
    SPILE_CHECK(source.read_at(strings.offset.value + done, room));
    std::string_view text(buffer.data(), buffer.size());
    std::uint64_t text_offset = done - kept;
    std::size_t begin = 0;
    for (std::size_t end = text.find('\0', kept); end != text.npos; end = text.find('\0', begin)) {
      match_suffixes(text, begin, end, text_offset, wanted, found);
      begin = end + 1;
    }
    kept = std::min(text.size() - begin, kMaxNameLength);
    buffer.erase(buffer.begin(), buffer.end() - static_cast<std::ptrdiff_t>(kept));
    done += take;
  }
  return found;
}

struct SymbolEntry {
  std::uint32_t name = 0;
  std::uint8_t type = 0;
  std::uint16_t section = 0;
  std::uint64_t value = 0;
};

//  32 bits: name(4) value(4) size(4) info(1) other(1) section(2)
//  64 bits: name(4) info(1) other(1) section(2) value(8) size(8)
Result<SymbolEntry> parse_entry(Bytes bytes, const Image& image) {
  Cursor in(bytes, image.order);
  SymbolEntry entry;
  entry.name = SPILE_TRY(in.u32());
  if (!image.is_64_bit) {
    entry.value = SPILE_TRY(in.u32());
    SPILE_CHECK(in.skip(4));
  }
  std::uint8_t info = SPILE_TRY(in.u8());
  entry.type = info & 0xf;
  SPILE_CHECK(in.skip(1));
  entry.section = SPILE_TRY(in.u16());
  if (image.is_64_bit) entry.value = SPILE_TRY(in.u64());
  return entry;
}

bool is_variable(const SymbolEntry& entry) {
  return entry.section != SHN_UNDEF &&
         (entry.type == STT_OBJECT || entry.type == STT_NOTYPE || entry.type == STT_TLS ||
          entry.type == STT_COMMON || entry.type == STT_FUNC);
}

void add_symbol(const std::string& name, const SymbolEntry& entry, SymbolMap& symbols) {
  auto [place, is_new] = symbols.try_emplace(name);
  Symbol& symbol = place->second;
  if (is_new) {
    symbol.address = LinkAddr{entry.value};
    symbol.thread_local_ = entry.type == STT_TLS;
  } else if (symbol.address.value != entry.value) {
    symbol.ambiguous = true;
  }
}

Result<> match_symbols(const ByteSource& source, const Image& image, const Section& table,
                       const NameOffsets& names, SymbolMap& symbols) {
  std::size_t entry_size = image.is_64_bit ? sizeof(Elf64_Sym) : sizeof(Elf32_Sym);
  std::uint64_t usable = table.size / entry_size * entry_size;
  std::uint64_t step = kChunk / entry_size * entry_size;
  std::vector<std::byte> buffer;
  for (std::uint64_t done = 0; done < usable; done += buffer.size()) {
    buffer.resize(std::min(step, usable - done));
    SPILE_CHECK(source.read_at(table.offset.value + done, buffer));
    for (std::size_t at = 0; at < buffer.size(); at += entry_size) {
      Bytes bytes = Bytes(buffer).subspan(at, entry_size);
      SymbolEntry entry = SPILE_TRY(parse_entry(bytes, image));
      auto name = names.find(entry.name);
      if (name != names.end() && is_variable(entry)) add_symbol(*name->second, entry, symbols);
    }
  }
  return {};
}

bool inside(const Section& section, std::uint64_t file_size) {
  return section.offset.value <= file_size && section.size <= file_size - section.offset.value;
}

Result<> check_tables(const Section& table, const Section& strings, std::uint64_t file_size) {
  if (inside(table, file_size) && inside(strings, file_size) && table.size <= kMaxTableBytes &&
      strings.size <= kMaxTableBytes) {
    return {};
  }
  return fail(Errc::kBadInput, "its symbol table lies beyond its end or is larger than 1 GiB",
              "the file is truncated or damaged");
}

}  // namespace

bool has_symbol_table(const Image& image) {
  return std::any_of(image.sections.begin(), image.sections.end(),
                     [](const Section& section) { return section.type == SHT_SYMTAB; });
}

Result<SymbolMap> find_symbols(const ByteSource& source, const Image& image,
                               const std::vector<std::string>& names) {
  Wanted wanted;
  for (const std::string& name : names) {
    if (name.empty() || name.size() > kMaxNameLength) continue;
    wanted.names.insert(name);
    wanted.lengths.insert(name.size());
  }
  SymbolMap symbols;
  for (const Section& table : image.sections) {
    if (table.type != SHT_SYMTAB && table.type != SHT_DYNSYM) continue;
    if (table.link >= image.sections.size()) continue;
    const Section& strings = image.sections[table.link];
    if (strings.type != SHT_STRTAB) continue;  // SHT_NOBITS in a separate debug file
    SPILE_CHECK(check_tables(table, strings, source.size()));
    NameOffsets offsets = SPILE_TRY(find_name_offsets(source, strings, wanted));
    SPILE_CHECK(match_symbols(source, image, table, offsets, symbols));
  }
  return symbols;
}

}  // namespace spile::elf
