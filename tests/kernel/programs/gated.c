// SPDX-License-Identifier: MIT
/*
 * A probe behind each kind of semaphore, fired for ever: gated:ours (spile's gate), gated:theirs
 * (systemtap's). One round is 10 ms; `rounds` (arg1) counts from 1. "gated N": N rounds, after go.
 */
#define _SDT_HAS_SEMAPHORES 1
#include <spile/probe.h>
#include <sys/sdt.h>
#include <unistd.h>

#include "workload.h"

__attribute__((section(".probes"))) volatile unsigned short gated_theirs_semaphore;

int main(int argc, char** argv) {
  int limit = argc > 1 ? atoi(argv[1]) : 0;
  wait_for_go();
  for (int round = 1; limit == 0 || round <= limit; ++round) {
    SPILE_PROBE_SEMAPHORE(gated, ours, round);
    if (gated_theirs_semaphore) DTRACE_PROBE1(gated, theirs, round);
    if (limit == 0) usleep(10000);
  }
  return 0;
}
