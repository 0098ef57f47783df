// SPDX-License-Identifier: MIT
// Three numbers that all look like addresses and must never be mixed:
//
//   LinkAddr    what an ELF file and its notes say (p_vaddr space)
//   FileOffset  bytes from the start of the file: what the kernel attaches to
//   RunAddr     where a process has it mapped
//
// Only elf::Image (LinkAddr <-> FileOffset) and target::Mapping (FileOffset <-> RunAddr) convert.
#pragma once

#include <compare>
#include <cstdint>

namespace spile {

template <class Tag>
struct Address {
  std::uint64_t value = 0;
  auto operator<=>(const Address&) const = default;
};

using LinkAddr = Address<struct LinkAddrTag>;
using FileOffset = Address<struct FileOffsetTag>;
using RunAddr = Address<struct RunAddrTag>;

// A process id as the initial pid namespace numbers it, and as the caller's own namespace does.
struct HostPid {
  std::int32_t value = 0;
  auto operator<=>(const HostPid&) const = default;
};
struct NsPid {
  std::int32_t value = 0;
  auto operator<=>(const NsPid&) const = default;
};

}  // namespace spile
