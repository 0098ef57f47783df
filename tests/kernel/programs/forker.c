// SPDX-License-Identifier: MIT
/*
 * forker:step fires 2 times in this process, then 5 times in a child and 4 times in a grandchild
 * that the child execs from this file: 11 times. Arguments: generation, number.
 */
#include <spile/probe.h>
#include <sys/wait.h>
#include <unistd.h>

#include "workload.h"

static void fire(int generation, int times) {
  for (int i = 1; i <= times; ++i) SPILE_PROBE(forker, step, generation, i);
}

int main(int argc, char** argv) {
  if (argc > 1) {
    fire(2, 4);
    return 0;
  }
  wait_for_go();
  fire(0, 2);
  if (fork() == 0) {
    fire(1, 5);
    if (fork() == 0) {
      execl("/proc/self/exe", argv[0], "grandchild", (char*)NULL);
      _exit(8);
    }
    wait(NULL);
    _exit(0);
  }
  wait(NULL);
  return 0;
}
