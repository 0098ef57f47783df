"""The operands that compilers write, for every machine whose notes are read.

In:  tests/programs/operands.c, compiled by each compiler that is there, with several options.
Out: the notes are the same as readelf's, and every argument but the thread-local one can be read.
"""

import os
import shutil
import tempfile

from spiletest import TestCase, main, require_tool, run, skip, source_dir, spile_path
from test_notes import Dump, by_readelf

SOURCE = source_dir() / "tests" / "programs" / "operands.c"
OPTIONS = [["-O0"], ["-O1"], ["-O2"], ["-O3"], ["-O2", "-fPIC", "-shared"],
           ["-O2", "-fno-pie", "-no-pie"]]
# Only compiled, not linked: no libraries are needed.
CLANG_TARGETS = ["x86_64-linux-gnu", "aarch64-linux-gnu", "i386-linux-gnu", "arm-linux-gnueabihf",
                 "powerpc64le-linux-gnu", "s390x-linux-gnu", "riscv64-linux-gnu"]


def texts(notes):
    return [(note[0], note[1], note[-1]) for note in notes]


class Compilers(TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.readelf = require_tool("readelf", "binutils")

    def compile(self, compiler, options, header):
        output = os.path.join(self.folder.name, "operands")
        built = run([compiler, *options, "-w", "-I", header, SOURCE, "-o", output])
        self.assertEqual(built.status, 0, built)
        return output

    def check(self, path, thread_locals):
        dump = Dump([path])
        self.assertEqual(dump.errors, {})
        self.assertEqual(by_readelf(self.readelf, [path])[path], dump.notes[path])
        self.assertEqual(len(dump.notes[path]), 7)
        unreadable = [fields for fields in dump.unreadable if fields[1] != "operands:thread"]
        self.assertEqual(unreadable, [], path)
        self.assertLessEqual(len(dump.unreadable), thread_locals)

    def check_linked(self, compiler, header):
        if not shutil.which(compiler):
            skip(f"needs {compiler} (scripts/setup test)")
        for options in OPTIONS:
            path = self.compile(compiler, options, header)
            self.check(path, thread_locals=1)
            sites = run([spile_path(), "list", "--json", path]).out
            self.assertNotIn('"problem"', sites, options)

    def headers(self):
        """A folder with nothing but systemtap's header: cross compilers must not see the rest."""
        folder = os.path.join(self.folder.name, "include")
        os.makedirs(os.path.join(folder, "sys"), exist_ok=True)
        for place in ("/usr/include/x86_64-linux-gnu", "/usr/include/aarch64-linux-gnu",
                      "/usr/include"):
            found = os.path.join(place, "sys")
            if os.path.exists(os.path.join(found, "sdt.h")):
                for name in ("sdt.h", "sdt-config.h"):
                    shutil.copy(os.path.join(found, name), os.path.join(folder, "sys"))
                return folder
        return skip("needs sys/sdt.h: install systemtap-sdt-dev (scripts/setup test)")

    def test_gcc(self):
        self.check_linked("gcc", self.headers())

    def test_clang(self):
        self.check_linked("clang-19", self.headers())

    def test_gcc_for_arm64(self):
        self.check_linked("aarch64-linux-gnu-gcc", self.headers())

    def test_clang_for_every_machine(self):
        require_tool("clang-19", "clang-19")
        header = self.headers()
        for target in CLANG_TARGETS:
            for level in ("-O0", "-O2"):
                path = self.compile("clang-19", [f"--target={target}", level, "-c"], header)
                dump = Dump([path])
                self.assertEqual(dump.errors, {}, target)
                # An object file has no addresses yet; readelf shows those within its sections.
                self.assertEqual(texts(by_readelf(self.readelf, [path])[path]),
                                 texts(dump.notes[path]), target)
                self.assertEqual([field for field in dump.unreadable
                                  if field[1] != "operands:thread"], [], target)


if __name__ == "__main__":
    main()
