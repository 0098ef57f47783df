// SPDX-License-Identifier: MIT
/*
 * threads:work fires once in the main thread and 25 times in each of 4 others named worker0 ...
 * worker3: 101 times. Arguments: which thread, and its id as the kernel has it.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <spile/probe.h>
#include <unistd.h>

#include "workload.h"

static void* work(void* argument) {
  int number = (int)(long)argument;
  char name[16];
  snprintf(name, sizeof(name), "worker%d", number);
  pthread_setname_np(pthread_self(), name);
  for (int i = 0; i < 25; ++i) SPILE_PROBE(threads, work, number, (int)gettid());
  return NULL;
}

int main(void) {
  pthread_t threads[4];
  wait_for_go();
  SPILE_PROBE(threads, work, -1, (int)gettid());
  for (long i = 0; i < 4; ++i) pthread_create(&threads[i], NULL, work, (void*)i);
  for (int i = 0; i < 4; ++i) pthread_join(threads[i], NULL);
  return 0;
}
