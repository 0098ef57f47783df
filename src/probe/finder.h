// SPDX-License-Identifier: MIT
// Target and names to probes: the files of one process, of every process, or one file by name, each
// read once however many specs ask for it.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "probe/probe_file.h"
#include "target/process.h"

namespace spile::probe {

struct Query {
  std::string module;    // path, library or program name; empty: every file of the target
  std::string provider;  // glob; empty: any
  std::string name;      // glob
};

struct Found {
  std::shared_ptr<const ProbeFile> file;
  const Probe* probe = nullptr;  // in *file
};

struct Answer {
  std::vector<Found> found;
  std::vector<std::string> searched;  // names of the files that were read
  std::vector<std::string> existing;  // provider:name of every probe in them, for suggestions
  std::vector<Error> unreadable;      // files of the target that could not be read
};

class Finder {
 public:
  // Without a process, a query without a module looks at every process that the caller can see.
  explicit Finder(const target::Process* process) : process_(process) {}

  // kNotFound: the module is no file that can be found. An answer without probes is no error.
  Result<Answer> find(const Query& query);

 private:
  struct Files {
    std::vector<std::shared_ptr<const ProbeFile>> files;
    std::vector<Error> unreadable;
  };
  Result<Files> files_for(const std::string& module);
  Result<Files> module_files(const std::string& module);
  Result<Files> all_files();
  void add_mapped(const target::Process& process, const std::string& module, Files& into);
  Result<std::shared_ptr<const ProbeFile>> read(std::shared_ptr<const target::File> file);

  const target::Process* process_;
  std::map<target::FileId, Result<std::shared_ptr<const ProbeFile>>> cache_;
  std::map<std::string, Files> answers_;  // by module
};

}  // namespace spile::probe
