// SPDX-License-Identifier: MIT
// The listing as lines, in the three forms that scripts know from bcc's tplist:
//
//   /usr/bin/python3.11 python:line                              no -v
//
//   python:line [sema 0xa8426c]                                  -v
//     1 location(s)
//     3 argument(s)
//
//   python:line [sema 0xa8426c]                                  -vv
//     location #1 /usr/bin/python3.11 0x43423c
//       argument #1 8 unsigned bytes @ r14
//
// Where tplist has no words for an operand, ours follow the same pattern.
#pragma once

#include <string>

#include "cli/list_scan.h"

namespace spile::cli {

std::string to_text(const Listing& listing, int verbosity);

}  // namespace spile::cli
