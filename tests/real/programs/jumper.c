// SPDX-License-Identifier: MIT
// Reaches three of glibc's probes when told to: mallopt(M_TOP_PAD) with seven values, and five
// pairs of setjmp and longjmp, the jumps with the values 1 to 5.
#include <malloc.h>
#include <setjmp.h>
#include <stdio.h>

static jmp_buf place;

static void jump(volatile int value) {
  if (setjmp(place) == 0) longjmp(place, value);
}

int main(void) {
  puts("ready");
  fflush(stdout);
  if (getchar() == EOF) return 1;
  for (int i = 1; i <= 7; ++i) mallopt(M_TOP_PAD, i << 16);
  for (int i = 1; i <= 5; ++i) jump(i);
  return 0;
}
