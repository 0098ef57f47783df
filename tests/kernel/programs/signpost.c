// SPDX-License-Identifier: MIT
/* libsignpost.so: a probe in a shared library. */
#include <spile/probe.h>

void signpost_pass(int number) { SPILE_PROBE(signpost, pass, number); }
