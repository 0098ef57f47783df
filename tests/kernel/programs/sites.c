// SPDX-License-Identifier: MIT
/*
 * Notes at instructions of several kinds, written by hand; the code is never run.
 *   sites:nop5   0f 1f 44 00 00          sites:push   no nop at all
 *   sites:mixed  one nop and one push    sites:far    an address outside of the file
 */
#include "workload.h"

#define NOTE(name, address)                                            \
  "\t.pushsection .note.stapsdt,\"\",\"note\"\n\t.balign 4\n"          \
  "\t.4byte 8, 82f-81f, 3\n\t.asciz \"stapsdt\"\n81:\t.8byte " address \
  ", 0, 0\n\t.asciz \"sites\"\n\t.asciz \"" name                       \
  "\"\n\t.asciz \"\"\n82:\t.balign 4\n\t.popsection\n"

__asm__(
    "\t.text\n"
    "site_nop5:\t.byte 0x0f, 0x1f, 0x44, 0, 0\n\tret\n"
    "site_push:\tpush %rbx\n\tpop %rbx\n\tret\n"
    "site_nop:\tnop\n\tret\n" NOTE("nop5", "site_nop5") NOTE("push", "site_push")
        NOTE("mixed", "site_nop") NOTE("mixed", "site_push") NOTE("far", "0x7fff00000000"));

int main(void) {
  wait_for_go();
  return 0;
}
