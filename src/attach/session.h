// SPDX-License-Identifier: MIT
// Programs onto sites, and the events back: the live part of a trace. Everything is held by
// descriptors, so the end of the session, or of the process, detaches all of it.
//
//   auto session = Session::open(features, specs, ring_bytes, on_event);
//   auto program = session->load(compiled.program, sleepable);
//   session->attach(*program, file, sites, pid);
//   while (...) session->consume();
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "base/result.h"
#include "bpf/assembler.h"
#include "kernel/features.h"
#include "kernel/program.h"
#include "kernel/ring_buffer.h"
#include "kernel/uprobe.h"
#include "target/file.h"

namespace spile::attach {

class Session {
 public:
  // `counters` 64-bit numbers are kept for each of `specs` specs.
  static Result<Session> open(const kernel::Features& features, std::uint32_t specs,
                              std::uint32_t counters, std::uint32_t ring_bytes,
                              kernel::RingBuffer::Callback on_record);

  // Loads a program that stays for the session's life; its number.
  Result<std::size_t> load(const bpf::Program& program);
  // Attaches it to sites of one file: one link where the kernel has uprobe_multi, else one perf
  // event a site, which fire for every process (the program filters by itself).
  Result<> attach(std::size_t program, const target::File& file,
                  std::span<const kernel::MultiSite> sites, std::optional<NsPid> pid);

  Result<std::size_t> consume() { return ring_->consume(); }
  Result<std::vector<std::uint64_t>> read_counters(std::uint32_t spec) const;
  // Detaches everything; events that were sent before can still be consumed.
  void detach() { links_.clear(); }

 private:
  kernel::Features features_;
  std::uint32_t counters_ = 0;
  UniqueFd events_;
  UniqueFd stats_;
  std::unique_ptr<kernel::RingBuffer> ring_;
  std::vector<UniqueFd> programs_;
  std::vector<UniqueFd> links_;
};

}  // namespace spile::attach
