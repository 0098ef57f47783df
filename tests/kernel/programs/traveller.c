// SPDX-License-Identifier: MIT
/*
 * Uses libsignpost.so 7 times and fires a probe of its own, traveller:step, before each.
 * "traveller late": loads the library only after the go sign.
 */
#include <dlfcn.h>
#include <spile/probe.h>
#include <string.h>

#include "workload.h"

int main(int argc, char** argv) {
  int is_late = argc > 2 && strcmp(argv[1], "late") == 0;
  if (is_late) wait_for_go();
  void* library = dlopen(argv[argc - 1], RTLD_NOW);
  if (library == NULL) return 8;
  void (*pass)(int) = (void (*)(int))dlsym(library, "signpost_pass");
  if (!is_late) wait_for_go();
  for (volatile int i = 1; i <= 7; ++i) {
    int n = i;
    SPILE_PROBE(traveller, step, n);
    pass(n * 11);
  }
  return 0;
}
