// SPDX-License-Identifier: MIT
/* The second translation unit of gates_main.c. */
#include "gates.h"

int other_is_enabled(void) { return SPILE_PROBE_ENABLED(gates, gated__elsewhere); }

int other(int x) {
  SPILE_PROBE(gates, gated__here, x);
#ifdef __cplusplus
  in_both(x);
  generic_in_both(x);
#endif
  return x;
}
