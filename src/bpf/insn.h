// SPDX-License-Identifier: MIT
// One BPF instruction, laid out as the kernel's struct bpf_insn (uapi/linux/bpf.h):
//
//   | code 8 | dst 4 | src 4 | off 16 | imm 32 |
//
// and the names of what goes into it. Numbers are those of the kernel's ABI.
#pragma once

#include <cstdint>

namespace spile::bpf {

struct Insn {
  std::uint8_t code = 0;
  std::uint8_t dst : 4 = 0;
  std::uint8_t src : 4 = 0;
  std::int16_t off = 0;
  std::int32_t imm = 0;
};
static_assert(sizeof(Insn) == 8);

// r0 result, r1-r5 arguments (lost in calls), r6-r9 kept across calls, r10 the frame's end.
enum class Reg : std::uint8_t { kR0, kR1, kR2, kR3, kR4, kR5, kR6, kR7, kR8, kR9, kR10 };

enum class Size : std::uint8_t { k32 = 0x00, k16 = 0x08, k8 = 0x10, k64 = 0x18 };

enum class Alu : std::uint8_t {
  kAdd = 0x00,
  kSub = 0x10,
  kMul = 0x20,
  kDiv = 0x30,  // unsigned; x / 0 = 0
  kOr = 0x40,
  kAnd = 0x50,
  kLsh = 0x60,
  kRsh = 0x70,
  kNeg = 0x80,
  kMod = 0x90,  // unsigned; x % 0 = x
  kXor = 0xa0,
  kMov = 0xb0,
  kArsh = 0xc0,
};

enum class Cond : std::uint8_t {
  kAlways = 0x00,
  kEq = 0x10,
  kGt = 0x20,
  kGe = 0x30,
  kNe = 0x50,
  kSgt = 0x60,
  kSge = 0x70,
  kLt = 0xa0,
  kLe = 0xb0,
  kSlt = 0xc0,
  kSle = 0xd0,
};

// Helper functions of the kernel that our programs call (enum bpf_func_id).
enum class Helper : std::int32_t {
  kMapLookupElem = 1,
  kKtimeGetNs = 5,
  kGetSmpProcessorId = 8,
  kGetCurrentPidTgid = 14,
  kGetCurrentUidGid = 15,
  kGetCurrentComm = 16,
  kProbeReadUser = 112,
  kProbeReadUserStr = 114,
  kGetNsCurrentPidTgid = 120,
  kRingbufReserve = 131,
  kRingbufSubmit = 132,
  kRingbufDiscard = 133,
  kCopyFromUser = 148,  // sleepable programs only
};

// The maps a program may name; the loader replaces them by descriptors.
enum class MapRef : std::int32_t { kNone = -1, kEvents, kStats };

}  // namespace spile::bpf
