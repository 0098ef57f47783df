// SPDX-License-Identifier: MIT
// spile trace, from the command line to the last line of output. run_trace reads as the table of
// contents: parse, open the target, find the sites, check and compile, attach, run.
#include <fmt/format.h>

#include <memory>

#include "attach/nop10_self_test.h"
#include "attach/session.h"
#include "base/near_names.h"
#include "base/printable.h"
#include "bpf/disassembler.h"
#include "cli/commands.h"
#include "cli/exit_codes.h"
#include "cli/trace_options.h"
#include "cli/trace_plan.h"
#include "cli/trace_run.h"
#include "kernel/features.h"
#include "lang/parser.h"
#include "target/pid_namespace.h"

namespace spile::cli {
namespace {

constexpr std::uint32_t kRingBytes = 4 << 20;
constexpr const char* kFooter = R"(Specs:
  u:FILE:probe  u:FILE:provider:probe  u:LIBRARY:probe  u::probe (any file of -p PID)
  then, optionally:  (predicate)  "format", value, value ...

  Values: arg1 ... argN, pid, tid, uid, gid, cpu, comm, and C expressions over them.
  Text is compared with == and !=, and by prefix with STRCMP("prefix", arg1).
  Formats: %d %i %u %x %o %c %s %p %f %%, with flags, width and precision as in printf.
  Without a format every argument is shown. Names may hold * ? [...].

Examples:
  spile trace -p 1234 'u::p1 (arg1 % 2 == 0) "i=%d err=%s", arg1, arg2'
  spile trace -p 1234 'u:c:malloc*'           every malloc probe of the process's libc
  spile trace 'u:/usr/bin/python3.11:line "%s:%d", arg1, arg3'
  spile trace -M 10 -t 'u:/usr/lib/postgresql/15/bin/postgres:query__start "%s", arg1'

Exit codes: 0 done, 1 failed, 2 a mistake in the command or a spec, 3 no such process, file or
probe, 4 not permitted, 5 this kernel cannot, 130 ended by Ctrl-C, 143 by SIGTERM.)";

void print_diagnostic(const lang::Diagnostic& diagnostic, const std::string& source) {
  // Messages may name probes and files of the target, and those may hold anything.
  lang::Diagnostic safe = {diagnostic.span, to_printable(diagnostic.message),
                           to_printable(diagnostic.hint)};
  fmt::print(stderr, "spile: {}", lang::render(safe, source));
}

// The specs, or nothing once the mistakes are told.
std::optional<std::vector<lang::Spec>> parse_specs(const std::vector<std::string>& sources) {
  std::vector<lang::Spec> specs;
  for (const std::string& source : sources) {
    lang::Diagnostics mistakes;
    auto spec = lang::parse_spec(source, mistakes);
    for (const lang::Diagnostic& mistake : mistakes) print_diagnostic(mistake, source);
    if (spec) specs.push_back(std::move(*spec));
  }
  if (specs.size() != sources.size()) return std::nullopt;
  return specs;
}

std::string suggest(const std::string& wanted, bool with_provider, const probe::Answer& answer) {
  if (answer.searched.empty() && answer.unreadable.empty()) {
    return "it maps no file at all, as kernel threads do: there is nothing to trace in user space";
  }
  if (answer.existing.empty()) {
    return "there are no probes at all; spile list -a shows where there are some";
  }
  std::vector<std::string> names = answer.existing;
  if (!with_provider) {
    for (std::string& name : names) name.erase(0, name.find(':') + 1);
  }
  std::vector<std::string> near = find_near_names(wanted, names);
  if (!near.empty()) return fmt::format("did you mean {}?", fmt::join(near, " or "));
  std::size_t shown = std::min<std::size_t>(answer.existing.size(), 8);
  return fmt::format("the probes are {}{}",
                     fmt::join(answer.existing.begin(), answer.existing.begin() + shown, ", "),
                     shown < answer.existing.size() ? ", ..." : "");
}

lang::Diagnostic explain_no_probe(const lang::Selector& selector, const probe::Answer& answer) {
  bool with_provider = !selector.provider.empty();
  std::string wanted = with_provider ? selector.provider + ":" + selector.probe : selector.probe;
  std::string where = fmt::format("in the {} files of the target", answer.searched.size());
  if (answer.searched.size() == 1) where = "in " + answer.searched[0];
  if (answer.searched.empty()) where = "in the target: none of its files could be read";
  return {selector.probe_span, fmt::format("there is no probe {} {}", wanted, where),
          suggest(wanted, with_provider, answer)};
}

// What each spec names. Tells what is missing; `missing` says that something was.
Result<std::vector<probe::Answer>> find_probes(const std::vector<lang::Spec>& specs,
                                               const target::Process* process, bool& missing) {
  probe::Finder finder(process);
  std::vector<probe::Answer> answers;
  for (const lang::Spec& spec : specs) {
    const lang::Selector& selector = spec.selector;
    auto found = finder.find({selector.module, selector.provider, selector.probe});
    if (!found && found.error().code != Errc::kNotFound) return std::unexpected(found.error());
    if (!found) {
      print_diagnostic({selector.module_span, found.error().what, found.error().hint}, spec.source);
      missing = true;
      continue;
    }
    answers.push_back(std::move(*found));
    const probe::Answer& answer = answers.back();
    if (!answer.found.empty()) continue;
    if (answer.searched.empty() && !answer.unreadable.empty()) {
      return std::unexpected(answer.unreadable.front());
    }
    print_diagnostic(explain_no_probe(selector, answer), spec.source);
    for (const Error& error : answer.unreadable) print_error(error);
    missing = true;
  }
  return answers;
}

PlanContext make_context(const kernel::Features& features, const attach::Nop10Verdict& nop10,
                         const TraceOptions& options) {
  PlanContext context;
  context.sleepable = features.sleepable;
  context.use_nop10 = nop10.is_usable;
  bool link_filters = features.multi_by_process;  // else every process's firings reach the program
  if (options.pid && !link_filters) context.pid = NsPid{*options.pid};
  if (auto own = target::own_pid_namespace()) {
    context.pid_namespace = ir::PidNamespace{own->device, own->inode};
  }
  return context;
}

Result<> attach_all(attach::Session& session, const TracePlan& plan, const TraceOptions& options) {
  std::optional<NsPid> pid;
  if (options.pid) pid = NsPid{*options.pid};
  for (const PlannedProgram& planned : plan.programs) {
    std::size_t program = SPILE_TRY(session.load(planned.program));
    SPILE_CHECK(session.attach(program, *planned.file, planned.sites, pid));
  }
  return {};
}

// For -v: how the kernel is used, and every program.
void dump(const TracePlan& plan, const kernel::Features& features,
          const attach::Nop10Verdict& nop10) {
  fmt::print(stderr, "; attach by {}; the nop10 of `nop, nop10` is {}: {}\n",
             features.uprobe_multi ? "uprobe_multi" : "perf events",
             nop10.is_usable ? "used" : "not used", nop10.why);
  for (const PlannedProgram& planned : plan.programs) {
    fmt::print(stderr, "{}", bpf::disassemble(planned.program));
  }
}

int exit_code_of(TraceEnd end) {
  if (end == TraceEnd::kSigint) return kExitInterrupted;
  return end == TraceEnd::kSigterm ? kExitTerminated : kExitOk;
}

Result<int> run_trace(const TraceOptions& options) {
  auto specs = parse_specs(options.specs);
  if (!specs) return kExitUsage;

  std::optional<target::Process> process;
  if (options.pid) process = SPILE_TRY(target::Process::open(NsPid{*options.pid}));
  const target::Process* only = process ? &*process : nullptr;

  bool missing = false;
  std::vector<probe::Answer> answers = SPILE_TRY(find_probes(*specs, only, missing));
  if (missing) return kExitNotFound;

  kernel::Features features = SPILE_TRY(kernel::detect_features());
  attach::Nop10Verdict nop10 = attach::test_nop10(features);
  PlanContext context = make_context(features, nop10, options);
  std::vector<SpecDiagnostic> mistakes;
  TracePlan plan = SPILE_TRY(make_plan(*specs, answers, options, context, mistakes));
  for (const auto& [spec, diagnostic] : mistakes)
    print_diagnostic(diagnostic, (*specs)[spec].source);
  if (!mistakes.empty()) return kExitUsage;
  for (const std::string& warning : plan.warnings)
    fmt::print(stderr, "spile: {}\n", to_printable(warning));
  if (options.dump) dump(plan, features, nop10);

  TraceRun run(options, plan);
  StopSignals signals = SPILE_TRY(StopSignals::open());
  attach::Session session = SPILE_TRY(
      attach::Session::open(features, static_cast<std::uint32_t>(specs->size()), ir::kCounters,
                            kRingBytes, [&run](Bytes record) { return run.on_record(record); }));
  SPILE_CHECK(attach_all(session, plan, options));

  TraceEnd end = SPILE_TRY(run.run(session, only, signals));
  SPILE_CHECK(run.finish(session, end));
  return exit_code_of(end);
}

}  // namespace

