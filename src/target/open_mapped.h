// SPDX-License-Identifier: MIT
// From a line of /proc/PID/maps to the very inode behind it. Four ways, by falling certainty:
//
//   map_files/START-END   always the right file, also deleted ones and memfds; needs
//                         CAP_CHECKPOINT_RESTORE or CAP_SYS_ADMIN
//   exe, fd/N             when device and inode are the mapping's; needs leave to ptrace
//   root/PATH             resolved inside the target's root, no magic links, same check
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "target/file.h"
#include "target/process.h"

namespace spile::target {

// `proc_dir` is a descriptor of /proc/PID, `who` names the process in errors.
Result<std::shared_ptr<const File>> open_mapped(int proc_dir, const Mapping& mapping,
                                                const std::string& who);

}  // namespace spile::target
