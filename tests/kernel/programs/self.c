// SPDX-License-Identifier: MIT
/*
 * The program knows who it is: self:who(pid, tid, uid, gid, cpu) fires 3 times on one CPU, in a
 * thread called "myself".
 */
#define _GNU_SOURCE
#include <sched.h>
#include <spile/probe.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "workload.h"

int main(void) {
  cpu_set_t one;
  int cpu = sched_getcpu();
  CPU_ZERO(&one);
  CPU_SET(cpu, &one);
  sched_setaffinity(0, sizeof(one), &one);
  prctl(PR_SET_NAME, "myself");
  wait_for_go();
  for (int i = 0; i < 3; ++i) {
    SPILE_PROBE(self, who, (int)getpid(), (int)gettid(), (int)getuid(), (int)getgid(), cpu);
  }
  return 0;
}
