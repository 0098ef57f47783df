// SPDX-License-Identifier: MIT
// Where a parser gets its bytes: a file that is read with pread (never mapped: a target may
// truncate it under us), or memory in tests. Parsers above it stay free of system calls.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/cursor.h"
#include "base/result.h"

namespace spile {

class ByteSource {
 public:
  virtual ~ByteSource() = default;
  virtual std::uint64_t size() const = 0;
  // Fills all of `into` from `offset`; kBadInput when the source ends before that.
  virtual Result<> read_at(std::uint64_t offset, std::span<std::byte> into) const = 0;
};

class MemorySource : public ByteSource {
 public:
  explicit MemorySource(Bytes bytes) : bytes_(bytes) {}
  std::uint64_t size() const override { return bytes_.size(); }
  Result<> read_at(std::uint64_t offset, std::span<std::byte> into) const override;

 private:
  Bytes bytes_;
};

// Reads through a descriptor that somebody else owns.
class FileSource : public ByteSource {
 public:
  FileSource(int fd, std::uint64_t size) : fd_(fd), size_(size) {}
  std::uint64_t size() const override { return size_; }
  Result<> read_at(std::uint64_t offset, std::span<std::byte> into) const override;

 private:
  int fd_;
  std::uint64_t size_;
};

}  // namespace spile
