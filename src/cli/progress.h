// SPDX-License-Identifier: MIT
// "spile: 120 of 300 processes" on a terminal's stderr, once something takes longer than a glance.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>

namespace spile::cli {

class Progress {
 public:
  Progress(std::string what, std::size_t total);
  void advance();
  void finish();  // wipes the line

 private:
  std::string what_;
  std::size_t total_;
  std::size_t done_ = 0;
  bool enabled_;
  bool shown_ = false;
  std::chrono::steady_clock::time_point next_;
};

}  // namespace spile::cli
