// SPDX-License-Identifier: MIT
#include "attach/session.h"

#include <fmt/format.h>

namespace spile::attach {

Result<Session> Session::open(const kernel::Features& features, std::uint32_t specs,
                              std::uint32_t counters, std::uint32_t ring_bytes,
                              kernel::RingBuffer::Callback on_record) {
  Session session;
  session.features_ = features;
  session.counters_ = counters;
  session.events_ = SPILE_TRY(kernel::create_ring_buffer_map(ring_bytes));
  session.stats_ = SPILE_TRY(kernel::create_counter_map(specs, counters));
  session.ring_ = SPILE_TRY(kernel::RingBuffer::open(session.events_.get(), std::move(on_record)));
  return session;
}

Result<std::size_t> Session::load(const bpf::Program& program) {
  kernel::Maps maps{.events = events_.get(), .stats = stats_.get()};
  kernel::LoadOptions options{.for_uprobe_multi = features_.uprobe_multi,
                              .sleepable = features_.sleepable};
  programs_.push_back(SPILE_TRY(kernel::load_program(program, maps, options)));
  return programs_.size() - 1;
}

static std::unexpected<Error> attach_failed(Error error, const target::File& file) {
  error.what = fmt::format("{} in {}", error.what, file.name());
  return std::unexpected(std::move(error));
}

Result<> Session::attach(std::size_t program, const target::File& file,
                         std::span<const kernel::MultiSite> sites, std::optional<NsPid> pid) {
  int fd = programs_[program].get();
  if (features_.uprobe_multi) {
    if (!features_.multi_by_process) pid.reset();
    auto link = kernel::attach_uprobe_multi(fd, file.attach_path(), sites, pid);
    if (!link) return attach_failed(std::move(link).error(), file);
    links_.push_back(std::move(*link));
    return {};
  }
  for (const kernel::MultiSite& site : sites) {
    auto event = kernel::attach_perf_uprobe(fd, file.attach_path(), site);
    if (!event) return attach_failed(std::move(event).error(), file);
    links_.push_back(std::move(*event));
  }
  return {};
}

Result<std::vector<std::uint64_t>> Session::read_counters(std::uint32_t spec) const {
  return kernel::read_counters(stats_.get(), spec, counters_);
}

}  // namespace spile::attach
