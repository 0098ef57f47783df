// SPDX-License-Identifier: MIT
// The few constants of newer kernels that Debian 12's headers lack (uapi/linux/bpf.h of Linux 6.6).
#pragma once

#include <cstdint>

namespace spile::kernel {

constexpr std::uint32_t kAttachTraceUprobeMulti = 48;  // BPF_TRACE_UPROBE_MULTI

// union bpf_attr as BPF_LINK_CREATE reads it for an uprobe_multi link.
struct UprobeMultiAttr {
  std::uint32_t prog_fd;
  std::uint32_t target_fd;
  std::uint32_t attach_type;
  std::uint32_t link_flags;
  std::uint64_t path;             // const char *
  std::uint64_t offsets;          // const u64[count]: file offsets
  std::uint64_t ref_ctr_offsets;  // const u64[count] or 0
  std::uint64_t cookies;          // const u64[count] or 0
  std::uint32_t count;
  std::uint32_t multi_flags;
  std::uint32_t pid;  // 0: every process; in the caller's pid namespace
  std::uint32_t reserved;
};
static_assert(sizeof(UprobeMultiAttr) == 64);

}  // namespace spile::kernel
