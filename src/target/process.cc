// SPDX-License-Identifier: MIT
#include "target/process.h"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/syscall.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <map>

#include "target/maps.h"
#include "target/open_mapped.h"
#include "target/proc_text.h"

namespace spile::target {
namespace {

constexpr const char* kPtraceHint =
    "it belongs to another user or holds more capabilities: run as root, or with CAP_SYS_PTRACE "
    "(and CAP_PERFMON on Linux 6.15 and later)";

std::string describe(NsPid pid) { return "process " + std::to_string(pid.value); }

// The thread group that a thread id belongs to, 0 when there is no such thread.
std::int32_t find_thread_group(NsPid tid) {
  auto status = read_text_at(AT_FDCWD, "/proc/" + std::to_string(tid.value) + "/status", "status");
  if (!status) return 0;
  std::size_t at = status->find("\nTgid:\t");
  std::int32_t group = 0;
  if (at == status->npos) return 0;
  std::from_chars(status->data() + at + 7, status->data() + status->size(), group);
  return group;
}

std::unexpected<Error> explain_missing(NsPid pid, int sys_errno) {
  std::string what = "look at " + describe(pid);
  if (std::int32_t group = find_thread_group(pid); group != 0 && group != pid.value) {
    return fail(Errc::kNotFound, what + ": it is a thread of " + describe(NsPid{group}),
                "use -p " + std::to_string(group));
  }
  if (sys_errno == ESRCH || sys_errno == ENOENT || sys_errno == EINVAL) {
    return fail(Errc::kNotFound, what + ": no such process",
                "it may have ended, or live in another pid namespace; ps shows those visible here");
  }
  return fail_errno(what, sys_errno);
}

std::unexpected<Error> explain_maps(NsPid pid, Error error) {
  if (error.sys_errno == EACCES || error.sys_errno == EPERM) error.hint = kPtraceHint;
  if (error.sys_errno == ESRCH || error.sys_errno == ENOENT) {
    return fail(Errc::kNotFound, "look at " + describe(pid) + ": it has ended");
  }
  return std::unexpected(std::move(error));
}

}  // namespace

Result<Process> Process::open(NsPid pid) {
  if (pid.value <= 0) {
    return fail(Errc::kNotFound, "look at " + describe(pid) + ": process ids start at 1");
  }
  Process process;
  process.pid_ = pid;
  process.pidfd_ = UniqueFd(static_cast<int>(::syscall(SYS_pidfd_open, pid.value, 0)));
  if (!process.pidfd_.valid()) return explain_missing(pid, errno);
  std::string path = "/proc/" + std::to_string(pid.value);
  process.proc_dir_ = UniqueFd(::open(path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!process.proc_dir_.valid()) {
    return fail_errno("open " + path, errno, "is /proc mounted, and of this pid namespace?");
  }
  // The id may have passed to another process between the two: then the first one has ended.
  if (process.exited()) return explain_missing(pid, ESRCH);
  return process;
}

bool Process::exited() const {
  pollfd entry{pidfd_.get(), POLLIN, 0};
  return ::poll(&entry, 1, 0) > 0;
}

Result<std::string> Process::read_comm() const {
  std::string comm =
      SPILE_TRY(read_text_at(proc_dir_.get(), "comm", "the name of " + describe(pid_)));
  if (comm.ends_with('\n')) comm.pop_back();
  return comm;
}

Result<std::vector<Mapping>> Process::read_mappings() const {
  Result<std::string> text =
      read_text_at(proc_dir_.get(), "maps", "the memory map of " + describe(pid_));
  if (!text) return explain_maps(pid_, std::move(text).error());
  return parse_mappings(*text);
}

Result<std::shared_ptr<const File>> Process::open_mapped(const Mapping& mapping) const {
  return target::open_mapped(proc_dir_.get(), mapping, describe(pid_));
}

Result<MappedFiles> open_mapped_files(const Process& process) {
  std::vector<Mapping> mappings = SPILE_TRY(process.read_mappings());
  std::map<FileId, std::vector<const Mapping*>> by_file;
  for (const Mapping& mapping : mappings) by_file[mapping.id].push_back(&mapping);
  MappedFiles out;
  for (const Mapping& mapping : mappings) {
    auto all = by_file.find(mapping.id);
    if (!mapping.executable || all == by_file.end()) continue;
    Result<std::shared_ptr<const File>> file = process.open_mapped(mapping);
    if (file) {
      MappedFiles::Entry& entry = out.files.emplace_back();
      entry.file = std::move(*file);
      for (const Mapping* each : all->second) entry.mappings.push_back(*each);
    } else {
      out.unreadable.push_back(std::move(file).error());
    }
    by_file.erase(all);
  }
  return out;
}

Result<std::vector<NsPid>> list_pids() {
  DIR* proc = ::opendir("/proc");
  if (proc == nullptr) return fail_errno("list /proc", errno);
  std::vector<NsPid> pids;
  while (const dirent* entry = ::readdir(proc)) {
    std::string_view name(entry->d_name);
    std::int32_t pid = 0;
    auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), pid);
    if (error == std::errc() && end == name.data() + name.size()) pids.push_back(NsPid{pid});
  }
  ::closedir(proc);
  std::sort(pids.begin(), pids.end());
  return pids;
}

}  // namespace spile::target
