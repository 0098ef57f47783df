// SPDX-License-Identifier: MIT
#include "target/proc_text.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "base/unique_fd.h"

namespace spile::target {

Result<std::string> read_text_at(int dir_fd, const std::string& name, const std::string& what) {
  constexpr std::size_t kLimit = 64u << 20;  // 400,000 mappings; the kernel's default is 65,530
  UniqueFd fd(::openat(dir_fd, name.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd.valid()) return fail_errno("read " + what, errno);
  std::string text;
  std::size_t used = 0;
  while (true) {
    text.resize(used + (std::size_t{64} << 10));
    ssize_t got = ::read(fd.get(), text.data() + used, text.size() - used);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail_errno("read " + what, errno);
    used += static_cast<std::size_t>(got);
    if (got == 0) break;
    if (used > kLimit) return fail(Errc::kBadInput, "read " + what + ": it is larger than 64 MiB");
  }
  text.resize(used);
  return text;
}

}  // namespace spile::target