void add_trace_command(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<TraceOptions>();
  CLI::App* command = app.add_subcommand("trace", "show each firing of probes, live");
  command->footer(kFooter);
  command->add_option("SPEC", options->specs, "what to trace, in one quoted argument each")
      ->required();
  command->add_option("-p,--pid", options->pid, "only this process")
      ->check(CLI::Range(1, 1 << 22));  // PID_MAX_LIMIT of include/linux/threads.h
  command->add_option("-M,--max-events", options->max_events, "stop after N events");
  command->add_option("-d,--duration", options->duration_s, "stop after this many seconds")
      ->check(CLI::Range(0.001, 1e9));
  auto set_time = [options](output::TimeColumn column) {
    return [options, column](std::int64_t) { options->time = column; };
  };
  command
      ->add_flag("-t,--timestamp", set_time(output::TimeColumn::kSinceStart),
                 "add a column: seconds since the start")
      ->excludes(command->add_flag("-T,--time", set_time(output::TimeColumn::kClock),
                                   "add a column: time of day"));
  command->add_option("-n,--name", options->comm_filter, "only threads whose name contains this")
      ->check([](const std::string& part) {
        return part.size() < event::kCommSize ? "" : "thread names have at most 15 characters";
      });
  command
      ->add_option("-s,-Z,--string-size", options->text_capacity, "bytes kept of each text (256)")
      ->check(CLI::Range(8, 16384));
  command->add_flag("-v,--verbose", options->dump, "print the BPF programs to stderr");
  command->callback([options, &exit_code] {
    auto result = run_trace(*options);
    if (!result) print_error(result.error());
    exit_code = result ? *result : to_exit_code(result.error().code);
  });
}

}  // namespace spile::cli
