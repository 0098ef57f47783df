// SPDX-License-Identifier: MIT
// Every kind of argument that <spile/probe.h> takes; each probe fires 3 times.
#include <spile/probe.h>

#include <string>
#include <string_view>

#include "workload.h"

enum Color { kRed = 1, kBlue = 7 };
enum class Level : short { kLow = -5 };

int main() {
  wait_for_go();
  volatile int start = 1;
  for (int n = start; n <= 3; ++n) {
    SPILE_PROBE(kinds, flags, n % 2 == 1, static_cast<char>('a' + n), n == 1 ? kRed : kBlue,
                Level::kLow);
    SPILE_PROBE(kinds, pointer, reinterpret_cast<void*>(0x1000l * n), nullptr);
    std::string grown(static_cast<std::size_t>(n), '*');
    std::string_view part = std::string_view("one two three").substr(4, 3);
    const char* plain = n == 2 ? "second" : "other";
    SPILE_PROBE(kinds, texts, plain, grown, part);
    SPILE_PROBE(kinds, real, static_cast<float>(n) / 4, -1.5 * n, static_cast<double>(n) * 1e10);
  }
}
