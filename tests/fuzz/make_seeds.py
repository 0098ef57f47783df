"""Writes the seed corpus: small ELF files with probes, and argument strings of each machine.

    make_seeds.py FOLDER
"""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "list"))

import elf_file  # noqa: E402
from elf_file import Probe  # noqa: E402

X86 = "-4@%edi 8@-24(%rbp,%rax,8) 4@$-5 1@%ah 8@4+glob(%rip) -4@%fs:tl@tpoff 8f@%xmm0 16@(%rax)"
ARGUMENTS = {  # by elf::Machine
    0: X86,
    1: "-4@5 8@x0 4@w3 8@[sp, 24] 8@[x1, x2, lsl 3] 4@[x1, w2, sxtw 2] 4@[x0, #:lo12:glob] 8@d0",
    2: "-4@%eax 4@8(%esp) 4@glob 4@$7",
    3: "-4@r0 4@[sp, #4] 4@#5 4@[r1, r2]",
    4: "-4@i5 8@9 8@16(1) 4@9,10",
    5: "-4@5 8@%r2 8@160(%r15) 8@8(%r1,%r2)",
    6: "-4@5 8@a0 -8@-88(s0)",
}


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for machine, text in ARGUMENTS.items():
        (folder / f"args-{machine}").write_bytes(bytes([machine]) + text.encode())
    files = {
        "empty": elf_file.build([]),
        "one": elf_file.build([Probe("app", "request", X86, semaphore=0x3010)]),
        "two": elf_file.build([Probe("a", "b"), Probe("a", "b", "8@%rdi", base=0x1f00)]),
    }
    for name, data in files.items():
        (folder / f"elf-{name}").write_bytes(b"\xff" + data)


if __name__ == "__main__":
    main()
