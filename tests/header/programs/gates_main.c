// SPDX-License-Identifier: MIT
/*
 * Gates across translation units: this one places sites, gates_other.c asks whether they are
 * enabled. test_link.py knows which note has to name which gate.
 */
#include "gates.h"

static int evaluations;
static int count_evaluation(void) { return ++evaluations; }

/* Nobody calls it: what --gc-sections may remove. */
#ifdef __cplusplus
extern "C"
#endif
void never_called(int x);
void never_called(int x) {
  SPILE_PROBE(gates, unreachable, x);
}

int main(int argc, char **argv) {
  (void)argv;
  SPILE_PROBE(gates, never__gated, argc);
  SPILE_PROBE(gates, gated__elsewhere, argc);
  SPILE_PROBE_SEMAPHORE(gates, gated__here, count_evaluation());
  SPILE_PROBE_SEMAPHORE(a__b, c, count_evaluation());
  SPILE_PROBE_SEMAPHORE(a, b__c, count_evaluation());
#ifdef __cplusplus
  in_both(argc);
  generic_in_both(argc);
#endif
  return evaluations + other_is_enabled() + other(0);
}
