// SPDX-License-Identifier: MIT
#include "cli/list_scan.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <map>
#include <set>

#include "base/glob.h"
#include "base/near_names.h"
#include "cli/progress.h"
#include "target/library.h"

namespace spile::cli {
namespace {

constexpr std::size_t kMaxNamesKept = 5000;  // for suggestions

bool passes(const probe::Probe& probe, const std::vector<std::string>& filters) {
  if (filters.empty()) return true;
  std::string full_name = probe.full_name();
  return std::any_of(filters.begin(), filters.end(), [&](const std::string& filter) {
    return matches_glob(filter, full_name) || probe::matches(probe, filter);
  });
}

// Programs map all kinds of files executable: code written at run time, Windows libraries.
bool is_elf(const target::File& file) {
  std::array<std::byte, 4> magic{};
  if (!file.source().read_at(0, magic)) return false;
  return std::memcmp(magic.data(), "\177ELF", magic.size()) == 0;
}

// The files of one target, filtered, with what is needed to explain an empty answer.
class TargetReader {
 public:
  TargetReader(std::string title, const ListRequest& request) : request_(request) {
    target_.title = std::move(title);
  }

  // The place of the file in the answer, or -1 when none of its probes is.
  Result<int> add(std::shared_ptr<const target::File> file, std::string path) {
    target_.searched.push_back(file->name());
    ListedFile listed;
    listed.content = SPILE_TRY(probe::read_probe_file(std::move(file), request_.detail));
    listed.path = std::move(path);
    keep_names(listed.content);
    std::erase_if(listed.content.probes,
                  [&](const probe::Probe& probe) { return !passes(probe, request_.filters); });
    if (listed.content.probes.empty()) return -1;
    target_.files.push_back(std::move(listed));
    return static_cast<int>(target_.files.size()) - 1;
  }

  void add_pid(int place, std::int32_t pid) { target_.files[place].pids.push_back(pid); }
  ListedTarget take() { return std::move(target_); }

 private:
  void keep_names(const probe::ProbeFile& content) {
    for (const probe::Probe& probe : content.probes) {
      if (target_.probe_names.size() == kMaxNamesKept) return;
      target_.probe_names.push_back(probe.full_name());
    }
  }

  ListedTarget target_;
  const ListRequest& request_;
};

// A path that opens the file behind a mapping from here: through the process's root, whatever mount
// namespace it lives in, or through its map_files when no path leads there any more.
std::string outside_path(std::int32_t pid, const target::Mapping& mapping) {
  if (!mapping.deleted) return fmt::format("/proc/{}/root{}", pid, mapping.path);
  return fmt::format("/proc/{}/map_files/{:x}-{:x}", pid, mapping.start.value, mapping.end.value);
}

// The plain path when it leads to the same file here, else as above.
std::string shortest_path(std::int32_t pid, const target::Mapping& mapping,
                          const target::FileId& id) {
  struct stat info{};
  bool same = !mapping.deleted && ::stat(mapping.path.c_str(), &info) == 0 &&
              target::FileId{info.st_dev, info.st_ino} == id;
  return same ? mapping.path : outside_path(pid, mapping);
}

Result<ListedTarget> scan_path(const std::string& path, const ListRequest& request) {
  TargetReader reader(path, request);
  std::shared_ptr<const target::File> file = SPILE_TRY(target::File::open(path));
  SPILE_CHECK(reader.add(std::move(file), path));
  return reader.take();
}

Result<ListedTarget> scan_module(const std::string& module, const ListRequest& request) {
  std::string path = SPILE_TRY(target::find_module(module));
  return scan_path(path, request);
}

// ---- one process ----

bool is_wanted(const std::string& path, const std::vector<std::string>& modules) {
  return modules.empty() || std::any_of(modules.begin(), modules.end(), [&](const auto& module) {
           return target::matches_module(path, module);
         });
}

const target::Mapping& first_executable(const target::MappedFiles::Entry& entry) {
  for (const target::Mapping& mapping : entry.mappings) {
    if (mapping.executable) return mapping;
  }
  return entry.mappings.front();
}

std::unexpected<Error> explain_missing_module(const std::string& title, const ListRequest& request,
                                              const target::MappedFiles& mapped) {
  std::vector<std::string> names;
  for (const auto& entry : mapped.files) {
    const std::string& path = entry.mappings.front().path;
    names.push_back(path.substr(path.rfind('/') + 1));
  }
  std::string shown;
  for (const std::string& name : names) shown += (shown.empty() ? "" : ", ") + name;
  return fail(Errc::kNotFound,
              fmt::format("find {} in {}: it has no such file mapped",
                          fmt::join(request.modules, ", "), title),
              shown.empty() ? "it has no readable program code" : "mapped: " + shown);
}

Result<ListedTarget> scan_process(std::int32_t pid, const ListRequest& request,
                                  std::vector<Error>& errors) {
  target::Process process = SPILE_TRY(target::Process::open(NsPid{pid}));
  target::MappedFiles mapped = SPILE_TRY(target::open_mapped_files(process));
  std::string title =
      fmt::format("process {} ({})", pid, process.read_comm().value_or("name unknown"));
  TargetReader reader(title, request);
  bool found = false;
  for (target::MappedFiles::Entry& entry : mapped.files) {
    const target::Mapping& mapping = first_executable(entry);
    if (!is_wanted(mapping.path, request.modules)) continue;
    found = true;
    if (!is_elf(*entry.file)) continue;
    Result<int> place = reader.add(entry.file, outside_path(pid, mapping));
    if (!place) {
      errors.push_back(std::move(place).error());
    } else if (*place >= 0) {
      reader.add_pid(*place, pid);
    }
  }
  for (Error& error : mapped.unreadable) {
    if (error.code != Errc::kBadInput) errors.push_back(std::move(error));  // devices are no loss
  }
  if (!found && !request.modules.empty()) return explain_missing_module(title, request, mapped);
  return reader.take();
}

// ---- every process ----

class SystemScan {
 public:
  SystemScan(const ListRequest& request, std::vector<Error>& errors)
      : reader_("everything that runs", request), errors_(errors) {}

