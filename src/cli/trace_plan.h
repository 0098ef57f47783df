// SPDX-License-Identifier: MIT
// From specs and sites to what will be attached: checked, compiled, and grouped so that sites whose
// arguments are found in the same places share one program.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "attach/site_code.h"
#include "base/result.h"
#include "cli/trace_options.h"
#include "event/record.h"
#include "ir/compile.h"
#include "kernel/uprobe.h"
#include "lang/ast.h"
#include "lang/diagnostic.h"
#include "output/event_text.h"
#include "probe/finder.h"

namespace spile::cli {

struct PlannedProgram {
  std::size_t spec = 0;
  std::shared_ptr<const target::File> file;
  std::vector<kernel::MultiSite> sites;
  bpf::Program program;
};

struct TracePlan {
  std::vector<PlannedProgram> programs;
  std::vector<event::Layout> layouts;               // by program
  std::vector<output::Presentation> presentations;  // by program
  std::vector<std::size_t> sites_of_spec;           // by spec
  std::vector<std::string> warnings;                // sites left out, and why
};

struct PlanContext {
  bool sleepable = false;
  bool use_nop10 = false;    // the self-test allows the second instruction of `nop, nop10`
  std::optional<NsPid> pid;  // that the programs have to filter by
  std::optional<ir::PidNamespace> pid_namespace;
};

// Diagnostics carry the index of the spec that they are about.
struct SpecDiagnostic {
  std::size_t spec;
  lang::Diagnostic diagnostic;
};

// Fails when nothing of a spec can be attached; mistakes in the specs are in `diagnostics`, and the
// plan is then empty.
Result<TracePlan> make_plan(const std::vector<lang::Spec>& specs,
                            const std::vector<probe::Answer>& answers, const TraceOptions& options,
                            const PlanContext& context, std::vector<SpecDiagnostic>& diagnostics);

}  // namespace spile::cli
