// SPDX-License-Identifier: MIT
// The live part of `spile trace`: waits, reads events, prints lines, and stops when it is told to.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "attach/session.h"
#include "base/result.h"
#include "base/unique_fd.h"
#include "cli/trace_options.h"
#include "cli/trace_plan.h"
#include "target/process.h"

namespace spile::cli {

// Why a trace ended.
enum class TraceEnd : std::uint8_t {
  kEnough,
  kTimeIsUp,
  kTargetEnded,
  kSigint,
  kSigterm,
  kNoReader
};

// SIGINT, SIGTERM and SIGHUP as something that can be waited for; they no longer kill.
class StopSignals {
 public:
  static Result<StopSignals> open();
  int fd() const { return fd_.get(); }
  TraceEnd read() const;

 private:
  UniqueFd fd_;
};

class TraceRun {
 public:
  TraceRun(const TraceOptions& options, const TracePlan& plan);

  // For Session::open: one record of the ring buffer. False: no more of them now.
  bool on_record(Bytes record);

  Result<TraceEnd> run(attach::Session& session, const target::Process* process,
                       const StopSignals& signals);
  // Detaches, shows what is still buffered, and says on stderr what was shown and what was lost.
  Result<> finish(attach::Session& session, TraceEnd end);

 private:
  struct Totals {
    std::uint64_t fired = 0, lost = 0, unreadable = 0;
  };
  Result<Totals> read_totals(const attach::Session& session) const;
  bool is_enough() const { return options_.max_events > 0 && shown_ >= options_.max_events; }
  Result<> explain_silence(const attach::Session& session);
  std::string summarize(const Totals& totals, TraceEnd end) const;
  void give_up_unwritten();
  void flush();
  bool wait_for_reader() const;
  // Not while lines wait for a reader that has stalled.
  bool can_write() const { return has_reader_ && unwritten_.empty(); }

  const TraceOptions& options_;
  const TracePlan& plan_;
  output::EventText text_;
  event::Event event_;
  std::uint64_t shown_ = 0;
  std::uint64_t dropped_ = 0;  // events that standard output did not take
  std::string unwritten_;      // lines that standard output did not take yet
  int stop_fd_ = -1;           // readable when it is time to stop
  bool is_stopping_ = false;
  bool has_reader_ = true;
  int write_errno_ = 0;  // why standard output takes no more; 0: it does, or its reader went away
  bool has_explained_ = false;
};

}  // namespace spile::cli
