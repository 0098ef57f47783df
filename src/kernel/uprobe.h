// SPDX-License-Identifier: MIT
// BPF programs onto user-space instructions. Every attachment is a descriptor: closing it detaches,
// and so does the death of its owner.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "base/address.h"
#include "base/result.h"
#include "base/unique_fd.h"

namespace spile::kernel {

struct MultiSite {
  FileOffset offset;
  std::optional<FileOffset> semaphore;  // 16 bits that the kernel counts up while attached
};

// One link for many sites of one file (BPF_LINK_CREATE, bpf_uprobe_multi_link_attach; Linux 6.6).
// `pid`: only that process, in the caller's pid namespace.
Result<UniqueFd> attach_uprobe_multi(int program, const std::string& path,
                                     std::span<const MultiSite> sites, std::optional<NsPid> pid);

// One site by the perf uprobe PMU (perf_event_open, perf_uprobe_event_init; Linux 4.17), for every
// process that maps the file.
Result<UniqueFd> attach_perf_uprobe(int program, const std::string& path, const MultiSite& site);

}  // namespace spile::kernel
