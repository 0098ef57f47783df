// SPDX-License-Identifier: MIT
// What the shell sees, the same for every subcommand, and how an Error is told to a person.
#pragma once

#include "base/result.h"

namespace spile::cli {

enum ExitCode : int {
  kExitOk = 0,
  kExitFailed = 1,         // the request failed, or a part of it did
  kExitUsage = 2,          // the command line or a probe specification is wrong
  kExitNotFound = 3,       // no such process, file or probe
  kExitDenied = 4,         // a privilege is missing
  kExitUnsupported = 5,    // this kernel cannot
  kExitInterrupted = 130,  // ended by SIGINT
  kExitTerminated = 143,   // ended by SIGTERM
};

int to_exit_code(Errc code);

// "spile: <what>" and, indented below it, the hint; on stderr. Safe for terminals.
void print_error(const Error& error);

}  // namespace spile::cli
