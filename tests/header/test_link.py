# SPDX-License-Identifier: MIT
"""What linkers keep of notes and gates: static, PIE, shared, LTO, --gc-sections, bfd, gold, lld.

programs/gates_main.c and gates_other.c are linked in each way, as C and as C++. Then every note
must name the gate that its probe has in that file, and the program must run untraced to status 0:
nothing behind a gate was evaluated.
"""

import pathlib
import re
import tempfile

import notes
from spiletest import TestCase, main, require_tool, run

SOURCES = [notes.PROGRAMS / "gates_main.c", notes.PROGRAMS / "gates_other.c"]
GATED = {"gates:gated__elsewhere", "gates:gated__here", "a__b:c", "a:b__c"}
PLAIN = {"gates:never__gated", "gates:unreachable"}
GATED_CXX = {"gates:in__both__gated"}
PLAIN_CXX = {"gates:in__both", "gates:generic__in__both"}
LLD = ["-fuse-ld=lld"]
GC = ["-ffunction-sections", "-fdata-sections", "-Wl,--gc-sections"]


def gate_symbols(path):
    """{"provider:name": (address, section)} of the gates that a file defines."""
    table = run(["readelf", "-sW", path])
    gates = {}
    for line in table.out.splitlines():
        found = re.search(r": (\w+)\s+4 OBJECT .* (\d+) spile_gate\.([^.]+)\.([^.]+)$", line)
        if found:
            gates[f"{found[3]}:{found[4]}"] = (int(found[1], 16), int(found[2]))
    return gates


def probes_section(path):
    """(number, address, size, flags) of .probes."""
    sections = run(["readelf", "-SW", path])
    found = re.search(r"\[ *(\d+)\] \.probes +PROGBITS +(\w+) \w+ (\w+) \w+ +(\w+)", sections.out)
    return int(found[1]), int(found[2], 16), int(found[3], 16), found[4]


class Link(TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.image = pathlib.Path(folder.name) / "image"

    def check(self, compiler, level):
        found = notes.read_notes(self.image)
        gates = gate_symbols(self.image)
        number, address, size, flags = probes_section(self.image)
        self.assertEqual(flags, "WA")
        wanted_gated = GATED | (GATED_CXX if compiler.is_cxx else set())
        wanted_plain = PLAIN | (PLAIN_CXX if compiler.is_cxx else set())
        self.assertEqual(set(gates), wanted_gated)
        self.assertEqual(len({place for place, _ in gates.values()}), len(gates))
        live = [note for note in found if note.name != "unreachable"]
        names = [f"{note.provider}:{note.name}" for note in live]
        self.assertEqual(set(names), (wanted_gated | wanted_plain) - {"gates:unreachable"})
        self.assertEqual(len({note.location for note in live}), len(live), "a site, two notes")
        if level == "-O0":  # optimised, a function may have copies, each with a site
            for probe in PLAIN_CXX & set(names):
                self.assertEqual(names.count(probe), 1, probe)
        for note, probe in zip(live, names):
            self.assertNotEqual(note.location, 0, note)
            if probe in wanted_plain:
                self.assertEqual(note.semaphore, 0, note)
            else:
                place, section = gates[probe]
                self.assertEqual((note.semaphore, section), (place, number), note)
                self.assertEqual(place % 4, 0)
                self.assertTrue(address <= place < address + size)

    def check_cells(self, compilers, ways):
        for compiler in compilers:
            for way in ways:
                for level in ("-O0", "-O2"):
                    with self.subTest(compiler.name, way=way, level=level):
                        notes.require_compiler(compiler)
                        language = ["-xc++"] if compiler.is_cxx else []
                        compiler.build(self.image, level, *way, *language, *SOURCES)
                        self.check(compiler, level)
                        if compiler.cpu == "x86-64" or "-static" in way:
                            self.assertEqual(notes.run_image(compiler, self.image).status, 0)

    GCC = [c for c in notes.COMPILERS if c.name in ("gcc", "g++")]
    CLANG = [c for c in notes.COMPILERS if c.name in ("clang", "clang++")]
    ARM = [c for c in notes.COMPILERS if c.cpu == "arm64"]

    def test_bfd(self):
        self.check_cells(self.GCC, [["-no-pie"], ["-pie", "-fPIE"], ["-static"], ["-static-pie"],
                                    GC])

    def test_gcc_lto(self):
        self.check_cells(self.GCC, [["-flto=2"], ["-flto=2", "-flto-partition=max"]])

    def test_gold(self):
        require_tool("ld.gold", notes.PACKAGES["ld.gold"])
        self.check_cells(self.GCC, [["-fuse-ld=gold"], ["-fuse-ld=gold", "-static"]])

    def test_lld(self):
        require_tool("ld.lld-19", notes.PACKAGES["ld.lld-19"])
        self.check_cells(self.CLANG, [LLD, [*LLD, "-static"], [*LLD, "-pie", "-fPIE"],
                                      [*LLD, *GC]])

    def test_lld_lto(self):
        require_tool("ld.lld-19", notes.PACKAGES["ld.lld-19"])
        self.check_cells(self.CLANG, [[*LLD, "-flto"], [*LLD, "-flto=thin"]])

    def test_arm64(self):
        self.check_cells(self.ARM, [["-no-pie"], ["-pie", "-fPIE"], ["-static"]])

    def test_arm64_lld(self):
        require_tool("ld.lld-19", notes.PACKAGES["ld.lld-19"])
        self.check_cells([c for c in self.ARM if c.name.startswith("clang")],
                         [LLD, [*LLD, "-static"], [*LLD, "-flto", "-static"]])

    def test_either_half_opens_a_gate(self):
        for compiler in notes.COMPILERS:
            for level in ("-O0", "-O2"):
                with self.subTest(compiler.name, level=level):
                    notes.require_compiler(compiler)
                    language = ["-xc++"] if compiler.is_cxx else []
                    compiler.build(self.image, level, "-static", *language,
                                   notes.PROGRAMS / "gate_halves.c")
                    (place, _), = gate_symbols(self.image).values()
                    self.assertEqual({n.semaphore for n in notes.read_notes(self.image)}, {place})
                    self.assertEqual(notes.run_image(compiler, self.image).status, 0)

    def test_relocatable_link_then_link(self):
        gcc = self.GCC[0]
        partial = self.image.with_suffix(".o")
        gcc.build(partial, "-O2", "-r", *SOURCES)
        gcc.build(self.image, partial)
        self.check(gcc, "-O2")

    def test_shared_library_has_gates_of_its_own(self):
        for compiler in (self.GCC[0], self.CLANG[0], self.ARM[0]):
            with self.subTest(compiler.name):
                notes.require_compiler(compiler)
                library = self.image.with_name("libother.so")
                compiler.build(library, "-O2", "-shared", "-fPIC", SOURCES[1])
                compiler.build(self.image, "-O2", SOURCES[0], library)
                in_library, in_program = gate_symbols(library), gate_symbols(self.image)
                self.assertEqual(set(in_library), {"gates:gated__elsewhere"})
                self.assertEqual(set(in_program), GATED - {"gates:gated__elsewhere"})
                # Nobody in the library asks for gated__here: there it is a plain probe.
                (note,) = notes.read_notes(library)
                self.assertEqual((note.name, note.semaphore), ("gated__here", 0))
                dynamic = run(["readelf", "-W", "--dyn-syms", "-d", "-r", library]).out
                self.assertNotIn("TEXTREL", dynamic)
                self.assertNotIn("spile_gate", dynamic)


if __name__ == "__main__":
    main()
