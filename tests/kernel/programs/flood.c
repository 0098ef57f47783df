// SPDX-License-Identifier: MIT
/* "flood N": flood:drop(i, text) fires N times without a pause. */
#include <spile/probe.h>

#include "workload.h"

int main(int argc, char** argv) {
  int times = argc > 1 ? atoi(argv[1]) : 1;
  wait_for_go();
  for (int i = 1; i <= times; ++i) SPILE_PROBE(flood, drop, i, "a text of some length");
  return 0;
}
