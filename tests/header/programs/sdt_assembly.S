// SPDX-License-Identifier: MIT
/* <sys/sdt.h> in an assembly source. */
#include <sys/sdt.h>

	.text
	.globl in_assembly
in_assembly:
	STAP_PROBE(assembly, none)
#if defined(__x86_64__)
	STAP_PROBE2(assembly, two, -4@%edi, 8@8(%rsp))
#else
	STAP_PROBE2(assembly, two, -4@x0, 8@[sp])
#endif
	ret
	.section .note.GNU-stack,"",%progbits
