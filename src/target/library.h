// SPDX-License-Identifier: MIT
// Names to files: "c" or "libc.so.6" to the loader's library, "bash" to the executable in PATH.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "target/process.h"

namespace spile::target {

// Among the files a process has mapped: "c" finds .../libc.so.6, "libpq" .../libpq.so.5.15; also a
// whole path, as the process names it, or the base name.
bool matches_module(const std::string& path, const std::string& module);

// An absolute or relative path, a program in PATH, or a library known to the loader
// (/etc/ld.so.cache, then the usual folders). The error lists where was looked.
Result<std::string> find_module(const std::string& module);

}  // namespace spile::target
