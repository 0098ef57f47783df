// SPDX-License-Identifier: MIT
#include "target/open_mapped.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>

#include <cerrno>

namespace spile::target {
namespace {

// What people are shown: the path as maps has it, because for a deleted file or memfd there is no
// better one that stays valid.
std::string display_name(const Mapping& mapping) {
  return mapping.deleted ? mapping.path + " (deleted)" : mapping.path;
}

// On btrfs and overlayfs fstat() reports a device of its own, always one without hardware (major
// 0), where maps shows that of the layer below: there the inode number has to do.
bool is_same_file(const struct stat& info, const FileId& id) {
  if (info.st_ino != id.inode) return false;
  return info.st_dev == id.device || major(info.st_dev) == 0 || major(id.device) == 0;
}

bool is_mapped_file(int fd, const FileId& id) {
  struct stat info{};
  return ::fstat(fd, &info) == 0 && is_same_file(info, id);
}

UniqueFd open_map_file(int proc_dir, const Mapping& mapping) {
  std::string name = fmt::format("map_files/{:x}-{:x}", mapping.start.value, mapping.end.value);
  return UniqueFd(::openat(proc_dir, name.c_str(), O_PATH | O_CLOEXEC));
}

UniqueFd open_checked(int proc_dir, const std::string& name, const FileId& id) {
  UniqueFd fd(::openat(proc_dir, name.c_str(), O_PATH | O_CLOEXEC));
  return fd.valid() && is_mapped_file(fd.get(), id) ? std::move(fd) : UniqueFd();
}

// Among the target's own descriptors: how a memfd is found without further privileges.
UniqueFd open_target_fd(int proc_dir, const FileId& id) {
  constexpr int kMaxDescriptors = 65'536;
  int list = ::openat(proc_dir, "fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (list < 0) return UniqueFd();
  DIR* dir = ::fdopendir(list);
  if (dir == nullptr) {
    ::close(list);
    return UniqueFd();
  }
  UniqueFd found;
  int left = kMaxDescriptors;
  while (const dirent* entry = ::readdir(dir)) {
    if (entry->d_name[0] == '.') continue;
    if (--left < 0) break;
    struct stat info{};
    if (::fstatat(list, entry->d_name, &info, 0) != 0 || !is_same_file(info, id)) continue;
    found = open_checked(list, entry->d_name, id);
    if (found.valid()) break;
  }
  ::closedir(dir);
  return found;
}

// RESOLVE_IN_ROOT: a container's symbolic links cannot lead out of it to the host's files.
UniqueFd open_in_root(int proc_dir, const std::string& path) {
  UniqueFd root(::openat(proc_dir, "root", O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!root.valid()) return UniqueFd();
  open_how how{};
  how.flags = O_PATH | O_CLOEXEC;
  how.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS;
  return UniqueFd(
      static_cast<int>(::syscall(SYS_openat2, root.get(), path.c_str(), &how, sizeof(how))));
}

std::unexpected<Error> explain_failure(const Mapping& mapping, const std::string& who,
                                       int map_files_errno) {
  std::string what = fmt::format("open {}, mapped by {}", display_name(mapping), who);
  if (map_files_errno == EPERM || map_files_errno == EACCES) {
    return fail_errno(std::move(what), map_files_errno,
                      "run as root, or with CAP_SYS_PTRACE, CAP_CHECKPOINT_RESTORE and "
                      "CAP_DAC_READ_SEARCH");
  }
  if (map_files_errno == ENOENT || map_files_errno == ESRCH) {
    return fail(Errc::kNotFound, what + ": the mapping is gone", "list again");
  }
  return fail_errno(std::move(what), map_files_errno);
}

}  // namespace

Result<std::shared_ptr<const File>> open_mapped(int proc_dir, const Mapping& mapping,
                                                const std::string& who) {
  UniqueFd fd = open_map_file(proc_dir, mapping);
  int map_files_errno = fd.valid() ? 0 : errno;
  if (!fd.valid()) fd = open_checked(proc_dir, "exe", mapping.id);
  if (!fd.valid()) fd = open_target_fd(proc_dir, mapping.id);
  if (!fd.valid() && !mapping.deleted) {
    fd = open_in_root(proc_dir, mapping.path);
    if (fd.valid() && !is_mapped_file(fd.get(), mapping.id)) {
      return fail(Errc::kNotFound,
                  fmt::format("open {}, mapped by {}: another file is at that path now",
                              display_name(mapping), who),
                  "the program was updated while it runs: restart it, or use "
                  "CAP_CHECKPOINT_RESTORE to read what it really has mapped");
    }
  }
  if (!fd.valid()) return explain_failure(mapping, who, map_files_errno);
  return File::adopt(std::move(fd), display_name(mapping));
}

}  // namespace spile::target
