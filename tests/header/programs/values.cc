// SPDX-License-Identifier: MIT
/*
 * Values that tracers have to receive, fired every 20 ms for half a minute at most.
 * test_peers.py attaches to it and knows the values. Provider: spilevalues.
 *
 *   values         prints "round N evaluations M": M grows only while gated is traced
 *   values leaf    checks the stack of a leaf function around its site in every round
 *   values fork    forks in every round; the child passes the sites as well
 * Both end with a line and status 1 when something broke.
 */
#include <spile/probe.h>

#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>
#include <string_view>

enum class Narrow : short { kMinusSeven = -7 };
struct Bits {
  unsigned three : 3;
  int minus_two : 5;
};

float global_float = 1.5f;
double global_double = 2.25;
long global_table[4] = {10, 20, 30, 40};
thread_local int thread_local_int = 77;
static int evaluations;
static int evaluate() { return ++evaluations; }

__attribute__((noinline)) static void fire(int i, const char* text, signed char i8,
                                           unsigned char u8, unsigned short u16, long i64,
                                           bool yes) {
  const std::string small = "small", big(300, 'B');
  const Bits bits = {3, -2};
  SPILE_PROBE(spilevalues, none);
  SPILE_PROBE(spilevalues, variables, i, i8, u8, u16, i64, yes);
  SPILE_PROBE(spilevalues, constants, 4294967295u, -5, static_cast<unsigned char>(200),
              -9223372036854775807LL - 1, 'a', Narrow::kMinusSeven);
  SPILE_PROBE(spilevalues, places, global_table[u8 & 3], thread_local_int, bits.three,
              bits.minus_two, &global_table[1] - global_table);
  SPILE_PROBE(spilevalues, floats, global_float, global_double, 1.5f, 2.25);
  SPILE_PROBE(spilevalues, texts, text, big, std::string_view(small).substr(1, 3),
              (std::string("made from ") + text).c_str(), std::string_view(big), "literal");
  SPILE_PROBE_SEMAPHORE(spilevalues, gated, evaluate());
  SPILE_PROBE(spilevalues, twelve, 1, i, i8, u8, u16, i64, yes, Narrow::kMinusSeven, i64 - 1,
              global_table[1], i - 1, text);
}

__attribute__((noinline)) static long leaf(long seed) {
  volatile long below_the_stack_pointer[12];
  for (long n = 0; n < 12; n++) below_the_stack_pointer[n] = seed ^ n;
  SPILE_PROBE(spilevalues, leaf, seed);
  long wrong = 0;
  for (long n = 0; n < 12; n++) wrong += below_the_stack_pointer[n] != (seed ^ n);
  return wrong;
}

static int fork_and_fire() {
  const pid_t child = fork();
  if (child == 0) {
    fire(-3, "text", -2, 254, 65535, -8, true);
    _exit(leaf(1) == 0 ? 0 : 1);
  }
  int status = -1;
  waitpid(child, &status, 0);
  return status;
}

int main(int argc, char** argv) {
  const char* mode = argc > 1 ? argv[1] : "";
  const int one = argc > 0;
  for (int round = 1; round <= 1500; round++) {
    fire(one * -3, "text", static_cast<signed char>(one * -2), 254, 65535, one * -8L, one == 1);
    if (strcmp(mode, "leaf") == 0 && leaf(round) != 0) return puts("stack overwritten"), 1;
    const int status = strcmp(mode, "fork") == 0 ? fork_and_fire() : 0;
    if (status != 0) return printf("child ended with %#x\n", status), 1;
    printf("round %d evaluations %d\n", round, evaluations);
    fflush(stdout);
    usleep(20000);
  }
}
