// SPDX-License-Identifier: MIT
/*
 * Every kind of argument that C has, in every kind of place. C99 and later.
 *
 * A line "want NAME: SIZES" says what the note of main's provider "args" must record: the signed
 * size of each argument. char stands for the sign of plain char on the CPU. test_notes.py compares.
 */
#include <spile/probe.h>

#define error a_macro_must_not_change_a_probe_name
#define PROVIDER args
#define TWO_ARGUMENTS 1, 2u

struct incomplete;
struct fields {
  unsigned narrow : 3;
  int negative : 5;
  unsigned char byte;
};
struct __attribute__((packed)) packed {
  char first;
  int second;
};
enum plain { kPlain };
enum negative { kNegative = -1 };
enum __attribute__((packed)) tiny { kTiny };

int global_int = 4;
const char *global_text = "global";
float global_float = 1.5f;
static double global_double = 2.5;
static __thread long thread_local_long = 6;
extern const int global_table[4];
const int global_table[4] = {1, 2, 3, 4};
static int evaluations;

static int count_evaluation(void) { return ++evaluations; }

/* want inline__function: -4 */
inline int inline_function(int x);
inline int inline_function(int x) {
  SPILE_PROBE(args, inline__function, x);
  return x;
}
extern int inline_function(int x);

static inline long static_inline_function(long x) {
  SPILE_PROBE(args, static__inline, x); /* want static__inline: -8 */
  return x;
}

static void integers(signed char i8, unsigned char u8, short i16, unsigned short u16, int i32,
                     unsigned u32, long i64, unsigned long u64, long long ll,
                     unsigned long long ull, char c, _Bool b) {
  SPILE_PROBE(args, integers, i8, u8, i16, u16, i32, u32, i64, u64, ll, ull, c, b);
  /* want integers: -1 1 -2 2 -4 4 -8 8 -8 8 char 1 */
}

static void enums(enum plain p, enum negative n, enum tiny t) {
  SPILE_PROBE(args, enums, p, n, t); /* want enums: 4 -4 1 */
  SPILE_PROBE(args, enumerators, kPlain, kNegative); /* want enumerators: -4 -4 */
}

static void constants(void) {
  const int local = 7;
  SPILE_PROBE(args, constants, 1, -5, 0, 4294967295u, 'a', -9223372036854775807LL - 1,
              18446744073709551615ull, (unsigned char)200, (signed char)-3, local, (_Bool)1, 0x7fL);
  /* want constants: -4 -4 -4 4 -4 -8 8 1 -1 -4 1 -8 */
}

static void floats(float f, double d) {
  SPILE_PROBE(args, floats, f, d, global_float, global_double, 1.5f, 2.5);
  /* want floats: 4 8 4 8 4 8 */
}

static void pointers(const char *text, struct incomplete *incomplete, void *nothing) {
  char array[8] = "array";
  volatile int watched = 3;
  SPILE_PROBE(args, pointers, text, incomplete, nothing, array, "literal", &global_int,
              static_inline_function, &array[2], (void *)0, global_table, &watched, __func__);
  /* want pointers: 8 8 8 8 8 8 8 8 8 8 8 8 */
}

static void places(struct fields *f, struct packed p, const volatile short *watched) {
  register int in_register = p.second;
  SPILE_PROBE(args, places, global_int, thread_local_long, global_table[f->byte], *watched,
              f->byte, p.second, in_register, f->byte ? 1.0f : 2.0f, sizeof(*f), (short)1);
  /* want places: -4 -8 -4 -2 1 -4 -4 4 8 -2 */
  SPILE_PROBE(args, bitfields, f->narrow, f->negative); /* want bitfields: 4 -4|-4 -4 */
}

static int statements(int argc) {
  if (argc)
    SPILE_PROBE(args, no__braces);
  else
    SPILE_PROBE(args, error, 1); /* want error: -4 */
  /* want no__braces: */
  switch (argc) {
    case 0:
      goto out;
    default:
      SPILE_PROBE(args, in__switch, argc); /* want in__switch: -4 */
  }
  for (int i = 0; i < 2; i++) SPILE_PROBE(PROVIDER, in__loop, i, TWO_ARGUMENTS);
  /* want in__loop: -4 -4 4 */
out:
  return argc;
}

static int gates(int argc) {
  /* want gated: -4 */
  SPILE_PROBE_SEMAPHORE(args, gated, count_evaluation());
  if (SPILE_PROBE_ENABLED(args, asked)) SPILE_PROBE(args, asked, count_evaluation(), argc);
  /* want asked: -4 -4 */
  while (!SPILE_PROBE_ENABLED(args, asked) && argc-- > 0) evaluations += 10;
  SPILE_PROBE(args, once, count_evaluation()); /* want once: -4 */
  return evaluations;
}

int main(int argc, char **argv) {
  struct fields fields = {1, -2, 3};
  struct packed packed = {'a', argc};
  volatile short watched = -7;
  integers(-1, 255, -2, 65535, -4, 4294967295u, -8, 8, -9, 9, 'c', 1);
  enums(kPlain, kNegative, kTiny);
  constants();
  floats(0.5f, 0.25);
  pointers(argv[0], 0, argv);
  places(&fields, packed, &watched);
  inline_function((int)static_inline_function(argc));
  statements(argc);
  /* argc is 1: once round the loop and one evaluation, unless a tracer is attached. */
  return gates(argc) == 11 ? 0 : 1;
}
