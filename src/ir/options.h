// SPDX-License-Identifier: MIT
// Everything a compilation depends on besides the checked spec: the site, what the user asked for,
// and what the running kernel can do. Values only; the same ones give the same bytes on any host.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "base/address.h"
#include "elf/machine.h"
#include "note/arg_spec.h"

namespace spile::ir {

// A pid namespace that is not the initial one, as bpf_get_ns_current_pid_tgid wants it: st_dev and
// st_ino of /proc/self/ns/pid.
struct PidNamespace {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
};

// The site a program is for.
struct SiteInfo {
  elf::Machine machine{};
  LinkAddr attached_at;  // the address that the instruction pointer has when the program runs
  std::span<const note::ArgSpec> args;
};

struct CompileOptions {
  std::uint32_t spec_index = 0;               // key of its counters in the stats map
  std::uint32_t program_index = 0;            // written into every record
  std::optional<NsPid> pid;                   // only this process
  std::optional<PidNamespace> pid_namespace;  // pids as this namespace numbers them
  std::string comm_filter;                    // only where the thread's name contains this
  bool with_time = false;                     // records carry CLOCK_MONOTONIC
  bool sleepable = false;                     // may fault pages in (Linux 6.0+)
  std::uint32_t text_capacity = 256;          // bytes kept of each text, its NUL included
};

// Counters in the value of the per-CPU stats map, u64 each.
enum class Counter : std::uint8_t { kFired, kLost, kUnreadable };
constexpr int kCounters = 3;

}  // namespace spile::ir
