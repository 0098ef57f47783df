// SPDX-License-Identifier: MIT
#include "cli/exit_codes.h"

#include <cstdio>

#include "base/printable.h"

namespace spile::cli {

int to_exit_code(Errc code) {
  switch (code) {
    case Errc::kBadInput:
    case Errc::kSystem: return kExitFailed;
    case Errc::kNotFound: return kExitNotFound;
    case Errc::kDenied: return kExitDenied;
    case Errc::kUnsupported: return kExitUnsupported;
  }
  return kExitFailed;
}

void print_error(const Error& error) {
  std::string text = "spile: " + to_printable(error.what) + "\n";
  std::string_view hint = error.hint;
  while (!hint.empty()) {
    std::size_t end = hint.find('\n');
    text += "  " + to_printable(hint.substr(0, end)) + "\n";
    if (end == hint.npos) break;
    hint.remove_prefix(end + 1);
  }
  std::fwrite(text.data(), 1, text.size(), stderr);
}

}  // namespace spile::cli
