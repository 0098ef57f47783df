# SPDX-License-Identifier: MIT
"""What the header tests share: compilers, notes as readelf prints them, wanted sizes.

read_notes("a.o") gives, for a file with SPILE_PROBE(shop, open, 1, path):
[Note(provider="shop", name="open", location=0x40, base=0, semaphore=0,
      arguments=[Argument(size=-4, operand="$1"), Argument(size=8, operand="%rdi")])]
"""

import dataclasses
import os
import pathlib
import re
import shutil
import subprocess

import spiletest

HERE = pathlib.Path(__file__).resolve().parent
PROGRAMS = HERE / "programs"
INCLUDE = spiletest.source_dir() / "include"
STRICT = ["-Wall", "-Wextra", "-Wpedantic", "-Wshadow", "-Werror"]


@dataclasses.dataclass(frozen=True)
class Compiler:
    """One compiler for one language and CPU; command is what every call starts with."""

    name: str
    cpu: str
    command: tuple
    is_cxx: bool

    @property
    def source(self):
        return PROGRAMS / ("arguments.cc" if self.is_cxx else "arguments.c")

    def build(self, output, *arguments, language_standard=None, check=True):
        """Compiles with strict warnings; returns the completed process."""
        standard = [f"-std={language_standard}"] if language_standard else []
        done = subprocess.run(
            [*self.command, *standard, *STRICT, f"-I{INCLUDE}", *map(str, arguments),
             "-o", str(output)],
            capture_output=True, text=True)
        if check and done.returncode != 0:
            raise AssertionError(f"{' '.join(done.args)}\n{done.stderr}")
        return done


_X86, _ARM = "x86-64", "arm64"
_CLANG_ARM = ("--target=aarch64-linux-gnu",)
C_COMPILERS = [
    Compiler("gcc", _X86, ("gcc",), False),
    Compiler("clang", _X86, ("clang-19",), False),
    Compiler("gcc-arm64", _ARM, ("aarch64-linux-gnu-gcc",), False),
    Compiler("clang-arm64", _ARM, ("clang-19", *_CLANG_ARM), False),
]
CXX_COMPILERS = [
    Compiler("g++", _X86, ("g++",), True),
    Compiler("clang++", _X86, ("clang++-19",), True),
    Compiler("g++-arm64", _ARM, ("aarch64-linux-gnu-g++",), True),
    Compiler("clang++-arm64", _ARM, ("clang++-19", *_CLANG_ARM), True),
]
COMPILERS = C_COMPILERS + CXX_COMPILERS
PACKAGES = {
    "gcc": "gcc",
    "g++": "g++",
    "clang-19": "clang-19",
    "clang++-19": "clang-19",
    "aarch64-linux-gnu-gcc": "gcc-aarch64-linux-gnu",
    "aarch64-linux-gnu-g++": "g++-aarch64-linux-gnu",
    "ld.lld-19": "lld-19",
    "ld.gold": "binutils",
    "readelf": "binutils",
}


def require_compiler(compiler):
    spiletest.require_tool("readelf", PACKAGES["readelf"])
    spiletest.require_tool(compiler.command[0], PACKAGES[compiler.command[0]])


def run_image(compiler, image):
    """Runs a program to its end, an arm64 one (linked with -static) in qemu's user mode."""
    emulator = []
    if compiler.cpu == _ARM:
        name = "qemu-aarch64-static"
        if shutil.which(name) is None and shutil.which("qemu-aarch64"):
            name = "qemu-aarch64"
        emulator = [spiletest.require_tool(name, "qemu-user-static")]
    return spiletest.run([*emulator, image])


@dataclasses.dataclass(frozen=True)
class Argument:
    size: int
    operand: str


@dataclasses.dataclass(frozen=True)
class Note:
    provider: str
    name: str
    location: int
    base: int
    semaphore: int
    arguments: list

    @property
    def sizes(self):
        return [argument.size for argument in self.arguments]


_NOTE = re.compile(
    r"Provider: (?P<provider>.*)\n\s+Name: (?P<name>.*)\n"
    r"\s+Location: (?P<location>\S+), Base: (?P<base>\S+), Semaphore: (?P<semaphore>\S+)\n"
    r"\s+Arguments: ?(?P<arguments>.*)\n")


def _parse_argument(text):
    size, operand = text.split("@", 1)
    return Argument(int(size.rstrip("f")), operand)  # systemtap's header marks floats: 8f@...


def read_notes(path):
    listed = subprocess.run(["readelf", "-nW", str(path)], capture_output=True, text=True,
                            env={**os.environ, "LC_ALL": "C"}, check=True)
    return [
        Note(found["provider"], found["name"], int(found["location"], 16),
             int(found["base"], 16), int(found["semaphore"], 16),
             [_parse_argument(word) for word in found["arguments"].split()])
        for found in _NOTE.finditer(listed.stdout)
    ]


# What a reader can find with the note and the registers alone. A stack slot is only good for the
# arguments that may find no register: the ninth and later ones on x86-64.
_REGISTER = {
    _X86: re.compile(r"%(e?[abcd]x|r[abcd]x|[er]?(si|di|bp)|r\d+d?)"),
    _ARM: re.compile(r"x\d+"),
}
_CONSTANT = {_X86: re.compile(r"\$-?\d+"), _ARM: re.compile(r"-?\d+")}
_SLOT = re.compile(r"-?\d*\(%r(sp|bp|\d+|bx)\)")


def _is_small_constant(operand, cpu):
    """bcc and bpftrace 0.17 keep a constant in an int."""
    return (_CONSTANT[cpu].fullmatch(operand) is not None
            and -2**31 <= int(operand.lstrip("$")) < 2**31)


def unresolvable(note, cpu):
    """The arguments of a note that a reader could not find, as text."""
    bad = []
    for index, argument in enumerate(note.arguments):
        good = (_REGISTER[cpu].fullmatch(argument.operand)
                or _is_small_constant(argument.operand, cpu)
                or (cpu == _X86 and index >= 8 and _SLOT.fullmatch(argument.operand)))
        if not good:
            bad.append(f"argument {index} is {argument.size}@{argument.operand}")
    return bad


def read_wanted(source, cpu):
    """{name: [sizes, sizes, ...]} from the "want NAME: SIZES|SIZES" comments of a program."""
    signs = {"char": "-1" if cpu == _X86 else "1", "wchar": "-4" if cpu == _X86 else "4"}
    wanted = {}
    for name, lists in re.findall(r"want ([a-z]\w*):([-\w| ]*)", source.read_text()):
        wanted[name] = [[int(signs.get(word, word)) for word in one.split()]
                        for one in lists.split("|")]
    return wanted
