// SPDX-License-Identifier: MIT
#include "cli/trace_plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "base/glob.h"
#include "base/printable.h"
#include "lang/check.h"

namespace spile::cli {
namespace {

// Sites that one program serves: same probe, same operands; and, when an operand is an address
// relative to the site, that one site only.
struct Group {
  probe::Found found;
  std::vector<const probe::Site*> sites;
  std::vector<kernel::MultiSite> attach;
  std::set<FileOffset> offsets;  // of `attach`: a linker may keep one note twice
  LinkAddr attached_at;
};

bool depends_on_site(const note::ArgSpec& arg) {
  const auto* memory = std::get_if<note::Memory>(&arg.operand);
  return memory != nullptr && !memory->symbol.empty();
}

std::string function_column(const lang::Selector& selector, const probe::Probe& probe) {
  bool is_pattern = has_glob(selector.provider) || has_glob(selector.probe);
  if (is_pattern) return selector.provider.empty() ? probe.name : probe.full_name();
  return selector.provider.empty() ? selector.probe : selector.provider + ":" + selector.probe;
}

class Planner {
 public:
  Planner(const TraceOptions& options, const PlanContext& context,
          std::vector<SpecDiagnostic>& diagnostics)
      : options_(options), context_(context), diagnostics_(diagnostics) {}

  Result<> add_spec(std::size_t index, const lang::Spec& spec, const probe::Answer& answer);
  TracePlan take() { return std::move(plan_); }

 private:
  void add_site(const probe::Found& found, const probe::Site& site);
  void warn(const probe::Found& found, const probe::Site& site, const std::string& why);
  Result<> compile_group(std::size_t index, const lang::Spec& spec, const Group& group);

  const TraceOptions& options_;
  const PlanContext& context_;
  std::vector<SpecDiagnostic>& diagnostics_;
  TracePlan plan_;
  using Key = std::tuple<const probe::Probe*, std::string, std::uint64_t>;
  std::map<Key, Group> groups_;  // of the spec being added
  lang::Diagnostics mistakes_;   // of the spec being added
};

void Planner::warn(const probe::Found& found, const probe::Site& site, const std::string& why) {
  plan_.warnings.push_back(fmt::format("{} at {}+{:#x}: {}", found.probe->full_name(),
                                       found.file->file->name(), site.location.value, why));
}

void Planner::add_site(const probe::Found& found, const probe::Site& site) {
  if (!site.problem.empty()) return warn(found, site, "left out: " + site.problem);
  auto code = attach::read_site_code(*found.file->file, site.offset, found.file->machine);
  if (!code) return warn(found, site, "left out: " + code.error().what);
  if (*code == attach::SiteCode::kNotNop) {
    return warn(
        found, site,
        "left out: the instruction there is no nop, and a breakpoint on it could damage the "
        "program");
  }
  if (*code == attach::SiteCode::kNop5) {
    warn(found, site,
         "this site is a bare 5-byte nop: Linux 6.18 optimises it in a way that corrupts leaf "
         "functions and kills forked children of the traced program; rebuild it with "
         "<spile/probe.h> or systemtap's <sys/sdt.h>");
  }
  std::uint64_t skip = context_.use_nop10 && *code == attach::SiteCode::kNopNop10 ? 1 : 0;
  bool is_relative = std::ranges::any_of(site.args, depends_on_site);
  Key key{found.probe, site.args_text, is_relative ? site.offset.value : 0};
  Group& group = groups_[key];
  group.found = found;
  kernel::MultiSite where{FileOffset{site.offset.value + skip}, site.semaphore};
  if (!group.offsets.insert(where.offset).second) return;
  group.sites.push_back(&site);
  group.attach.push_back(where);
  group.attached_at = LinkAddr{site.location.value + skip};
}

Result<> Planner::compile_group(std::size_t index, const lang::Spec& spec, const Group& group) {
  const std::vector<note::ArgSpec>& args = group.sites.front()->args;
  lang::Diagnostics mistakes;
  lang::CheckedSpec checked = lang::check(spec, args, mistakes);
  if (!mistakes.empty()) {
    std::ranges::move(mistakes, std::back_inserter(mistakes_));
    return {};
  }
  ir::CompileOptions options{
      .spec_index = static_cast<std::uint32_t>(index),
      .program_index = static_cast<std::uint32_t>(plan_.programs.size()),
      .pid = context_.pid,
      .pid_namespace = context_.pid_namespace,
      .comm_filter = options_.comm_filter,
      .with_time = options_.time != output::TimeColumn::kNone,
      .sleepable = context_.sleepable,
      .text_capacity = options_.text_capacity,
  };
  ir::SiteInfo site{group.found.file->machine, group.attached_at, args};
  auto compiled = ir::compile(checked, site, options);
  if (!compiled) {
    Error error = std::move(compiled).error();
    error.what = fmt::format("compile {} for {}: {}", group.found.probe->full_name(),
                             group.found.file->file->name(), error.what);
    return std::unexpected(std::move(error));
  }
  plan_.programs.push_back(
      {index, group.found.file->file, group.attach, std::move(compiled->program)});
  plan_.layouts.push_back(std::move(compiled->layout));
  output::Presentation shown{to_printable(function_column(spec.selector, *group.found.probe)), {}};
  for (const lang::FormatPiece& piece : *checked.spec.format) {
    shown.pieces.push_back({piece.text, piece.flags, piece.conversion});
  }
  plan_.presentations.push_back(std::move(shown));
  plan_.sites_of_spec[index] += group.attach.size();
  return {};
}

Result<> Planner::add_spec(std::size_t index, const lang::Spec& spec, const probe::Answer& answer) {
  groups_.clear();
  mistakes_.clear();
  plan_.sites_of_spec.push_back(0);
  for (const probe::Found& found : answer.found) {
    for (const probe::Site& site : found.probe->sites) add_site(found, site);
  }
  for (const auto& [key, group] : groups_) SPILE_CHECK(compile_group(index, spec, group));
  if (plan_.sites_of_spec[index] > 0) {
    // Some sites fit the spec: those that do not are left out, and named.
    for (const lang::Diagnostic& mistake : mistakes_) {
      plan_.warnings.push_back(
          fmt::format("a site of {} is left out: {}", spec.selector.probe, mistake.message));
    }
    return {};
  }
  std::set<std::pair<std::size_t, std::string>> told;
  for (lang::Diagnostic& mistake : mistakes_) {
    bool is_new = told.emplace(mistake.span.begin, mistake.message).second;
    if (is_new) diagnostics_.push_back({index, std::move(mistake)});
  }
  if (mistakes_.empty()) {
    std::string why = plan_.warnings.empty() ? "it has no site" : plan_.warnings.back();
    return fail(Errc::kUnsupported,
                fmt::format("no site of {} can be traced: {}", spec.selector.probe, why));
  }
  return {};
}

}  // namespace

Result<TracePlan> make_plan(const std::vector<lang::Spec>& specs,
                            const std::vector<probe::Answer>& answers, const TraceOptions& options,
                            const PlanContext& context, std::vector<SpecDiagnostic>& diagnostics) {
  Planner planner(options, context, diagnostics);
  for (std::size_t i = 0; i < specs.size(); ++i) {
    SPILE_CHECK(planner.add_spec(i, specs[i], answers[i]));
  }
  return planner.take();
}

}  // namespace spile::cli
