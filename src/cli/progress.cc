// SPDX-License-Identifier: MIT
#include "cli/progress.h"

#include <unistd.h>

#include <cstdio>

namespace spile::cli {

using namespace std::chrono_literals;

static constexpr auto kFirst = 400ms;
static constexpr auto kEvery = 100ms;

Progress::Progress(std::string what, std::size_t total)
    : what_(std::move(what)),
      total_(total),
      enabled_(::isatty(STDERR_FILENO) == 1),
      next_(std::chrono::steady_clock::now() + kFirst) {}

void Progress::advance() {
  ++done_;
  if (!enabled_) return;
  auto now = std::chrono::steady_clock::now();
  if (now < next_) return;
  next_ = now + kEvery;
  shown_ = true;
  std::fprintf(stderr, "\r\033[Kspile: %zu of %zu %s", done_, total_, what_.c_str());
}

void Progress::finish() {
  if (shown_) std::fputs("\r\033[K", stderr);
  shown_ = false;
}

}  // namespace spile::cli
