// SPDX-License-Identifier: MIT
// May a probe sit on the nop10 of `nop, nop10`? Kernels answer in three ways (reference: limits.md
// §1): refuse it (6.1 to 6.18), replace it by a cheap call (7.2), or, some day, break something. So
// the answer is tried on a private site in our own executable before anybody else's program is
// touched.
#pragma once

#include <string>

#include "base/unique_fd.h"
#include "kernel/features.h"

namespace spile::attach {

struct Nop10Verdict {
  bool is_usable = false;
  std::string why;  // one line: what was seen
  UniqueFd
      keep_alive;  // closing it takes the kernel tens of ms: do it at the end, not at the start
};

// Fires the private site by its nop10, with a canary in the red zone, here and in a forked child,
// and compares the time with the plain nop.
Nop10Verdict test_nop10(const kernel::Features& features);

}  // namespace spile::attach
