# SPDX-License-Identifier: MIT
"""The stand-in for systemtap's <sys/sdt.h>: programs written for that header compile unchanged.

The same sources are also compiled with systemtap's own header where it is installed: the notes
must agree in names, semaphores and the sizes of arguments.
"""

import pathlib
import re
import tempfile

import notes
from spiletest import TestCase, main, run, skip

COMPAT = f"-I{notes.INCLUDE / 'spile' / 'compat'}"
SDT = notes.PROGRAMS / "sdt.c"
NUMBERED = notes.PROGRAMS / "sdt_numbered.c"
ASSEMBLY = notes.PROGRAMS / "sdt_assembly.S"
SYSTEMTAP = pathlib.Path("/usr/include/x86_64-linux-gnu/sys/sdt.h")


def semaphores(path):
    """{name: address} of the program's own semaphores, 2 bytes each."""
    table = run(["readelf", "-sW", path]).out
    return {name: int(address, 16) for address, name in
            re.findall(r": (\w+)\s+2 OBJECT .* compat_(\w+)_semaphore\n", table)}


class Compat(TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.image = pathlib.Path(folder.name) / "image"

    def build(self, compiler, source, *flags, standard=None):
        notes.require_compiler(compiler)
        language = ["-xc++"] if compiler.is_cxx else []
        compiler.build(self.image, *flags, *language, source, language_standard=standard)
        return notes.read_notes(self.image)

    def check_semaphores(self, found):
        own = semaphores(self.image)
        for note in found:
            self.assertEqual(note.semaphore, own[note.name], note)

    def test_program_with_semaphores(self):
        wanted = notes.read_wanted(SDT, "x86-64")
        for compiler in notes.COMPILERS:
            standards = ["c++11", "c++20"] if compiler.is_cxx else ["c99", "c17"]
            for standard in standards:
                for level in ("-O0", "-O2"):
                    with self.subTest(compiler.name, standard=standard, level=level):
                        found = self.build(compiler, SDT, COMPAT, level, standard=standard)
                        self.check_semaphores(found)
                        sizes = {note.name: note.sizes for note in found}
                        self.assertEqual(sizes.pop("literal"), [-4, 8])
                        self.assertEqual(sizes, {name: lists[0] for name, lists in wanted.items()})
                        for note in found:
                            self.assertEqual(note.provider, "compat")
                            if note.name != "literal":
                                self.assertEqual(notes.unresolvable(note, compiler.cpu), [], note)
                        if compiler.cpu == "x86-64":
                            self.assertEqual(run([self.image]).status, 0)

    def test_numbered_macros(self):
        for compiler in notes.COMPILERS:
            with self.subTest(compiler.name):
                found = self.build(compiler, NUMBERED, COMPAT, "-c", "-O2")
                counts = {note.name: len(note.arguments) for note in found}
                self.assertEqual(counts, {f"{family}{n}": n for family in ("dtrace", "stap")
                                          for n in range(13)})
                self.assertEqual({note.semaphore for note in found}, {0})

    def test_assembly(self):
        for compiler in notes.C_COMPILERS:
            with self.subTest(compiler.name):
                none, two = self.build(compiler, ASSEMBLY, COMPAT, "-c", "-Wno-pedantic")
                self.assertEqual((none.name, none.sizes), ("none", []))
                self.assertEqual((two.name, two.sizes[0]), ("two", -4))

    def test_disabled(self):
        for compiler in notes.COMPILERS[:2] + notes.CXX_COMPILERS[:2]:
            with self.subTest(compiler.name):
                self.assertEqual(
                    self.build(compiler, NUMBERED, COMPAT, "-c", "-DSPILE_DISABLE_PROBES"), [])

    def test_same_notes_as_systemtaps_header(self):
        if not SYSTEMTAP.exists():
            skip("needs sys/sdt.h: install the package systemtap-sdt-dev")
        gcc = notes.C_COMPILERS[0]
        for source, flags in ((NUMBERED, ["-c"]), (SDT, [])):
            with self.subTest(source=source.name):
                ours = self.build(gcc, source, COMPAT, "-O2", *flags)
                theirs = self.build(gcc, source, "-O2", "-Wno-pedantic", *flags, standard="gnu17")
                self.assertEqual(
                    sorted((n.provider, n.name, n.semaphore != 0, n.sizes) for n in ours),
                    sorted((n.provider, n.name, n.semaphore != 0, n.sizes) for n in theirs))


if __name__ == "__main__":
    main()
