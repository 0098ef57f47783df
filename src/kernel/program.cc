// SPDX-License-Identifier: MIT
#include "kernel/program.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <span>
#include <string>
#include <string_view>

#include "kernel/uapi.h"

namespace spile::kernel {

constexpr const char* kLicense = "Dual MIT/GPL";
constexpr const char* kCapabilityHint =
    "run as root, or give CAP_BPF and CAP_PERFMON (Linux 5.8+); in a container the seccomp profile "
    "must allow bpf(2) as well";

static std::vector<bpf_insn> link_maps(const bpf::Program& program, const Maps& maps) {
  static_assert(sizeof(bpf::Insn) == sizeof(bpf_insn));
  std::vector<bpf_insn> insns(program.insns.size());
  std::memcpy(insns.data(), program.insns.data(), insns.size() * sizeof(bpf_insn));
  for (const bpf::MapUse& use : program.map_uses) {
    insns[use.insn].imm = use.map == bpf::MapRef::kEvents ? maps.events : maps.stats;
  }
  return insns;
}

// The verifier explains itself in the last lines of its log.
static std::string last_lines(std::string_view log) {
  while (!log.empty() && (log.back() == '\n' || log.back() == '\0')) log.remove_suffix(1);
  std::size_t begin = log.size();
  for (int lines = 0; lines < 4 && begin != std::string_view::npos && begin > 0; ++lines) {
    begin = log.rfind('\n', begin - 1);
  }
  return std::string(begin == std::string_view::npos ? log : log.substr(begin));
}

static int try_load(const std::vector<bpf_insn>& insns, const LoadOptions& options,
                    std::span<char> log) {
  bpf_prog_load_opts opts{};
  opts.sz = sizeof(opts);
  opts.prog_flags = options.sleepable ? BPF_F_SLEEPABLE : 0;
  if (options.for_uprobe_multi) {
    opts.expected_attach_type = static_cast<bpf_attach_type>(kAttachTraceUprobeMulti);
  }
  if (!log.empty()) {
    opts.log_buf = log.data();
    opts.log_size = static_cast<__u32>(log.size());
    opts.log_level = 1;
  }
  return bpf_prog_load(BPF_PROG_TYPE_KPROBE, "spile", kLicense, insns.data(), insns.size(), &opts);
}

Result<UniqueFd> load_program(const bpf::Program& program, const Maps& maps,
                              const LoadOptions& options) {
  std::vector<bpf_insn> insns = link_maps(program, maps);
  int fd = try_load(insns, options, {});
  if (fd >= 0) return UniqueFd(fd);
  int reason = -fd;
  std::string log(1 << 20, '\0');  // a second try, for the reason; only the verifier writes to it
  try_load(insns, options, log);
  if (log[0] == '\0') return fail_errno("load a BPF program", reason, kCapabilityHint);
  return fail_errno("load a BPF program; the kernel's verifier says: " + last_lines(log.c_str()),
                    reason);
}

static Result<UniqueFd> create_map(bpf_map_type type, const char* name, std::uint32_t key_size,
                                   std::uint32_t value_size, std::uint32_t entries) {
  int fd = bpf_map_create(type, name, key_size, value_size, entries, nullptr);
  if (fd < 0) return fail_errno(fmt::format("create the BPF map '{}'", name), -fd, kCapabilityHint);
  return UniqueFd(fd);
}

Result<UniqueFd> create_ring_buffer_map(std::uint32_t bytes) {
  return create_map(BPF_MAP_TYPE_RINGBUF, "spile_events", 0, 0, bytes);
}

Result<UniqueFd> create_counter_map(std::uint32_t entries, std::uint32_t counters) {
  return create_map(BPF_MAP_TYPE_PERCPU_ARRAY, "spile_stats", 4, 8 * counters, entries);
}

Result<std::vector<std::uint64_t>> read_counters(int map, std::uint32_t index,
                                                 std::uint32_t counters) {
  int cpus = libbpf_num_possible_cpus();
  if (cpus <= 0) return fail_errno("count the CPUs in /sys/devices/system/cpu/possible", -cpus);
  std::vector<std::uint64_t> rows(static_cast<std::size_t>(cpus) * counters);
  int error = bpf_map_lookup_elem(map, &index, rows.data());
  if (error != 0) return fail_errno("read the event counters", -error);
  std::vector<std::uint64_t> sums(counters);
  for (std::size_t i = 0; i < rows.size(); ++i) sums[i % counters] += rows[i];
  return sums;
}

}  // namespace spile::kernel
