// SPDX-License-Identifier: MIT
// From what the user named to the probes of files. A target that cannot be read leaves an Error
// beside the others, it never ends the scan.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "probe/probe_file.h"
#include "target/process.h"

namespace spile::cli {

struct ListRequest {
  std::vector<std::string> files;
  std::vector<std::string> modules;  // -l; with pids: which of their files
  std::vector<std::int32_t> pids;    // -p
  bool everything = false;           // -a
  std::vector<std::string> filters;  // globs; none: every probe
  probe::Detail detail = probe::Detail::kArguments;
};

struct ListedFile {
  probe::ProbeFile content;        // only the probes that pass the filters
  std::string path;                // one that this process can open
  std::vector<std::int32_t> pids;  // that have it mapped, as far as they were looked at
};

// What one word of the command line stood for.
struct ListedTarget {
  std::string title;                     // "process 42 (python3)", "/usr/bin/app", "app"
  std::vector<ListedFile> files;         // those with probes that pass the filters
  std::vector<std::string> searched;     // every file that was read
  std::vector<std::string> probe_names;  // all of them, before the filters
};

struct Listing {
  std::vector<ListedTarget> targets;
  std::vector<Error> errors;
};

Listing scan(const ListRequest& request);

}  // namespace spile::cli
