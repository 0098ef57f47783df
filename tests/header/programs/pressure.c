// SPDX-License-Identifier: MIT
/*
 * Twelve arguments where registers are scarce: a frame pointer for alloca, a base pointer for
 * over-aligned locals, everything alive across the sites. Only compiled, never run.
 */
#include <spile/probe.h>

void use(void *first, void *second);
int pressure(int n, long a, long b, long c, long d, long e, long *f);

int pressure(int n, long a, long b, long c, long d, long e, long *f) {
  double aligned[16] __attribute__((aligned(64)));
  char *dynamic = (char *)__builtin_alloca((unsigned)n);
  use(aligned, dynamic);
  const long g = f[0], h = f[1], i = f[2], j = f[3], k = f[4], l = f[5], m = f[6];
  SPILE_PROBE(args, named, a, b, c, d, e, f, g, h, i, j, k, l);
  /* want named: -8 -8 -8 -8 -8 8 -8 -8 -8 -8 -8 -8 */
  SPILE_PROBE(args, computed, n, dynamic, aligned, d + g, e * h, f[7], g ^ n, h, i, j, k, m);
  /* want computed: -4 8 8 -8 -8 -8 -8 -8 -8 -8 -8 -8 */
  use(f, dynamic);
  return (int)(a + b + c + d + e + g + h + i + j + k + l + m);
}
