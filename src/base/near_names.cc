// SPDX-License-Identifier: MIT
#include "base/near_names.h"

#include <algorithm>
#include <set>

namespace spile {
namespace {

constexpr std::size_t kLongest = 64;     // longer names are compared by containment only
constexpr std::size_t kMaxNames = 5000;  // enough to be helpful, few enough to be quick

std::string to_lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

// Letters to insert, remove or replace to get from one to the other (Levenshtein), row by row.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
    }
  }
  return row[b.size()];
}

// 0 is best; more than `farthest` is not near.
std::size_t score(std::string_view wanted, std::string_view name, std::size_t farthest) {
  if (wanted.size() >= 3 && name.find(wanted) != name.npos) return 0;
  if (wanted.size() > kLongest || name.size() > kLongest) return farthest + 1;
  return edit_distance(wanted, name);
}

}  // namespace

std::vector<std::string> find_near_names(std::string_view wanted,
                                         const std::vector<std::string>& names, std::size_t limit) {
  std::string lower = to_lower(wanted);
  std::size_t farthest = std::max<std::size_t>(1, lower.size() / 3);
  std::set<std::pair<std::size_t, std::string>> ranked;
  for (std::size_t i = 0; i < names.size() && i < kMaxNames; ++i) {
    std::size_t points = score(lower, to_lower(names[i]), farthest);
    if (points <= farthest) ranked.emplace(points, names[i]);
  }
  std::vector<std::string> near;
  for (const auto& [points, name] : ranked) {
    if (near.size() == limit) break;
    near.push_back(name);
  }
  return near;
}

}  // namespace spile
