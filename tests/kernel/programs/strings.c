// SPDX-License-Identifier: MIT
/*
 * strings:path fires 5 times with request lines, strings:odd with texts that are hard to print and
 * pointers that are no text, strings:long with texts of 255, 256, 257, 5000 and 20000 characters.
 */
#include <spile/probe.h>
#include <string.h>
#include <sys/mman.h>

#include "workload.h"

static void fire_paths(void) {
  static const char* const kPaths[] = {"GET /", "GET /a", "GET", "POST /", "G"};
  for (volatile int i = 0; i < 5; ++i) SPILE_PROBE(strings, path, i + 1, kPaths[i]);
}

static void fire_odd(void) {
  static const char* const kOdd[] = {
      "\033[31mred\033[0m\a", "\xff\xfe no UTF-8", "caf\xc3\xa9", "two\nlines\t.", "", NULL,
      "\xe2\x80\xaeturned"};
  for (volatile int i = 0; i < 7; ++i) SPILE_PROBE(strings, odd, i + 1, kOdd[i]);
}

/* A text that ends where the mapped memory ends, one that runs into it, and no text at all. */
static void fire_edges(void) {
  char* page = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  munmap(page + 4096, 4096);
  memset(page, 'x', 4096);
  memcpy(page + 4096 - 5, "ends", 5);
  SPILE_PROBE(strings, edge, page + 4096 - 5);
  page[4095] = 'x';
  SPILE_PROBE(strings, edge, page + 4096 - 5);
  SPILE_PROBE(strings, edge, (const char*)8);
  SPILE_PROBE(strings, edge, (const char*)0xffff888000000000);
  SPILE_PROBE(strings, edge, (const char*)0x0badbadbadbadbad);
}

static void fire_long(void) {
  static char text[20001];
  static const int kLengths[] = {255, 256, 257, 5000, 20000};
  for (volatile int i = 0; i < 5; ++i) {
    memset(text, 'a' + i, sizeof(text));
    text[kLengths[i]] = '\0';
    SPILE_PROBE(strings, long, kLengths[i], text);
  }
}

int main(void) {
  wait_for_go();
  fire_paths();
  fire_odd();
  fire_edges();
  fire_long();
  return 0;
}
