// SPDX-License-Identifier: MIT
/*
 * A program written for systemtap's <sys/sdt.h>, with semaphores as "dtrace -h" declares them.
 * C99 and later, C++11 and later; test_compat.py compiles it with the folder spile/compat.
 */
#define SDT_USE_VARIADIC
#define _SDT_HAS_SEMAPHORES 1
#include <sys/sdt.h>

#define PROVIDER compat
#define NAME expanded__name

#ifdef __cplusplus
extern "C" {
#endif
#define DECLARED __attribute__((unused)) __attribute__((section(".probes")))
extern unsigned short compat_tick_semaphore DECLARED;
extern unsigned short compat_expanded__name_semaphore DECLARED;
extern unsigned short compat_counted_semaphore DECLARED;
extern unsigned short compat_twelve_semaphore DECLARED;
extern unsigned short compat_in__asm_semaphore DECLARED;
extern unsigned short compat_literal_semaphore DECLARED;
#ifdef __cplusplus
}
#endif
#define COMPAT_TICK(arg1, arg2) DTRACE_PROBE2(compat, tick, arg1, arg2)
#define COMPAT_TICK_ENABLED() __builtin_expect(compat_tick_semaphore, 0)

unsigned short compat_tick_semaphore, compat_expanded__name_semaphore, compat_counted_semaphore;
unsigned short compat_twelve_semaphore, compat_in__asm_semaphore, compat_literal_semaphore;

static int evaluations;
static int count_evaluation(void) { return ++evaluations; }

int main(int argc, char **argv) {
  double real = argc;
  const char *text = argv[0];
  if (COMPAT_TICK_ENABLED()) COMPAT_TICK(count_evaluation(), text);  /* want tick: -4 8 */
  STAP_PROBE(PROVIDER, NAME);                                  /* want expanded__name: */
  STAP_PROBEV(compat, counted, argc, argv, real, (short)argc); /* want counted: -4 8 8 -2 */
  STAP_PROBE12(compat, twelve, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10L, text, argc);
  /* want twelve: -4 -4 -4 -4 -4 -4 -4 -4 -4 -8 8 -4 */
  __asm__ __volatile__(
      "nop\n" STAP_PROBE_ASM(compat, in__asm, STAP_PROBE_ASM_TEMPLATE(3)) "nop"
      :
      : STAP_PROBE_ASM_OPERANDS(3, argc, text, real)); /* want in__asm: -4 8 8 */
#if defined(__x86_64__)
  __asm__ __volatile__(STAP_PROBE_ASM(compat, literal, -4@%%eax 8@(%%rsi)) : :);
#else
  __asm__ __volatile__(STAP_PROBE_ASM(compat, literal, -4@x0 8@[x1]) : :);
#endif
  return evaluations;
}
