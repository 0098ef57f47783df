// SPDX-License-Identifier: MIT
#include "target/maps.h"

#include <sys/sysmacros.h>

#include <charconv>

namespace spile::target {
namespace {

constexpr std::string_view kDeleted = " (deleted)";

bool take_number(std::string_view& text, std::uint64_t& value, int base, char after) {
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc()) return false;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  if (!text.starts_with(after)) return false;
  text.remove_prefix(1);
  return true;
}

// seq_path() in the kernel escapes a newline and nothing else.
std::string unescape(std::string_view path) {
  std::string plain;
  plain.reserve(path.size());
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (path.substr(i).starts_with("\\012")) {
      plain += '\n';
      i += 3;
    } else {
      plain += path[i];
    }
  }
  return plain;
}

void parse_mode(std::string_view mode, Mapping& mapping) {
  mapping.readable = mode[0] == 'r';
  mapping.writable = mode[1] == 'w';
  mapping.executable = mode[2] == 'x';
  mapping.is_private = mode[3] == 'p';
}

}  // namespace

std::optional<Mapping> parse_mapping(std::string_view line) {
  Mapping mapping;
  if (!take_number(line, mapping.start.value, 16, '-')) return std::nullopt;
  if (!take_number(line, mapping.end.value, 16, ' ')) return std::nullopt;
  if (line.size() < 5) return std::nullopt;
  parse_mode(line, mapping);
  line.remove_prefix(5);
  std::uint64_t major = 0;
  std::uint64_t minor = 0;
  std::uint64_t inode = 0;
  if (!take_number(line, mapping.offset.value, 16, ' ')) return std::nullopt;
  if (!take_number(line, major, 16, ':')) return std::nullopt;
  if (!take_number(line, minor, 16, ' ')) return std::nullopt;
  if (!take_number(line, inode, 10, ' ')) return std::nullopt;
  line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
  if (inode == 0 || !line.starts_with('/')) return std::nullopt;
  mapping.id = FileId{makedev(static_cast<unsigned>(major), static_cast<unsigned>(minor)), inode};
  mapping.deleted = line.ends_with(kDeleted);
  if (mapping.deleted) line.remove_suffix(kDeleted.size());
  mapping.path = unescape(line);
  return mapping;
}

std::vector<Mapping> parse_mappings(std::string_view text) {
  std::vector<Mapping> mappings;
  while (!text.empty()) {
    std::size_t end = text.find('\n');
    std::optional<Mapping> mapping = parse_mapping(text.substr(0, end));
    if (mapping) mappings.push_back(std::move(*mapping));
    if (end == text.npos) break;
    text.remove_prefix(end + 1);
  }
  return mappings;
}

}  // namespace spile::target
