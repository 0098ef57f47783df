// SPDX-License-Identifier: MIT
#include "target/ld_cache.h"

#include <cstring>

namespace spile::target {
namespace {

constexpr std::string_view kMagic = "glibc-ld.so.cache1.1";
constexpr std::string_view kOldMagic = "ld.so-1.7.0";
constexpr std::size_t kHeaderSize = 48;
constexpr std::size_t kEntrySize = 24;

// flags: low byte 3 means an ELF library for glibc 2, the next byte the kind of program.
#if defined(__x86_64__)
constexpr std::uint32_t kOurFlags = 0x0303;
#elif defined(__aarch64__)
constexpr std::uint32_t kOurFlags = 0x0a03;
#else
constexpr std::uint32_t kOurFlags = 0x0003;
#endif

std::string_view text_of(Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// The new table, wherever it starts.
Bytes find_table(Bytes cache) {
  std::string_view text = text_of(cache);
  if (text.starts_with(kMagic)) return cache;
  if (!text.starts_with(kOldMagic)) return {};
  std::size_t at = text.find(kMagic);
  return at == text.npos ? Bytes{} : cache.subspan(at);
}

std::string string_at(Bytes table, std::uint32_t offset) {
  if (offset >= table.size()) return {};
  std::string_view rest = text_of(table).substr(offset);
  return std::string(rest.substr(0, rest.find('\0')));
}

}  // namespace

std::vector<CachedLibrary> parse_ld_cache(Bytes cache) {
  Bytes table = find_table(cache);
  std::vector<CachedLibrary> libraries;
  if (table.size() < kHeaderSize) return libraries;
  Cursor header(table.subspan(kMagic.size()));
  std::uint32_t count = header.u32().value_or(0);
  for (std::size_t i = 0; i < count && kHeaderSize + (i + 1) * kEntrySize <= table.size(); ++i) {
    Cursor entry(table.subspan(kHeaderSize + i * kEntrySize, kEntrySize));
    std::uint32_t flags = entry.u32().value_or(0);
    std::uint32_t name = entry.u32().value_or(0);
    std::uint32_t path = entry.u32().value_or(0);
    if (flags == kOurFlags) libraries.push_back({string_at(table, name), string_at(table, path)});
  }
  return libraries;
}

bool names_library(std::string_view name, std::string_view library) {
  if (name == library) return true;
  auto base_is = [&](std::string_view base) {
    if (!name.starts_with(base)) return false;
    std::string_view rest = name.substr(base.size());
    bool has_suffix = base.find(".so") != base.npos;  // then only a longer version may follow
    return rest.empty() || rest == ".so" || rest.starts_with(has_suffix ? "." : ".so.");
  };
  return name.starts_with("lib") && (base_is(library) || base_is("lib" + std::string(library)));
}

}  // namespace spile::target
