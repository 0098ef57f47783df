// SPDX-License-Identifier: MIT
/* twelve:all carries 12 arguments, 1000 + i, 2000 + i ... 12000 + i; it fires 5 times. */
#include <spile/probe.h>

#include "workload.h"

int main(void) {
  wait_for_go();
  for (volatile int i = 1; i <= 5; ++i) {
    int n = i;
    SPILE_PROBE(twelve, all, 1000 + n, 2000 + n, 3000 + n, 4000 + n, 5000 + n, 6000 + n, 7000 + n,
                8000 + n, 9000 + n, 10000 + n, 11000 + n, 12000l + n);
  }
  return 0;
}
