// SPDX-License-Identifier: MIT
/*
 * compat/sys/sdt.h: what programs written for systemtap's <sys/sdt.h> use, made by spile/probe.h.
 *
 * In: -I<include>/spile/compat in front of the system's folders, and a program that says
 *
 *   #include <sys/sdt.h>
 *   DTRACE_PROBE2(shop, request__start, path, length);
 *
 * Out: the same note that SPILE_PROBE(shop, request__start, path, length) makes. What differs from
 * probe.h is what such programs rely on:
 *
 *   - provider and name are macro-expanded before they are recorded;
 *   - with _SDT_HAS_SEMAPHORES defined, the note's semaphore is a variable that the program itself
 *     defines, usually by way of a header that "dtrace -h" made:
 *         unsigned short shop_request__start_semaphore __attribute__((section(".probes")));
 *   - STAP_PROBE_ASM puts a probe into the middle of an asm statement of the program;
 *   - the file can be included from an assembly source (.S), where arguments are operands:
 *         STAP_PROBE1(shop, tick, -4@%edi)
 *
 * It uses the include guard of systemtap's header, so that only the first of the two counts.
 */
#ifndef _SYS_SDT_H
#define _SYS_SDT_H 1

#include "../../probe.h"

/* ---- One site ------------------------------------------------------------------------------- */

#if defined(_SDT_HAS_SEMAPHORES)
#define SPILE_SDT_SEMAPHORE(provider, name) provider##_##name##_semaphore
#endif

#if !SPILE_PROBES_AVAILABLE

#if defined(__ASSEMBLER__)
#define SPILE_SDT_PROBE(provider, name, count, ...)
#else
#define SPILE_SDT_PROBE(provider, name, count, ...) \
  SPILE_DETAIL_PROBE(provider, "", count, __VA_ARGS__)
#endif

#elif defined(__ASSEMBLER__)

