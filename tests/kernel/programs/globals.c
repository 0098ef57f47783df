// SPDX-License-Identifier: MIT
/*
 * systemtap's header in the ways that defeat other tracers: gcc -O2 records globals and array
 * elements where they lie ("-4@glob(%rip)", "-2@(%rdx,%rax,2)"). Each probe fires 5 times.
 */
#include <sys/sdt.h>

#include "workload.h"

int glob;
struct {
  int first, second;
} gs;
static short table[16];
static long wide[16];
const char* title = "untitled";

__attribute__((noinline)) static void fire_indexed(const short* shorts, const long* longs, long i) {
  DTRACE_PROBE3(globals, indexed, shorts[i], longs[i], i);
}

/* A function of its own: in main the values would still be in registers. */
__attribute__((noinline)) static void fire_plain(void) {
  DTRACE_PROBE2(globals, plain, glob, gs.second);
}

int main(void) {
  wait_for_go();
  for (volatile int i = 1; i <= 5; ++i) {
    glob = -i;
    gs.second = i * 1000;
    table[i] = (short)(-i * 3);
    wide[i] = i * 100000000000l;
    if (i == 4) title = "fourth";
    fire_plain();
    DTRACE_PROBE1(globals, text, title);
    fire_indexed(table, wide, i);
  }
  return 0;
}
