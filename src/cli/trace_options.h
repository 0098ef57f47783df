// SPDX-License-Identifier: MIT
// What the user asked `spile trace` for.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "output/event_text.h"

namespace spile::cli {

struct TraceOptions {
  std::optional<int> pid;
  std::vector<std::string> specs;
  std::uint64_t max_events = 0;  // 0: no limit
  double duration_s = 0;         // 0: no limit
  output::TimeColumn time = output::TimeColumn::kNone;
  std::string comm_filter;
  std::uint32_t text_capacity = 256;
  bool dump = false;  // print the BPF programs
};

}  // namespace spile::cli
