// SPDX-License-Identifier: MIT
/*
 * Integers of every size. Each of the two probes fires 13 times, i = -6 ... 6:
 *   numbers:sized     i as int, long, short, signed char; then the same bits unsigned
 *   numbers:division  i, 3, -3 and 7u
 */
#include <spile/probe.h>

#include "workload.h"

int main(void) {
  wait_for_go();
  for (volatile int i = -6; i <= 6; ++i) {
    int number = i;
    SPILE_PROBE(numbers, sized, number, number * 10000000000l, (short)number, (signed char)number,
                (unsigned)number, (unsigned long)number, (unsigned short)number,
                (unsigned char)number);
    volatile int three = 3;
    SPILE_PROBE(numbers, division, number, three, -three, (unsigned)number + 7u);
  }
  return 0;
}
