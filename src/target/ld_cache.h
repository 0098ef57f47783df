// SPDX-License-Identifier: MIT
// /etc/ld.so.cache: which library names the loader knows, and where they are.
//
//   "glibc-ld.so.cache1.1"  count  strings_size  flags, padding(3), extension(4), unused(12)   48
//   entry: flags  name  path  os_version  hwcap(8)                                             24
//   strings: NUL-terminated; name and path are offsets from the start of this header
//
// An older table may stand before it; then the header above follows that table.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/cursor.h"

namespace spile::target {

struct CachedLibrary {
  std::string name;  // libc.so.6
  std::string path;
};

// Those for this machine's own kind of program; empty when the cache is in no known format.
std::vector<CachedLibrary> parse_ld_cache(Bytes cache);

// True when `name` (libc.so.6) is what `library` stands for: c, libc, libc.so or libc.so.6.
bool names_library(std::string_view name, std::string_view library);

}  // namespace spile::target
