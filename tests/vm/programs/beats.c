// SPDX-License-Identifier: MIT
// Fires heart:beat 13 times once a tracer has opened its gate, and ends with the number of rounds;
// status 1 when nobody came within 30 seconds. Values of every kind reach the tracer:
//
//   heart:beat(int round, const char *text, long square, unsigned char low)
#include <spile/probe.h>
#include <stdio.h>
#include <unistd.h>

enum { kRounds = 13, kPatienceMs = 30000 };

static int wait_for_tracer(void) {
  for (int ms = 0; ms < kPatienceMs; ms += 10) {
    if (SPILE_PROBE_ENABLED(heart, beat)) return 1;
    usleep(10 * 1000);
  }
  return 0;
}

int main(void) {
  if (!wait_for_tracer()) return 1;
  usleep(200 * 1000);  // the gate opens before the breakpoint is in place in every mapping
  for (int round = 1; round <= kRounds; ++round) {
    char text[32];
    snprintf(text, sizeof text, "beat-%d", round);
    SPILE_PROBE(heart, beat, round - 7, (const char *)text, -(long)round * round << 33,
                (unsigned char)(250 + round));
  }
  printf("%d rounds\n", kRounds);
  return 0;
}
