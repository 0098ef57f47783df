// SPDX-License-Identifier: MIT
// The machines whose notes we read. Only x86-64 and arm64 are traced; the others are listed.
#pragma once

#include <cstdint>

namespace spile::elf {

enum class Machine : std::uint8_t {
  kX86_64,
  kAarch64,
  kI386,
  kArm,
  kPpc64,
  kS390x,
  kRiscv64,
};

}  // namespace spile::elf
