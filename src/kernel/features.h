// SPDX-License-Identifier: MIT
// What the running kernel can do, found by trying it.
#pragma once

#include "base/result.h"

namespace spile::kernel {

struct Features {
  bool uprobe_multi = false;      // Linux 6.6: many sites in one link, no SYS_ADMIN
  bool multi_by_process = false;  // a link's pid means the process, not one thread (Linux 6.10)
  bool may_optimise_nop10 =
      false;               // worth asking (no kernel up to 6.18 does, and its no takes 60 ms)
  bool sleepable = false;  // Linux 6.0: uprobe programs may fault pages in
};

// kDenied: not even an empty program loads; the hint says which capability is missing.
Result<Features> detect_features();

}  // namespace spile::kernel
