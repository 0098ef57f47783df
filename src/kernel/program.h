// SPDX-License-Identifier: MIT
// Programs and maps into the kernel: bpf(2).
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"
#include "bpf/assembler.h"

namespace spile::kernel {

struct LoadOptions {
  bool for_uprobe_multi = false;  // else for a perf event
  bool sleepable = false;
};

// Descriptors of the maps that a program names.
struct Maps {
  int events = -1;
  int stats = -1;
};

// kDenied with the missing capability; kSystem with the verifier's last lines when it refuses.
Result<UniqueFd> load_program(const bpf::Program& program, const Maps& maps,
                              const LoadOptions& options);

// BPF_MAP_TYPE_RINGBUF of `bytes` (a power of two, at least a page).
Result<UniqueFd> create_ring_buffer_map(std::uint32_t bytes);

// BPF_MAP_TYPE_PERCPU_ARRAY of `entries` rows of `counters` 64-bit numbers.
Result<UniqueFd> create_counter_map(std::uint32_t entries, std::uint32_t counters);

// Row `index` of a counter map, summed over all CPUs.
Result<std::vector<std::uint64_t>> read_counters(int map, std::uint32_t index,
                                                 std::uint32_t counters);

}  // namespace spile::kernel
