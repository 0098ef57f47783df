// SPDX-License-Identifier: MIT
// A checked spec and one site to a BPF program and the layout of the events that it sends.
#pragma once

#include "bpf/assembler.h"
#include "event/record.h"
#include "ir/options.h"
#include "lang/check.h"

namespace spile::ir {

struct Compiled {
  bpf::Program program;
  event::Layout layout;
};

// kUnsupported: the site's machine cannot be traced. kBadInput: the spec is too large for BPF.
Result<Compiled> compile(const lang::CheckedSpec& checked, const SiteInfo& site,
                         const CompileOptions& options);

}  // namespace spile::ir
