// SPDX-License-Identifier: MIT
// Throws 7 exceptions, after a line on stdin; libstdc++ has a probe for each throw and catch.
#include <cstdio>
#include <stdexcept>

int main() {
  std::puts("ready");
  std::fflush(stdout);
  std::getchar();
  int caught = 0;
  for (int i = 0; i < 7; ++i) {
    try {
      throw std::runtime_error("one of seven");
    } catch (const std::exception&) {
      ++caught;
    }
  }
  return caught == 7 ? 0 : 1;
}
