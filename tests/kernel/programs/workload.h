// SPDX-License-Identifier: MIT
/* What every workload does first: wait for one line on stdin, the sign that the tracer is there. */
#pragma once

#include <stdio.h>
#include <stdlib.h>

static inline void wait_for_go(void) {
  puts("ready");
  fflush(stdout);
  char line[16];
  if (fgets(line, sizeof(line), stdin) == NULL) exit(9);
}
