// SPDX-License-Identifier: MIT
#include "base/byte_source.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace spile {

static bool fits(std::uint64_t offset, std::size_t length, std::uint64_t size) {
  return offset <= size && length <= size - offset;
}

static std::unexpected<Error> past_end() {
  return fail(Errc::kBadInput, "the file ends before the data that it announces");
}

Result<> MemorySource::read_at(std::uint64_t offset, std::span<std::byte> into) const {
  if (!fits(offset, into.size(), bytes_.size())) return past_end();
  if (!into.empty()) std::memcpy(into.data(), bytes_.data() + offset, into.size());
  return {};
}

Result<> FileSource::read_at(std::uint64_t offset, std::span<std::byte> into) const {
  if (!fits(offset, into.size(), size_)) return past_end();
  while (!into.empty()) {
    ssize_t got = ::pread(fd_, into.data(), into.size(), static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail_errno("read", errno);
    if (got == 0) return past_end();  // truncated after it was opened
    into = into.subspan(static_cast<std::size_t>(got));
    offset += static_cast<std::uint64_t>(got);
  }
  return {};
}

}  // namespace spile
