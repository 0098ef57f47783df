// SPDX-License-Identifier: MIT
// Whose numbering of processes the caller lives in.
#pragma once

#include <cstdint>
#include <optional>

namespace spile::target {

struct PidNamespaceId {
  std::uint64_t device = 0;  // of the nsfs file
  std::uint64_t inode = 0;
};

// The caller's pid namespace, unless it is the initial one (or /proc does not tell).
std::optional<PidNamespaceId> own_pid_namespace();

}  // namespace spile::target
