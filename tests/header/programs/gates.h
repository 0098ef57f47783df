// SPDX-License-Identifier: MIT
/* What gates_main and gates_other both include; compiled as C and as C++. */
#include <spile/probe.h>

#ifdef __cplusplus
/* Both translation units emit this function; the linker keeps one, with one note. */
__attribute__((noinline)) inline int in_both(int x) {
  SPILE_PROBE(gates, in__both, x);
  SPILE_PROBE_SEMAPHORE(gates, in__both__gated, x);
  return x;
}
template <class T> __attribute__((noinline)) T generic_in_both(T x) {
  SPILE_PROBE(gates, generic__in__both, x);
  return x;
}
#endif

#ifdef __cplusplus
extern "C" {
#endif
int other(int x);
int other_is_enabled(void);
#ifdef __cplusplus
}
#endif
