// SPDX-License-Identifier: MIT
// A running process, held by a pidfd and a descriptor of /proc/PID so that a reused pid can never
// be mistaken for it, and the files it has mapped (also memfds and deleted ones).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/address.h"
#include "base/result.h"
#include "base/unique_fd.h"
#include "target/file.h"

namespace spile::target {

// One line of /proc/PID/maps with a file behind it.
struct Mapping {
  RunAddr start;
  RunAddr end;
  FileOffset offset;
  bool readable = false, writable = false, executable = false, is_private = false;
  FileId id;         // as maps says (overlayfs may differ from fstat)
  std::string path;  // unescaped, without " (deleted)"
  bool deleted = false;

  // Where this mapping has a byte of the file, if it has it.
  bool contains(FileOffset at) const {
    return at.value >= offset.value && at.value - offset.value < end.value - start.value;
  }
  RunAddr to_run_addr(FileOffset at) const {
    return RunAddr{start.value + (at.value - offset.value)};
  }
};

class Process {
 public:
  static Result<Process> open(NsPid pid);

  NsPid pid() const { return pid_; }
  int pidfd() const { return pidfd_.get(); }
  bool exited() const;  // by the pidfd
  Result<std::string> read_comm() const;
  Result<std::vector<Mapping>> read_mappings() const;  // only those with a file
  // The very file behind a mapping: map_files, exe, fd/N, then root/PATH checked against maps.
  Result<std::shared_ptr<const File>> open_mapped(const Mapping& mapping) const;

 private:
  NsPid pid_;
  UniqueFd pidfd_;
  UniqueFd proc_dir_;
};

// The distinct files that a process has mapped executable, opened; files that could not be opened
// are reported beside them.
struct MappedFiles {
  struct Entry {
    std::shared_ptr<const File> file;
    std::vector<Mapping> mappings;  // all of this file's, executable or not
  };
  std::vector<Entry> files;
  std::vector<Error> unreadable;
};
Result<MappedFiles> open_mapped_files(const Process& process);

// Every process the caller can see, ascending.
Result<std::vector<NsPid>> list_pids();

}  // namespace spile::target
