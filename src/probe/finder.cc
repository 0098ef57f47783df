// SPDX-License-Identifier: MIT
#include "probe/finder.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/glob.h"
#include "target/library.h"

namespace spile::probe {

using FileResult = Result<std::shared_ptr<const ProbeFile>>;

FileResult Finder::read(std::shared_ptr<const target::File> file) {
  auto known = cache_.find(file->id());
  if (known != cache_.end()) return known->second;
  target::FileId id = file->id();
  auto probes = read_probe_file(std::move(file));
  FileResult result = probes ? FileResult(std::make_shared<const ProbeFile>(std::move(*probes)))
                             : FileResult(std::unexpected(std::move(probes).error()));
  cache_.emplace(id, result);
  return result;
}

void Finder::add_mapped(const target::Process& process, const std::string& module, Files& into) {
  auto mapped = target::open_mapped_files(process);
  if (!mapped) {
    into.unreadable.push_back(std::move(mapped).error());
    return;
  }
  std::ranges::move(mapped->unreadable, std::back_inserter(into.unreadable));
  for (target::MappedFiles::Entry& entry : mapped->files) {
    bool is_wanted =
        module.empty() || std::ranges::any_of(entry.mappings, [&](const auto& mapping) {
          return target::matches_module(mapping.path, module);
        });
    if (!is_wanted) continue;
    auto file = read(entry.file);
    if (!file) {
      into.unreadable.push_back(std::move(file).error());
    } else if (std::ranges::find(into.files, *file) == into.files.end()) {
      into.files.push_back(std::move(*file));
    }
  }
}

Result<Finder::Files> Finder::all_files() {
  Files all;
  for (NsPid pid : SPILE_TRY(target::list_pids())) {
    auto process = target::Process::open(pid);
    if (process) add_mapped(*process, "", all);  // one that has ended meanwhile is no loss
  }
  return all;
}

Result<Finder::Files> Finder::module_files(const std::string& module) {
  std::string path = SPILE_TRY(target::find_module(module));
  Files files;
  files.files.push_back(SPILE_TRY(read(SPILE_TRY(target::File::open(path)))));
  return files;
}

Result<Finder::Files> Finder::files_for(const std::string& module) {
  auto known = answers_.find(module);
  if (known != answers_.end()) return known->second;
  Files files;
  if (process_ != nullptr) add_mapped(*process_, module, files);
  if (files.files.empty() && !module.empty()) {
    // Not mapped, or not yet: the process may load it later.
    files = SPILE_TRY(module_files(module));
  } else if (process_ == nullptr) {
    files = SPILE_TRY(all_files());
  }
  answers_.emplace(module, files);
  return files;
}

Result<Answer> Finder::find(const Query& query) {
  Files files = SPILE_TRY(files_for(query.module));
  Answer answer;
  answer.unreadable = std::move(files.unreadable);
  for (const auto& file : files.files) {
    answer.searched.push_back(file->file->name());
    for (const Probe& probe : file->probes) {
      answer.existing.push_back(probe.full_name());
      bool is_wanted = (query.provider.empty() || matches_glob(query.provider, probe.provider)) &&
                       matches_glob(query.name, probe.name);
      if (is_wanted) answer.found.push_back({file, &probe});
    }
  }
  return answer;
}

}  // namespace spile::probe