/* An assembler reads one line per macro use, so ";" separates what are lines in a C string. */
#if defined(_SDT_HAS_SEMAPHORES)
#define SPILE_SDT_ADDRESS(provider, name) SPILE_SDT_SEMAPHORE(provider, name)
#else
#define SPILE_SDT_ADDRESS(provider, name) 0
#endif
#if defined(__x86_64__)
#define SPILE_SDT_SITE nop; .byte 0x66, 0x2e, 0x0f, 0x1f, 0x84, 0, 0, 0, 0, 0
#else
#define SPILE_SDT_SITE nop
#endif
#define SPILE_SDT_PROBE(provider, name, count, ...) \
  SPILE_SDT_PROBE_(provider, name, SPILE_SDT_WORDS_##count(__VA_ARGS__))
#define SPILE_SDT_PROBE_(provider, name, arguments)                                  \
  990: SPILE_SDT_SITE;                                                               \
  .pushsection .note.stapsdt,"?","note"; .balign 4;                                  \
  .4byte 992f-991f, 994f-993f, 3;                                                    \
  991: .asciz "stapsdt"; 992: .balign 4;                                             \
  993: .8byte 990b; .8byte _.stapsdt.base; .8byte SPILE_SDT_ADDRESS(provider, name); \
  .asciz SPILE_SDT_STRING(provider); .asciz SPILE_SDT_STRING(name);                  \
  .asciz SPILE_SDT_STRING(arguments); 994: .balign 4; .popsection;                   \
  .ifndef _.stapsdt.base;                                                            \
  .pushsection .stapsdt.base,"aG","progbits",.stapsdt.base,comdat;                   \
  .weak _.stapsdt.base; .hidden _.stapsdt.base;                                      \
  _.stapsdt.base: .space 1; .size _.stapsdt.base, 1; .popsection;                    \
  .endif
#define SPILE_SDT_STRING(x) SPILE_SDT_STRING_(x)
#define SPILE_SDT_STRING_(x) #x
#define SPILE_SDT_WORDS_0(...)
#define SPILE_SDT_WORDS_1(a, ...) a
#define SPILE_SDT_WORDS_2(a, b, ...) a b
#define SPILE_SDT_WORDS_3(a, b, c, ...) a b c
#define SPILE_SDT_WORDS_4(a, b, c, d, ...) a b c d
#define SPILE_SDT_WORDS_5(a, b, c, d, e, ...) a b c d e
#define SPILE_SDT_WORDS_6(a, b, c, d, e, f, ...) a b c d e f
#define SPILE_SDT_WORDS_7(a, b, c, d, e, f, g, ...) a b c d e f g
#define SPILE_SDT_WORDS_8(a, b, c, d, e, f, g, h, ...) a b c d e f g h
#define SPILE_SDT_WORDS_9(a, b, c, d, e, f, g, h, i, ...) a b c d e f g h i
#define SPILE_SDT_WORDS_10(a, b, c, d, e, f, g, h, i, j, ...) a b c d e f g h i j
#define SPILE_SDT_WORDS_11(a, b, c, d, e, f, g, h, i, j, k, ...) a b c d e f g h i j k
#define SPILE_SDT_WORDS_12(a, b, c, d, e, f, g, h, i, j, k, l, ...) a b c d e f g h i j k l

#else

#if defined(_SDT_HAS_SEMAPHORES)
#define SPILE_SDT_ADDRESS(provider, name) SPILE_DETAIL_STRING(SPILE_SDT_SEMAPHORE(provider, name))
/* The note names the variable in text only: this tells the compiler that it is used. */
#define SPILE_SDT_USE_SEMAPHORE(provider, name) \
  __asm__ __volatile__("" : : "m"(SPILE_SDT_SEMAPHORE(provider, name)));
#else
#define SPILE_SDT_ADDRESS(provider, name) "0"
#define SPILE_SDT_USE_SEMAPHORE(provider, name)
#endif

#define SPILE_SDT_PROBE(provider, name, count, ...)                                 \
  do {                                                                              \
    SPILE_SDT_USE_SEMAPHORE(provider, name)                                         \
    SPILE_DETAIL_SITE(SPILE_DETAIL_STRING(provider), SPILE_DETAIL_STRING(name), "", \
                      SPILE_SDT_ADDRESS(provider, name), count, __VA_ARGS__);       \
  } while (0)

/* ---- Probes inside an asm statement of the program ------------------------------------------- */

/*
 * asm("..." STAP_PROBE_ASM(provider, name, STAP_PROBE_ASM_TEMPLATE(2)) "..."
 *     : : STAP_PROBE_ASM_OPERANDS(2, a, b));
 * asm("..." STAP_PROBE_ASM(provider, name, -4@%%eax 8@16(%%rsp)) "...");
 *
 * A template is two macro arguments, "~, text"; anything else is one, and stands for itself.
 */
#define STAP_PROBE_ASM(provider, name, ...) \
  SPILE_SDT_PROBE_ASM(provider, name, SPILE_SDT_PICK(__VA_ARGS__, #__VA_ARGS__, ~))
#define SPILE_SDT_PICK(first, second, ...) second
#define SPILE_SDT_PROBE_ASM(provider, name, arguments)                             \
  "\n" SPILE_DETAIL_NOTE(SPILE_DETAIL_STRING(provider), SPILE_DETAIL_STRING(name), \
                         SPILE_SDT_ADDRESS(provider, name), arguments)
#define STAP_PROBE_ASM_TEMPLATE(n) \
  ~, SPILE_DETAIL_EACH(n, SPILE_DETAIL_SPEC, SPILE_DETAIL_SPACE, , , , , , , , , , , , , ~)

#define STAP_PROBE_ASM_OPERANDS(n, ...) \
  SPILE_DETAIL_EACH(n, SPILE_SDT_OPERAND, SPILE_DETAIL_COMMA, __VA_ARGS__, ~)
#if defined(__cplusplus)
#define SPILE_SDT_OPERAND(i, place, x) SPILE_DETAIL_OPERAND(i, place, x)
#else
#define SPILE_SDT_OPERAND(i, place, x)                                                        \
  [spile_size##i] "n"(SPILE_DETAIL_SIZE(SPILE_SDT_SAMPLE(x),                                  \
                                  __typeof__(SPILE_DETAIL_INT(SPILE_SDT_SAMPLE(x))))),        \
      [spile_value##i] place(                                                                 \
          __extension__({                                                                     \
            SPILE_DETAIL_LOCAL(i, place, x) SPILE_DETAIL_LAUNDER(i, place, x) spile_value##i; \
          }))
/* Never evaluated: an expression of x's type after conversion to an rvalue. */
#define SPILE_SDT_SAMPLE(x) (*(__typeof__((void)0, (x))*)0)
#endif

#endif

/* ---- The interface --------------------------------------------------------------------------- */

#define STAP_PROBE(provider, name) SPILE_SDT_PROBE(provider, name, 0, ~)
#define STAP_PROBE1(provider, name, a) SPILE_SDT_PROBE(provider, name, 1, a, ~)
#define STAP_PROBE2(provider, name, a, b) SPILE_SDT_PROBE(provider, name, 2, a, b, ~)
#define STAP_PROBE3(provider, name, a, b, c) SPILE_SDT_PROBE(provider, name, 3, a, b, c, ~)
#define STAP_PROBE4(provider, name, a, b, c, d) SPILE_SDT_PROBE(provider, name, 4, a, b, c, d, ~)
#define STAP_PROBE5(provider, name, a, b, c, d, e) \
  SPILE_SDT_PROBE(provider, name, 5, a, b, c, d, e, ~)
#define STAP_PROBE6(provider, name, a, b, c, d, e, f) \
  SPILE_SDT_PROBE(provider, name, 6, a, b, c, d, e, f, ~)
#define STAP_PROBE7(provider, name, a, b, c, d, e, f, g) \
  SPILE_SDT_PROBE(provider, name, 7, a, b, c, d, e, f, g, ~)
#define STAP_PROBE8(provider, name, a, b, c, d, e, f, g, h) \
  SPILE_SDT_PROBE(provider, name, 8, a, b, c, d, e, f, g, h, ~)
#define STAP_PROBE9(provider, name, a, b, c, d, e, f, g, h, i) \
  SPILE_SDT_PROBE(provider, name, 9, a, b, c, d, e, f, g, h, i, ~)
#define STAP_PROBE10(provider, name, a, b, c, d, e, f, g, h, i, j) \
  SPILE_SDT_PROBE(provider, name, 10, a, b, c, d, e, f, g, h, i, j, ~)
#define STAP_PROBE11(provider, name, a, b, c, d, e, f, g, h, i, j, k) \
  SPILE_SDT_PROBE(provider, name, 11, a, b, c, d, e, f, g, h, i, j, k, ~)
#define STAP_PROBE12(provider, name, a, b, c, d, e, f, g, h, i, j, k, l) \
  SPILE_SDT_PROBE(provider, name, 12, a, b, c, d, e, f, g, h, i, j, k, l, ~)

/* The number of arguments is counted. systemtap has this one only with SDT_USE_VARIADIC. */
#if defined(SDT_USE_VARIADIC) && !defined(__ASSEMBLER__)
#define STAP_PROBEV(...) SPILE_SDT_PROBEV(__VA_ARGS__, ~)
#define SPILE_SDT_PROBEV(provider, name, ...) \
  SPILE_SDT_PROBE(provider, name, SPILE_DETAIL_COUNT(__VA_ARGS__), __VA_ARGS__)
#endif

#define DTRACE_PROBE(provider, name) STAP_PROBE(provider, name)
#define DTRACE_PROBE1(provider, name, a) STAP_PROBE1(provider, name, a)
#define DTRACE_PROBE2(provider, name, a, b) STAP_PROBE2(provider, name, a, b)
#define DTRACE_PROBE3(provider, name, a, b, c) STAP_PROBE3(provider, name, a, b, c)
#define DTRACE_PROBE4(provider, name, a, b, c, d) STAP_PROBE4(provider, name, a, b, c, d)
#define DTRACE_PROBE5(provider, name, a, b, c, d, e) STAP_PROBE5(provider, name, a, b, c, d, e)
#define DTRACE_PROBE6(provider, name, a, b, c, d, e, f) \
  STAP_PROBE6(provider, name, a, b, c, d, e, f)
#define DTRACE_PROBE7(provider, name, a, b, c, d, e, f, g) \
  STAP_PROBE7(provider, name, a, b, c, d, e, f, g)
#define DTRACE_PROBE8(provider, name, a, b, c, d, e, f, g, h) \
  STAP_PROBE8(provider, name, a, b, c, d, e, f, g, h)
#define DTRACE_PROBE9(provider, name, a, b, c, d, e, f, g, h, i) \
  STAP_PROBE9(provider, name, a, b, c, d, e, f, g, h, i)
#define DTRACE_PROBE10(provider, name, a, b, c, d, e, f, g, h, i, j) \
  STAP_PROBE10(provider, name, a, b, c, d, e, f, g, h, i, j)
#define DTRACE_PROBE11(provider, name, a, b, c, d, e, f, g, h, i, j, k) \
  STAP_PROBE11(provider, name, a, b, c, d, e, f, g, h, i, j, k)
#define DTRACE_PROBE12(provider, name, a, b, c, d, e, f, g, h, i, j, k, l) \
  STAP_PROBE12(provider, name, a, b, c, d, e, f, g, h, i, j, k, l)

#endif /* _SYS_SDT_H */
