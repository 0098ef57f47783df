// SPDX-License-Identifier: MIT
#include "target/pid_namespace.h"

#include <sys/stat.h>

namespace spile::target {

constexpr ino_t kInitialPidNamespace = 0xEFFFFFFC;  // PROC_PID_INIT_INO, linux/proc_ns.h

std::optional<PidNamespaceId> own_pid_namespace() {
  struct stat status{};
  if (::stat("/proc/self/ns/pid", &status) != 0) return std::nullopt;
  if (status.st_ino == kInitialPidNamespace) return std::nullopt;
  return PidNamespaceId{status.st_dev, status.st_ino};
}

}  // namespace spile::target
