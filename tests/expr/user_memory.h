// SPDX-License-Identifier: MIT
// Memory of a traced program that does not exist: bytes at chosen addresses, on pages that are
// there, that are mapped but were never touched, or that are not mapped at all.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>

namespace spile::test {

constexpr std::uint64_t kPageBytes = 4096;

class UserMemory {
 public:
  // Maps the pages that `bytes` touch; the rest of them reads as zero.
  void put(std::uint64_t address, std::string_view bytes);
  template <class T>
  void put_number(std::uint64_t address, T number) {
    put(address, {reinterpret_cast<const char*>(&number), sizeof(number)});
  }
  // From now on a plain read of this page fails, until somebody faults it in.
  void make_untouched(std::uint64_t address) { untouched_.insert(address / kPageBytes); }

  // What bpf_probe_read_user does: all bytes, or nothing.
  bool read(std::uint64_t address, std::span<std::byte> into) const;
  // What bpf_copy_from_user does: touches the pages first.
  bool fault_in_and_read(std::uint64_t address, std::span<std::byte> into);
  // What bpf_probe_read_user_str does (Linux 5.8): the length with its NUL, at most into.size();
  // 0 for an empty text; -EFAULT (-14).
  std::int64_t read_text(std::uint64_t address, std::span<std::byte> into) const;

 private:
  bool is_mapped(std::uint64_t address) const { return pages_.contains(address / kPageBytes); }

  std::map<std::uint64_t, std::string> pages_;  // by page number
  std::set<std::uint64_t> untouched_;           // page numbers
};

}  // namespace spile::test
