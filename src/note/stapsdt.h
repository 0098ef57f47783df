// SPDX-License-Identifier: MIT
// One probe site as its note has it. Comes in: the descriptor of an ELF note with owner "stapsdt"
// and type 3. Goes out: three addresses and three texts, nothing adjusted yet.
//
//   +----------+----------+-----------+------------+--------+-------------+
//   | location |   base   | semaphore | provider\0 | name\0 | arguments\0 |
//   +----------+----------+-----------+------------+--------+-------------+
//     4 or 8 bytes each, as wide as the file's class
//
// `location` is the address of the nop; `base` is where the linker believed .stapsdt.base to be, so
// that a tool can undo what prelink did; `semaphore` is the counter's address, or 0.
#pragma once

#include <bit>
#include <cstdint>
#include <string_view>

#include "base/address.h"
#include "base/cursor.h"
#include "base/result.h"

namespace spile::note {

inline constexpr std::string_view kStapsdtOwner = "stapsdt";
inline constexpr std::uint32_t kStapsdtType = 3;

// A provider or probe name that is longer is no name.
inline constexpr std::size_t kMaxNameLength = 1024;

// The texts point into the descriptor.
struct StapsdtNote {
  LinkAddr location;
  LinkAddr base;
  LinkAddr semaphore;
  std::string_view provider;
  std::string_view name;
  std::string_view args;
};

// kBadInput: a descriptor that ends early, or an empty or endless name.
Result<StapsdtNote> parse_stapsdt(Bytes descriptor, bool is_64_bit, std::endian order);

}  // namespace spile::note