  Result<ListedTarget> run() {
    std::vector<NsPid> pids = SPILE_TRY(target::list_pids());
    Progress progress("processes", pids.size());
    for (NsPid pid : pids) {
      progress.advance();
      look_at(pid);
    }
    progress.finish();
    report_denied(pids.size());
    return reader_.take();
  }

 private:
  // Which of the two ways to know a file by: maps cannot tell apart the files of btrfs subvolumes,
  // so the path belongs to the key; the opened file's own identity joins what has two paths.
  using MapKey = std::pair<target::FileId, std::string>;

  void look_at(NsPid pid) {
    Result<target::Process> process = target::Process::open(pid);
    if (!process) return note_failure(std::move(process).error());
    Result<std::vector<target::Mapping>> mappings = process->read_mappings();
    if (!mappings) return note_failure(std::move(mappings).error());
    std::set<int> places;
    for (const target::Mapping& mapping : *mappings) {
      if (mapping.executable) places.insert(find_place(*process, mapping));
    }
    for (int place : places) {
      if (place >= 0) reader_.add_pid(place, pid.value);
    }
  }

  // One line for all of them: as an ordinary user most processes are out of reach.
  void report_denied(std::size_t processes) {
    if (denied_ == 0 && denied_files_.empty()) return;
    const char* hint =
        ::geteuid() == 0 ? "this root lacks a capability that they hold, or a sandbox shields them"
                         : "run as root, or with CAP_SYS_PTRACE, CAP_PERFMON and "
                           "CAP_CHECKPOINT_RESTORE";
    errors_.push_back({Errc::kDenied,
                       fmt::format("look at everything: {} of {} processes and {} further mapped "
                                   "files may not be read by this user",
                                   denied_, processes, denied_files_.size()),
                       0, hint});
  }

  // A process that ended meanwhile is no failure.
  void note_failure(Error error) {
    if (error.code == Errc::kDenied)
      ++denied_;
    else if (error.code != Errc::kNotFound)
      errors_.push_back(std::move(error));
  }

  int find_place(const target::Process& process, const target::Mapping& mapping) {
    auto [known, is_new] = by_map_.try_emplace({mapping.id, mapping.path}, -1);
    if (!is_new) return known->second;
    Result<std::shared_ptr<const target::File>> file = process.open_mapped(mapping);
    if (!file) {
      by_map_.erase(known);  // the same file of another process may be readable
      if (file.error().code == Errc::kSystem)
        errors_.push_back(std::move(file).error());
      else if (file.error().code == Errc::kDenied)
        denied_files_.insert(mapping.path);
      return -1;
    }
    return known->second = read(process.pid(), mapping, std::move(*file));
  }

  int read(NsPid pid, const target::Mapping& mapping, std::shared_ptr<const target::File> file) {
    auto [known, is_new] = by_file_.try_emplace(file->id(), -1);
    if (!is_new || !is_elf(*file)) return known->second;
    std::string path = shortest_path(pid.value, mapping, file->id());
    Result<int> place = reader_.add(std::move(file), std::move(path));
    if (place) return known->second = *place;
    errors_.push_back(std::move(place).error());
    return -1;
  }

  TargetReader reader_;
  std::vector<Error>& errors_;
  std::map<MapKey, int> by_map_;
  std::map<target::FileId, int> by_file_;
  std::set<std::string> denied_files_;
  std::size_t denied_ = 0;
};

}  // namespace

Listing scan(const ListRequest& request) {
  Listing listing;
  auto keep = [&](Result<ListedTarget> target) {
    if (target)
      listing.targets.push_back(std::move(*target));
    else
      listing.errors.push_back(std::move(target).error());
  };
  for (const std::string& path : request.files) keep(scan_path(path, request));
  for (std::int32_t pid : request.pids) keep(scan_process(pid, request, listing.errors));
  if (request.pids.empty()) {
    for (const std::string& module : request.modules) keep(scan_module(module, request));
  }
  if (request.everything) keep(SystemScan(request, listing.errors).run());
  return listing;
}

}  // namespace spile::cli
