// SPDX-License-Identifier: MIT
// A file opened once: the same inode is parsed and probed (architecture.md, decision 1).
#pragma once

#include <sys/types.h>

#include <compare>
#include <cstdint>
#include <memory>
#include <string>

#include "base/byte_source.h"
#include "base/result.h"
#include "base/unique_fd.h"

namespace spile::target {

// What identifies a file whatever its paths are.
struct FileId {
  dev_t device = 0;
  ino_t inode = 0;
  auto operator<=>(const FileId&) const = default;
};

class File {
 public:
  // Opens a regular file without following it into a FIFO or device (O_PATH, fstat, reopen).
  static Result<std::shared_ptr<const File>> open(const std::string& path);
  // Takes a descriptor that is already open; `name` is what people are shown.
  static Result<std::shared_ptr<const File>> adopt(UniqueFd fd, std::string name);

  int fd() const { return fd_.get(); }
  // "/proc/self/fd/N": the path by which the kernel attaches to this very inode.
  std::string attach_path() const;
  const std::string& name() const { return name_; }
  FileId id() const { return id_; }
  std::uint64_t size() const { return size_; }
  FileSource source() const { return FileSource(fd_.get(), size_); }

 private:
  UniqueFd fd_;
  std::string name_;
  FileId id_;
  std::uint64_t size_ = 0;
};

}  // namespace spile::target
