// SPDX-License-Identifier: MIT
/*
 * The layout of a gate: a 32-bit word that opens with either half. This program plays the kernel
 * (low half) and a tracer without the kernel (high half). Status 0 if every step behaved.
 */
#include <spile/probe.h>

extern volatile unsigned gate __asm__("spile_gate.halves.one")
    __attribute__((visibility("hidden")));

static int evaluations;
static int count_evaluation(void) { return ++evaluations; }

static int is_open(void) {
  const int before = evaluations;
  SPILE_PROBE_SEMAPHORE(halves, one, count_evaluation());
  const int asked = SPILE_PROBE_ENABLED(halves, one);
  const int evaluated = evaluations - before;
  return asked == evaluated ? asked : -1;
}

int main(void) {
  volatile unsigned short *halves = (volatile unsigned short *)&gate;
  if (is_open() != 0) return 1;
  halves[0] = 1;
  if (gate != 1 || is_open() != 1) return 2;
  halves[0] = 0;
  if (is_open() != 0) return 3;
  halves[1] = 1;
  if (gate != 0x10000 || is_open() != 1) return 4;
  halves[1] = 0;
  return is_open() == 0 ? 0 : 5;
}
