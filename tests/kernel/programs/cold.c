// SPDX-License-Identifier: MIT
/*
 * Literals on pages that are not mapped in, as those of a program that never used them: cold:text
 * fires 3 times. Status 7 if /proc/self/pagemap says that a page was there after all (the test
 * would prove nothing).
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <spile/probe.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#include "workload.h"

/* Wide apart: around a fault the kernel maps 16 pages (Linux 6.18: a whole large folio). */
enum { kApart = 512 << 10 };
static const char kCold[4 * kApart] __attribute__((aligned(65536))) = {
    [kApart] = 'f',
    'i',
    'r',
    's',
    't',
    [2 * kApart - 4] = 'c',
    'r',
    'o',
    's',
    's',
    'e',
    's',
    ' ',
    'p',
    'a',
    'g',
    'e',
    's',
    [3 * kApart + 60000] = 't',
    'h',
    'i',
    'r',
    'd',
};

static int is_resident(int pagemap, const char* address) {
  uint64_t entry = 0;
  pread(pagemap, &entry, sizeof(entry), (off_t)((uintptr_t)address / 4096 * 8));
  return entry >> 63 != 0;
}

int main(void) {
  int pagemap = open("/proc/self/pagemap", O_RDONLY);
  wait_for_go();
  for (volatile int i = 1; i <= 3; ++i) {
    const char* text = kCold + (i == 1 ? kApart : i == 2 ? 2 * kApart - 4 : 3 * kApart + 60000);
    madvise((void*)kCold, sizeof(kCold), MADV_DONTNEED);
    if (pagemap < 0 || is_resident(pagemap, text) || is_resident(pagemap, text + 8)) return 7;
    SPILE_PROBE(cold, text, i, text);
  }
  return 0;
}
