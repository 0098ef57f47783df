// SPDX-License-Identifier: MIT
// Probes whose arguments make compilers use every kind of operand that they have. Never run: what
// counts is what is written into the notes, by each compiler, for each machine.
#include <sys/sdt.h>

int glob;
static int table[8];
__thread int local_to_thread;
struct Three {
  long a, b, c;
} three;

void fire(int a, long b, const char* s, int i, unsigned u, short* sh, struct Three* p) {
  long local[32];
  local[a & 31] = b;
  STAP_PROBE12(operands, many, a, b, s, s[i], sh[i], sh[u], p->b, local[a & 31], glob, (char)a, 5,
               -7);
  STAP_PROBE3(operands, globals, glob, three.b, table[i & 7]);
  STAP_PROBE3(operands, addresses, &local[0], (void*)s, (unsigned short)u);
  STAP_PROBE1(operands, zero, 0);
  STAP_PROBE2(operands, large, 0x123456789abcdefL, (unsigned char)i);
  STAP_PROBE1(operands, thread, local_to_thread);
  STAP_PROBE(operands, none);
  table[1] = (int)local[3];
}

int main(void) { return 0; }
