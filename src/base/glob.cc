// SPDX-License-Identifier: MIT
#include "base/glob.h"

#include <cstddef>

namespace spile {

// Where the set that opens at pattern[open] closes; npos when it never does. A ']' right after the
// opening (or after its '!') is a member of the set.
static std::size_t find_set_end(std::string_view pattern, std::size_t open) {
  std::size_t at = open + 1;
  if (at < pattern.size() && pattern[at] == '!') ++at;
  return pattern.find(']', at + 1);
}

static bool in_set(std::string_view set, char c) {
  bool negated = set.starts_with('!');
  if (negated) set.remove_prefix(1);
  bool found = false;
  for (std::size_t i = 0; i < set.size(); ++i) {
    char low = set[i];
    char high = low;
    if (i + 2 < set.size() && set[i + 1] == '-') {
      high = set[i + 2];
      i += 2;
    }
    found |= static_cast<unsigned char>(low) <= static_cast<unsigned char>(c) &&
             static_cast<unsigned char>(c) <= static_cast<unsigned char>(high);
  }
  return found != negated;
}

// Matches one byte against the element of the pattern at `at`; returns the next element's place, or
// npos when the byte does not fit.
static std::size_t match_one(std::string_view pattern, std::size_t at, char c) {
  if (pattern[at] == '?') return at + 1;
  if (pattern[at] == '[') {
    std::size_t end = find_set_end(pattern, at);
    if (end != std::string_view::npos) {
      return in_set(pattern.substr(at + 1, end - at - 1), c) ? end + 1 : std::string_view::npos;
    }
  }
  return pattern[at] == c ? at + 1 : std::string_view::npos;
}

// Only the last '*' ever needs to be widened: at most |pattern| * |name| steps.
bool matches_glob(std::string_view pattern, std::string_view name) {
  std::size_t p = 0;
  std::size_t n = 0;
  std::size_t star = std::string_view::npos;
  std::size_t star_name = 0;
  while (n < name.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      star_name = n;
      continue;
    }
    std::size_t next = p < pattern.size() ? match_one(pattern, p, name[n]) : std::string_view::npos;
    if (next != std::string_view::npos) {
      p = next;
      ++n;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      n = ++star_name;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

bool has_glob(std::string_view text) { return text.find_first_of("*?[") != text.npos; }

}  // namespace spile
