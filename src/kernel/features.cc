// SPDX-License-Identifier: MIT
#include "kernel/features.h"

#include <sys/utsname.h>

#include <cerrno>
#include <cstdio>
#include <utility>

#include "bpf/assembler.h"
#include "kernel/program.h"
#include "kernel/uprobe.h"

namespace spile::kernel {

static Result<UniqueFd> load_empty(const LoadOptions& options) {
  bpf::Assembler out;
  out.mov_imm(bpf::Reg::kR0, 0);
  out.exit();
  return load_program(SPILE_TRY(out.finish()), {}, options);
}

// {major, minor} of the running kernel, for the two questions that no call answers cheaply.
static std::pair<int, int> kernel_release() {
  utsname name{};
  int major = 0, minor = 0;
  ::uname(&name);
  if (std::sscanf(name.release, "%d.%d", &major, &minor) != 2) return {0, 0};
  return {major, minor};
}

Result<Features> detect_features() {
  Features features;
  UniqueFd program = SPILE_TRY(load_empty({.for_uprobe_multi = true}));
  // A directory is no place for a uprobe: a kernel that knows the link type answers EBADF after it
  // looked at the path (bpf_uprobe_multi_link_attach), an older one EINVAL before.
  MultiSite site{FileOffset{1}, std::nullopt};
  auto link = attach_uprobe_multi(program.get(), "/", {&site, 1}, std::nullopt);
  features.uprobe_multi = !link && link.error().sys_errno == EBADF;
  // Before "bpf: Fix multi-uprobe PID filtering logic" a link with a pid fired for that thread
  // alone; only a second thread that fires could tell.
  features.multi_by_process = features.uprobe_multi && kernel_release() >= std::pair(6, 10);
  features.may_optimise_nop10 = features.uprobe_multi && kernel_release() >= std::pair(6, 19);
  features.sleepable =
      load_empty({.for_uprobe_multi = features.uprobe_multi, .sleepable = true}).has_value();
  return features;
}

}  // namespace spile::kernel
