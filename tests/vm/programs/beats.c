// SPDX-License-Identifier: MIT
// Fires heart:beat 13 times once a tracer has opened its gate, and ends with the number of rounds;
// status 1 when nobody came within 30 seconds. `beats fork` leaves the rounds from the eighth on to
// a child, which inherits the armed site. Values of every kind reach the tracer:
//
//   heart:beat(int round, const char *text, long square, unsigned char low)
#include <spile/probe.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

enum { kRounds = 13, kForkAfter = 7, kPatienceMs = 30000 };

static int wait_for_tracer(void) {
  for (int ms = 0; ms < kPatienceMs; ms += 10) {
    if (SPILE_PROBE_ENABLED(heart, beat)) return 1;
    usleep(10 * 1000);
  }
  return 0;
}

static void beat(int first, int last) {
  for (int round = first; round <= last; ++round) {
    char text[32];
    snprintf(text, sizeof text, "beat-%d", round);
    SPILE_PROBE(heart, beat, round - 7, (const char*)text, -(long)round * round << 33,
                (unsigned char)(250 + round));
  }
}

// 0 if the child lived to fire all of its rounds.
static int beat_in_child(void) {
  int status = 1;
  pid_t child = fork();
  if (child == 0) {
    beat(kForkAfter + 1, kRounds);
    _exit(0);
  }
  return child < 0 || waitpid(child, &status, 0) != child ? 1 : status;
}

int main(int argc, char** argv) {
  (void)argv;
  if (!wait_for_tracer()) return 1;
  usleep(200 * 1000);  // the gate opens before the breakpoint is in place in every mapping
  beat(1, kForkAfter);
  int status = 0;
  if (argc > 1)
    status = beat_in_child();
  else
    beat(kForkAfter + 1, kRounds);
  printf("%d rounds, status %d\n", kRounds, status);
  return 0;
}
