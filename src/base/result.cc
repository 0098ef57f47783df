// SPDX-License-Identifier: MIT
#include "base/result.h"

#include <cerrno>
#include <cstdio>
#include <cstring>

namespace spile {

static Errc to_errc(int sys_errno) {
  switch (sys_errno) {
    case EPERM:
    case EACCES: return Errc::kDenied;
    case ENOENT:
    case ESRCH: return Errc::kNotFound;
    default: return Errc::kSystem;
  }
}

std::unexpected<Error> fail_errno(std::string what, int sys_errno, std::string hint) {
  what += ": ";
  what += std::strerror(sys_errno);
  return std::unexpected(Error{to_errc(sys_errno), std::move(what), sys_errno, std::move(hint)});
}

void assertion_failed(const char* condition, const char* file, int line) {
  std::fprintf(stderr, "spile: internal error: %s is false at %s:%d; please report this\n",
               condition, file, line);
  std::abort();
}

}  // namespace spile
