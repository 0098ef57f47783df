// SPDX-License-Identifier: MIT
// The program under test: bench:fire(int, 27-byte string).
//
//   spile-bench-target trickle            fires every 100 us until it is ended
//   spile-bench-target burst N            waits until somebody traces, fires N times in a tight
//   loop,
//                                         prints the nanoseconds per fire
//   spile-bench-target schedule RATE SEC  waits likewise, then fires RATE times a second
//
// "Somebody traces" is seen by the clock: an armed site takes hundreds of nanoseconds.
#include <spile/probe.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <thread>

using Clock = std::chrono::steady_clock;

static double elapsed_ns(Clock::time_point begin) {
  return std::chrono::duration<double, std::nano>(Clock::now() - begin).count();
}

// Negative numbers are warm-up: readers tell them from the ones that count.
[[gnu::noinline]] static void fire(int i) {
  SPILE_PROBE(bench, fire, i, "a string of 27 characters..");
}

static double ns_per_fire(int count, int first, int step) {
  auto begin = Clock::now();
  for (int i = 0, value = first; i < count; ++i, value += step) fire(value);
  return elapsed_ns(begin) / count;
}

static void wait_until_traced() {
  constexpr double kArmedNs = 100;
  while (ns_per_fire(20, -1, 0) < kArmedNs)
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  std::this_thread::sleep_for(std::chrono::milliseconds(300));  // the tracer settles down
}

static int trickle() {
  for (int i = 0;; ++i) {
    fire(i);
    std::this_thread::sleep_for(std::chrono::microseconds(100));
  }
}

static int burst(int count, bool wait) {
  if (wait) wait_until_traced();
  std::printf("%.1f\n", ns_per_fire(count, 0, 1));
  return 0;
}

static int schedule(double rate, double seconds) {
  wait_until_traced();
  int count = static_cast<int>(rate * seconds);
  auto begin = Clock::now();
  for (int i = 0; i < count; ++i) {
    while (elapsed_ns(begin) < i * 1e9 / rate) {
    }
    fire(i);
  }
  std::printf("%.0f\n", count / (elapsed_ns(begin) / 1e9));
  return 0;
}

int main(int argc, char** argv) {
  const char* mode = argc > 1 ? argv[1] : "";
  if (std::strcmp(mode, "trickle") == 0) return trickle();
  if (std::strcmp(mode, "untraced") == 0 && argc > 2) return burst(std::atoi(argv[2]), false);
  if (std::strcmp(mode, "burst") == 0 && argc > 2) return burst(std::atoi(argv[2]), true);
  if (std::strcmp(mode, "schedule") == 0 && argc > 3)
    return schedule(std::atof(argv[2]), std::atof(argv[3]));
  std::fprintf(stderr, "usage: %s trickle | untraced N | burst N | schedule RATE SECONDS\n",
               argv[0]);
  return 2;
}
