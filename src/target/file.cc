// SPDX-License-Identifier: MIT
#include "target/file.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>

namespace spile::target {
namespace {

const char* describe_kind(mode_t mode) {
  if (S_ISDIR(mode)) return "is a directory";
  if (S_ISFIFO(mode)) return "is a FIFO";
  if (S_ISSOCK(mode)) return "is a socket";
  if (S_ISCHR(mode) || S_ISBLK(mode)) return "is a device";
  return "is not a regular file";
}

std::string hint_for(int sys_errno) {
  switch (sys_errno) {
    case ENOENT: return "check the path; a program in PATH or a library is found by its name alone";
    case EACCES:
    case EPERM: return "read it as its owner or as root";
    default: return {};
  }
}

Result<struct stat> read_stat(int fd, const std::string& name) {
  struct stat info{};
  if (::fstat(fd, &info) != 0) return fail_errno("examine " + name, errno);
  if (S_ISREG(info.st_mode)) return info;
  return fail(Errc::kBadInput, "read " + name + ": it " + describe_kind(info.st_mode),
              "only a regular file can hold probes");
}

std::string fd_path(int fd) { return "/proc/self/fd/" + std::to_string(fd); }

}  // namespace

// O_PATH takes hold of the inode without opening it: a FIFO does not block, a device does not
// react.
Result<std::shared_ptr<const File>> File::open(const std::string& path) {
  UniqueFd handle(::open(path.c_str(), O_PATH | O_CLOEXEC));
  if (!handle.valid()) return fail_errno("open " + path, errno, hint_for(errno));
  return adopt(std::move(handle), path);
}

Result<std::shared_ptr<const File>> File::adopt(UniqueFd fd, std::string name) {
  struct stat info = SPILE_TRY(read_stat(fd.get(), name));
  int flags = ::fcntl(fd.get(), F_GETFL);
  if (flags >= 0 && (flags & O_PATH) != 0) {
    UniqueFd readable(::open(fd_path(fd.get()).c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
    if (!readable.valid()) return fail_errno("open " + name, errno, hint_for(errno));
    fd = std::move(readable);
  }
  auto file = std::make_shared<File>();
  file->fd_ = std::move(fd);
  file->name_ = std::move(name);
  file->id_ = FileId{info.st_dev, info.st_ino};
  file->size_ = static_cast<std::uint64_t>(info.st_size);
  return file;
}

std::string File::attach_path() const { return fd_path(fd_.get()); }

}  // namespace spile::target
