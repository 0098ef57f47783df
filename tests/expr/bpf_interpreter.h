// SPDX-License-Identifier: MIT
// Runs a bpf::Program in user space, and is stricter than a CPU would be: like the kernel's
// verifier it refuses code that nothing reaches, registers and stack that nobody wrote, accesses
// outside or across what they belong to, and a ring-buffer record that is never submitted.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "bpf/assembler.h"
#include "user_memory.h"

namespace spile::test {

// Everything that a program can see of the thread that ran into the probe.
struct World {
  std::vector<std::uint64_t> context;  // struct pt_regs, word by word
  UserMemory memory;
  std::uint64_t pid_tgid = (std::uint64_t{1234} << 32) | 1235;
  std::uint64_t uid_gid = (std::uint64_t{100} << 32) | 1000;
  std::uint32_t cpu = 3;
  std::string comm = "target";
  std::uint64_t time_ns = 5'000'000'000;
  bool ring_is_full = false;
  std::uint64_t namespace_device = 4, namespace_inode = 4026531836;
};

struct Outcome {
  std::string trouble;  // empty: the program ran to its end and did nothing forbidden
  std::vector<std::vector<std::byte>> records;
  std::array<std::uint64_t, 3> counters{};  // by ir::Counter
  std::uint64_t steps = 0;
};

// What the verifier would say about the flow of control; empty: nothing.
std::string find_flow_mistake(const bpf::Program& program);

// `world` changes where the program faults pages in.
Outcome run_program(const bpf::Program& program, World& world);

}  // namespace spile::test
