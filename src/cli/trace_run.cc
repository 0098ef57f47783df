// SPDX-License-Identifier: MIT
// Events are fetched by the clock, not by wake-ups: a wake-up costs the traced program more than
// the whole event (reference: 2270 ns against 573 ns a fire).
#include "cli/trace_run.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <csignal>
#include <ctime>

namespace spile::cli {

constexpr int kBusyPollMs = 3;     // while events come
constexpr int kIdlePollMs = 10;    // at most, while none come
constexpr int kLastWaitMs = 1000;  // for a reader that has stalled, when told to stop
constexpr std::uint64_t kSilenceNs = 5'000'000'000;
constexpr std::size_t kFlushBytes = 64 << 10;

static std::uint64_t clock_ns(clockid_t clock) {
  timespec now{};
  ::clock_gettime(clock, &now);
  return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000 +
         static_cast<std::uint64_t>(now.tv_nsec);
}

Result<StopSignals> StopSignals::open() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  struct sigaction hangup{};
  ::sigaction(SIGHUP, nullptr, &hangup);
  if (hangup.sa_handler != SIG_IGN) sigaddset(&set, SIGHUP);  // nohup's wish is kept
  ::sigprocmask(SIG_BLOCK, &set, nullptr);
  ::signal(SIGPIPE, SIG_IGN);
  StopSignals signals;
  signals.fd_ = UniqueFd(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
  if (!signals.fd_.valid()) return fail_errno("wait for signals", errno);
  return signals;
}

TraceEnd StopSignals::read() const {
  signalfd_siginfo info{};
  ssize_t got = ::read(fd_.get(), &info, sizeof(info));
  return got == sizeof(info) && info.ssi_signo == SIGINT ? TraceEnd::kSigint : TraceEnd::kSigterm;
}

TraceRun::TraceRun(const TraceOptions& options, const TracePlan& plan)
    : options_(options),
      plan_(plan),
      text_(options.time, clock_ns(CLOCK_MONOTONIC),
            static_cast<std::int64_t>(clock_ns(CLOCK_REALTIME) - clock_ns(CLOCK_MONOTONIC))) {}

// A pipe that is ready takes PIPE_BUF bytes without blocking, so a reader that has stalled cannot
// keep a signal from being heard. False: standard output is not ready, and it is time to stop.
bool TraceRun::wait_for_reader() const {
  std::array<pollfd, 2> waiting = {{{STDOUT_FILENO, POLLOUT, 0}, {stop_fd_, POLLIN, 0}}};
  while (::poll(waiting.data(), waiting.size(), is_stopping_ ? kLastWaitMs : -1) < 0) {
    if (errno != EINTR) return true;  // write(2) will tell
  }
  return waiting[0].revents != 0;
}

void TraceRun::flush() {
  unwritten_ += text_.text();
  text_.clear();
  std::string_view rest = unwritten_;
  while (has_reader_ && !rest.empty() && wait_for_reader()) {
    ssize_t written =
        ::write(STDOUT_FILENO, rest.data(), std::min<std::size_t>(rest.size(), PIPE_BUF));
    if (written >= 0) {
      rest.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno != EINTR && errno != EAGAIN) {
      has_reader_ = false;
      if (errno != EPIPE) write_errno_ = errno;
    }
  }
  unwritten_.erase(0, unwritten_.size() - rest.size());
}

bool TraceRun::on_record(Bytes record) {
  if (is_enough()) return false;
  if (!can_write()) {
    ++dropped_;
    return true;
  }
  auto decoded = event::decode(record, plan_.layouts, event_);
  SPILE_ASSERT(decoded.has_value());  // only our own programs write there
  text_.append(event_, plan_.presentations[event_.program]);
  ++shown_;
  if (text_.text().size() >= kFlushBytes) flush();
  return !is_enough() && can_write();
}

Result<TraceRun::Totals> TraceRun::read_totals(const attach::Session& session) const {
  Totals totals;
  for (std::uint32_t spec = 0; spec < plan_.sites_of_spec.size(); ++spec) {
    std::vector<std::uint64_t> row = SPILE_TRY(session.read_counters(spec));
    totals.fired += row[static_cast<std::size_t>(ir::Counter::kFired)];
    totals.lost += row[static_cast<std::size_t>(ir::Counter::kLost)];
    totals.unreadable += row[static_cast<std::size_t>(ir::Counter::kUnreadable)];
  }
  return totals;
}

static const char* plural(std::uint64_t count) { return count == 1 ? "" : "s"; }

Result<> TraceRun::explain_silence(const attach::Session& session) {
  has_explained_ = true;
  Totals totals = SPILE_TRY(read_totals(session));
  std::size_t sites = 0;
  for (std::size_t count : plan_.sites_of_spec) sites += count;
  if (totals.fired == 0) {
    fmt::print(
        stderr,
        "spile: attached to {} site{}; nothing has reached {} yet; still waiting, Ctrl-C ends\n",
        sites, plural(sites), sites == 1 ? "it" : "them");
  } else {
    fmt::print(
        stderr,
        "spile: the probes fired {} time{} and every firing was rejected by the predicate or "
        "-n; still waiting, Ctrl-C ends\n",
        totals.fired, plural(totals.fired));
  }
  return {};
}

Result<TraceEnd> TraceRun::run(attach::Session& session, const target::Process* process,
                               const StopSignals& signals) {
  stop_fd_ = signals.fd();
  text_.append_header();
  flush();
  std::uint64_t start = clock_ns(CLOCK_MONOTONIC);
  std::array<pollfd, 3> waiting = {{
      {signals.fd(), POLLIN, 0},
      {process != nullptr ? process->pidfd() : -1, POLLIN, 0},
      {STDOUT_FILENO, 0, 0},  // POLLERR: a pipe whose reader is gone
  }};
  int poll_ms = 1;
  while (true) {
    if (::poll(waiting.data(), waiting.size(), poll_ms) < 0 && errno != EINTR) {
      return fail_errno("wait for events", errno);
    }
    // Lines still wait when a signal came while the reader was slow: finish() gives it time.
    std::size_t taken = 0;
    if (can_write()) taken = SPILE_TRY(session.consume());
    flush();
    poll_ms = taken > 0 ? kBusyPollMs : std::min(poll_ms + 1, kIdlePollMs);
    if (is_enough()) return TraceEnd::kEnough;
    if (!has_reader_ || (waiting[2].revents & POLLERR) != 0) return TraceEnd::kNoReader;
    if (waiting[0].revents != 0) return signals.read();
    if (waiting[1].revents != 0) return TraceEnd::kTargetEnded;
    std::uint64_t elapsed = clock_ns(CLOCK_MONOTONIC) - start;
    if (options_.duration_s > 0 && static_cast<double>(elapsed) >= options_.duration_s * 1e9) {
      return TraceEnd::kTimeIsUp;
    }
    if (shown_ == 0 && !has_explained_ && elapsed > kSilenceNs)
      SPILE_CHECK(explain_silence(session));
  }
}

// fired = shown + lost + rejected + skipped + dropped, as far as the trace saw them all.
std::string TraceRun::summarize(const Totals& totals, TraceEnd end) const {
  std::string summary =
      fmt::format("{} event{} shown, {} lost", shown_, plural(shown_), totals.lost);
  std::uint64_t accounted = shown_ + totals.lost + totals.unreadable + dropped_;
  bool saw_all = end != TraceEnd::kEnough && end != TraceEnd::kNoReader;
  if (saw_all && totals.fired > accounted) {
    summary += fmt::format(", {} rejected by the filters", totals.fired - accounted);
  }
  if (totals.unreadable > 0) {
    summary += fmt::format(", {} skipped because the predicate's argument could not be read",
                           totals.unreadable);
  }
  if (dropped_ > 0 && end != TraceEnd::kNoReader) {
    summary += fmt::format(", {} dropped because standard output took no more", dropped_);
  }
  return summary;
}

// What a reader that has stalled did not take was not shown after all.
void TraceRun::give_up_unwritten() {
  auto lines = static_cast<std::uint64_t>(std::ranges::count(unwritten_, '\n'));
  lines = std::min(lines, shown_);  // the header is no event
  shown_ -= lines;
  dropped_ += lines;
}

Result<> TraceRun::finish(attach::Session& session, TraceEnd end) {
  session.detach();
  is_stopping_ = true;
  stop_fd_ = -1;
  flush();
  while (!is_enough() && SPILE_TRY(session.consume()) > 0) {
    if (can_write()) flush();
  }
  give_up_unwritten();
  Totals totals = SPILE_TRY(read_totals(session));
  if (end == TraceEnd::kTargetEnded) {
    fmt::print(stderr, "spile: process {} has ended\n", *options_.pid);
  }
  fmt::print(stderr, "spile: {}\n", summarize(totals, end));
  if (totals.lost > 0) {
    fmt::print(stderr,
               "  hint: events came faster than they could be read; a predicate rejects in "
               "the kernel, before anything is copied\n");
  }
  if (write_errno_ != 0) return fail_errno("write to standard output", write_errno_);
  return {};
}

}  // namespace spile::cli
