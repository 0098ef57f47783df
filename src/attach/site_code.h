// SPDX-License-Identifier: MIT
// What instruction stands at a probe site. Spile attaches to nops only: a breakpoint in the middle
// of anything else would change the program (reference: a crafted note did just that to other
// tracers).
#pragma once

#include <cstdint>

#include "base/address.h"
#include "base/result.h"
#include "elf/machine.h"
#include "target/file.h"

namespace spile::attach {

enum class SiteCode : std::uint8_t {
  kNop,       // 90 (arm64: d503201f): always safe
  kNopNop10,  // 90, then 66 2e 0f 1f 84 00 00000000: what our own header emits
  kNop5,      // 0f 1f 44 00 00: the kernel of Linux 6.18 damages leaf functions and forked children
  kOtherNop,  // 66 90 and the like
  kNotNop,
};

// Reads the bytes at `offset`. kBadInput when the file ends before.
Result<SiteCode> read_site_code(const target::File& file, FileOffset offset, elf::Machine machine);

}  // namespace spile::attach
