// SPDX-License-Identifier: MIT
/* Two probes: p1(i, error, date) and p2(j, flag), 7 times each, i and j = 1 ... 7. */
#include <spile/probe.h>

#include "workload.h"

int main(void) {
  wait_for_go();
  for (volatile int i = 1; i <= 7; ++i) {
    int n = i;
    const char* error = n % 4 == 0 ? "disk full" : "none";
    SPILE_PROBE(pair, p1, n, error, "2026-11-22");
    SPILE_PROBE(pair, p2, n * 100, n > 3);
  }
  return 0;
}
