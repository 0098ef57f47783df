// SPDX-License-Identifier: MIT
#include "user_memory.h"

#include <algorithm>

namespace spile::test {

constexpr std::int64_t kFault = -14;  // -EFAULT

void UserMemory::put(std::uint64_t address, std::string_view bytes) {
  for (char byte : bytes) {
    std::string& page = pages_[address / kPageBytes];
    page.resize(kPageBytes, '\0');
    page[address % kPageBytes] = byte;
    ++address;
  }
}

bool UserMemory::read(std::uint64_t address, std::span<std::byte> into) const {
  for (std::size_t i = 0; i < into.size(); ++i) {
    std::uint64_t page = (address + i) / kPageBytes;
    if (!is_mapped(address + i) || untouched_.contains(page)) return false;
  }
  for (std::size_t i = 0; i < into.size(); ++i) {
    std::uint64_t at = address + i;
    into[i] = static_cast<std::byte>(pages_.at(at / kPageBytes)[at % kPageBytes]);
  }
  return true;
}

bool UserMemory::fault_in_and_read(std::uint64_t address, std::span<std::byte> into) {
  for (std::size_t i = 0; i < into.size(); ++i) {
    if (is_mapped(address + i)) untouched_.erase((address + i) / kPageBytes);
  }
  if (read(address, into)) return true;
  std::ranges::fill(into, std::byte{0});
  return false;
}

std::int64_t UserMemory::read_text(std::uint64_t address, std::span<std::byte> into) const {
  for (std::size_t i = 0; i < into.size(); ++i) {
    if (!read(address + i, into.subspan(i, 1))) {
      std::ranges::fill(into, std::byte{0});
      return kFault;
    }
    if (into[i] == std::byte{0}) return i == 0 ? 0 : static_cast<std::int64_t>(i) + 1;
  }
  into.back() = std::byte{0};
  return static_cast<std::int64_t>(into.size());
}

}  // namespace spile::test
