// SPDX-License-Identifier: MIT
/* Each numbered macro of <sys/sdt.h> once, without semaphores. test_compat.py counts arguments. */
#include <sys/sdt.h>

void numbered(int x);
void numbered(int x) {
  DTRACE_PROBE(numbered, dtrace0);
  DTRACE_PROBE1(numbered, dtrace1, x);
  DTRACE_PROBE2(numbered, dtrace2, x, x);
  DTRACE_PROBE3(numbered, dtrace3, x, x, x);
  DTRACE_PROBE4(numbered, dtrace4, x, x, x, x);
  DTRACE_PROBE5(numbered, dtrace5, x, x, x, x, x);
  DTRACE_PROBE6(numbered, dtrace6, x, x, x, x, x, x);
  DTRACE_PROBE7(numbered, dtrace7, x, x, x, x, x, x, x);
  DTRACE_PROBE8(numbered, dtrace8, x, x, x, x, x, x, x, x);
  DTRACE_PROBE9(numbered, dtrace9, x, x, x, x, x, x, x, x, x);
  DTRACE_PROBE10(numbered, dtrace10, x, x, x, x, x, x, x, x, x, x);
  DTRACE_PROBE11(numbered, dtrace11, x, x, x, x, x, x, x, x, x, x, x);
  DTRACE_PROBE12(numbered, dtrace12, x, x, x, x, x, x, x, x, x, x, x, x);
  STAP_PROBE(numbered, stap0);
  STAP_PROBE1(numbered, stap1, x);
  STAP_PROBE2(numbered, stap2, x, x);
  STAP_PROBE3(numbered, stap3, x, x, x);
  STAP_PROBE4(numbered, stap4, x, x, x, x);
  STAP_PROBE5(numbered, stap5, x, x, x, x, x);
  STAP_PROBE6(numbered, stap6, x, x, x, x, x, x);
  STAP_PROBE7(numbered, stap7, x, x, x, x, x, x, x);
  STAP_PROBE8(numbered, stap8, x, x, x, x, x, x, x, x);
  STAP_PROBE9(numbered, stap9, x, x, x, x, x, x, x, x, x);
  STAP_PROBE10(numbered, stap10, x, x, x, x, x, x, x, x, x, x);
  STAP_PROBE11(numbered, stap11, x, x, x, x, x, x, x, x, x, x, x);
  STAP_PROBE12(numbered, stap12, x, x, x, x, x, x, x, x, x, x, x, x);
}
