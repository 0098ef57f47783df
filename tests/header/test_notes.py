# SPDX-License-Identifier: MIT
"""What probe.h records, for each compiler, language standard, optimisation and CPU.

Every cell compiles programs/arguments.c or .cc with strict warnings and compares the notes with
the "want" comments of the program: names, number, size and sign of the arguments, and operands
that can be resolved from the note alone.
"""

import pathlib
import tempfile

import notes
from spiletest import TestCase, main, run

C_STANDARDS = ["c99", "c11", "c17", "gnu2x"]
CXX_STANDARDS = ["c++11", "c++14", "c++17", "c++20", "c++23"]
LEVELS = ["-O0", "-O2"]


class Notes(TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        cls.output = pathlib.Path(cls.folder.name) / "program"

    def check(self, compiler, found, standard):
        wanted = notes.read_wanted(compiler.source, compiler.cpu)
        if standard in ("c++11", "c++14"):
            wanted.pop("views", None)
        self.assertEqual({note.name for note in found}, set(wanted))
        for note in found:
            self.assertEqual(note.provider, "args")
            self.assertIn(note.sizes, wanted[note.name], note)
            self.assertEqual(notes.unresolvable(note, compiler.cpu), [], note)

    def check_cells(self, compiler, standards, levels, *flags):
        notes.require_compiler(compiler)
        for standard in standards:
            for level in levels:
                with self.subTest(standard=standard, level=level, flags=flags):
                    compiler.build(self.output, level, *flags, "-c", compiler.source,
                                   language_standard=standard)
                    self.check(compiler, notes.read_notes(self.output), standard)

    def check_runs(self, compiler, level):
        """Links, runs, and sees arguments evaluated once, or not at all behind a gate."""
        linkage = ["-static"] if compiler.cpu == "arm64" else []
        compiler.build(self.output, level, *linkage, compiler.source)
        self.check(compiler, notes.read_notes(self.output), "default")
        self.assertEqual(notes.run_image(compiler, self.output).status, 0)

    def test_gcc(self):
        self.check_cells(notes.C_COMPILERS[0], C_STANDARDS, LEVELS)

    def test_clang(self):
        self.check_cells(notes.C_COMPILERS[1], C_STANDARDS, LEVELS)

    def test_gxx(self):
        self.check_cells(notes.CXX_COMPILERS[0], CXX_STANDARDS, LEVELS)

    def test_clangxx(self):
        self.check_cells(notes.CXX_COMPILERS[1], CXX_STANDARDS, LEVELS)

    def test_arm64(self):
        for compiler in notes.COMPILERS:
            if compiler.cpu == "arm64":
                with self.subTest(compiler.name):
                    oldest = "c++11" if compiler.is_cxx else "c99"
                    self.check_cells(compiler, [oldest], ["-O0", "-O2", "-O3"])

    def test_other_levels_and_code_models(self):
        for compiler in (c for c in notes.COMPILERS if c.cpu == "x86-64"):
            with self.subTest(compiler.name):
                newest = "c++20" if compiler.is_cxx else "c17"
                self.check_cells(compiler, [newest], ["-O1", "-O3", "-Os"])
                self.check_cells(compiler, [newest], ["-O2"], "-fPIC", "-fno-omit-frame-pointer")
                self.check_cells(compiler, [newest], ["-O1"], "-fsanitize=address,undefined")

    def test_twelve_arguments_when_registers_are_scarce(self):
        source = notes.PROGRAMS / "pressure.c"
        frames = ["-fPIC", "-fno-omit-frame-pointer", "-fstack-protector-all"]
        for compiler in notes.C_COMPILERS:
            ways = [[], frames]
            if compiler.cpu == "x86-64":
                ways.append([*frames, "-mstackrealign"])
            if compiler.name == "gcc":
                ways.append([f"-ffixed-{register}" for register in
                             ("rbx", "r12", "r13", "r14", "r15")])
            for way in ways:
                for level in ("-O0", "-O1", "-O2", "-O3", "-Os"):
                    with self.subTest(compiler.name, way=way, level=level):
                        notes.require_compiler(compiler)
                        compiler.build(self.output, level, *way, "-c", source)
                        wanted = notes.read_wanted(source, compiler.cpu)
                        for note in notes.read_notes(self.output):
                            self.assertEqual([note.sizes], wanted[note.name])
                            self.assertEqual(notes.unresolvable(note, compiler.cpu), [], note)

    def test_programs_run(self):
        for compiler in notes.COMPILERS:
            for level in ("-O0", "-O2"):
                with self.subTest(compiler.name, level=level):
                    notes.require_compiler(compiler)
                    self.check_runs(compiler, level)


class Site(TestCase):
    """The bytes at the address that the note names."""

    def bytes_at_site(self, compiler):
        notes.require_compiler(compiler)
        with tempfile.TemporaryDirectory() as folder:
            source = pathlib.Path(folder) / "site.c"
            source.write_text("#include <spile/probe.h>\n"
                              "void site(void);\n"
                              "void site(void) { SPILE_PROBE(site, one); }\n")
            image = pathlib.Path(folder) / "image"
            compiler.build(image, "-O2", "-nostdlib", "-Wl,-Ttext=0x10000", "-Wl,-e,site",
                           "-static", source)
            (note,) = notes.read_notes(image)
            code = pathlib.Path(folder) / "code"
            done = run([compiler_tool(compiler, "objcopy"), "-O", "binary", "-j", ".text",
                        image, code])
            self.assertEqual(done.status, 0, done)
            return code.read_bytes()[note.location - 0x10000:][:11]

    def test_x86_64_is_nop_nop10(self):
        for compiler in notes.C_COMPILERS[:2]:
            self.assertEqual(self.bytes_at_site(compiler).hex(" "),
                             "90 66 2e 0f 1f 84 00 00 00 00 00")

    def test_arm64_is_nop(self):
        for compiler in notes.C_COMPILERS[2:]:
            self.assertEqual(self.bytes_at_site(compiler)[:4].hex(" "), "1f 20 03 d5")


def compiler_tool(compiler, tool):
    return f"aarch64-linux-gnu-{tool}" if compiler.cpu == "arm64" else tool


class Compiles(TestCase):
    """Small programs that have to compile everywhere, and some that must not."""

    def compile(self, compiler, text, *flags, check=True):
        notes.require_compiler(compiler)
        with tempfile.TemporaryDirectory() as folder:
            source = pathlib.Path(folder) / ("t.cc" if compiler.is_cxx else "t.c")
            source.write_text(text)
            return compiler.build(pathlib.Path(folder) / "t.o", *flags, "-c", source, check=check)

    def test_refuses_what_no_reader_could_decode(self):
        common = ["long double x = 1;", "__int128 x = 1;"]
        c_only = ["struct { int a[4]; } x = {{0}};", "struct { char a; } x = {0};",
                  "__complex__ float x = 1;"]
        cxx_only = ["struct S { int a; } x{};", "union U { int a; } x{};",
                    "struct S { int a; }; int S::*x = &S::a;"]
        for compiler in notes.COMPILERS[:2] + notes.CXX_COMPILERS[:2]:
            for declaration in common + (cxx_only if compiler.is_cxx else c_only):
                with self.subTest(compiler.name, declaration=declaration):
                    done = self.compile(
                        compiler,
                        "#include <spile/probe.h>\n"
                        f"void f(); void f() {{ {declaration} SPILE_PROBE(a, b, x); }}\n",
                        "-Wno-pedantic", "-Wno-strict-prototypes", check=False)
                    self.assertNotEqual(done.returncode, 0)
                    self.assertRegex(done.stderr, r"probe argument|aggregate|invalid operand")

    def test_refuses_thirteen_arguments(self):
        text = ("#include <spile/probe.h>\nvoid f(void);\n"
                "void f(void) { SPILE_PROBE(a, b, 1,2,3,4,5,6,7,8,9,10,11,12,13); }\n")
        for compiler in (notes.C_COMPILERS[0], notes.CXX_COMPILERS[1]):
            done = self.compile(compiler, text, check=False)
            self.assertIn("a_probe_takes_at_most_12_arguments", done.stderr)

    def test_refuses_intel_syntax(self):
        text = ("#include <spile/probe.h>\nvoid f(int x);\n"
                "void f(int x) { SPILE_PROBE(a, b, x); }\n")
        done = self.compile(notes.C_COMPILERS[0], text, "-masm=intel", check=False)
        self.assertIn("needs -masm=att", done.stderr)

    def test_disabled_probes_leave_no_trace_and_no_warning(self):
        for compiler in notes.COMPILERS[:2] + notes.CXX_COMPILERS[:2]:
            with self.subTest(compiler.name), tempfile.TemporaryDirectory() as folder:
                notes.require_compiler(compiler)
                output = pathlib.Path(folder) / "t.o"
                # The program's checks of its evaluations make use of the rest.
                compiler.build(output, "-O2", "-DSPILE_DISABLE_PROBES", "-c", compiler.source)
                self.assertEqual(notes.read_notes(output), [])

    def test_header_alone_has_no_warnings(self):
        flags = ["-Weverything", "-Wno-c++98-compat-pedantic", "-Wno-c++98-compat",
                 "-Wno-missing-prototypes",
                 "-Wno-unsafe-buffer-usage", "-Wno-pre-c11-compat",
                 "-Wno-gnu-statement-expression", "-Wno-reserved-identifier"]
        text = ("#include <spile/probe.h>\nvoid f(int x, const char *y, float z) {\n"
                "  SPILE_PROBE(a, b); SPILE_PROBE(a, c, x, y, z, 3);\n"
                "  if (SPILE_PROBE_ENABLED(a, d)) SPILE_PROBE_SEMAPHORE(a, d, x);\n}\n")
        for compiler in (notes.C_COMPILERS[1], notes.CXX_COMPILERS[1]):
            with self.subTest(compiler.name):
                self.compile(compiler, text, *flags)

    def test_macros_of_the_program_do_not_get_in(self):
        names = ["EARLY", "LATE", "size1", "value1", "i", "m", "s", "a", "x", "place", "count",
                 "gate", "name", "provider", "prologue", "nop", "memory", "stapsdt", "t", "v"]
        text = ("#include <spile/probe.h>\n"
                + "".join(f"#define {name} +++\n" for name in names)
                + "void f(int y);\nvoid f(int y) {\n"
                  "  SPILE_PROBE(p, a); SPILE_PROBE(p, name, y, 1, y, 1, y, 1, y, 1, y, 1, y, 1);\n"
                  "  SPILE_PROBE_SEMAPHORE(p, count, y);\n}\n")
        for compiler in notes.COMPILERS[:2] + notes.CXX_COMPILERS[:2]:
            with self.subTest(compiler.name):
                self.compile(compiler, text)

    def test_works_beside_systemtaps_header(self):
        text = ("#include <sys/sdt.h>\n#include <spile/probe.h>\nvoid f(int x);\n"
                "void f(int x) { DTRACE_PROBE1(a, b, x); SPILE_PROBE(a, b, x); }\n")
        header = pathlib.Path("/usr/include/x86_64-linux-gnu/sys/sdt.h")
        if not header.exists():
            notes.spiletest.skip("needs sys/sdt.h: install the package systemtap-sdt-dev")
        for compiler in notes.COMPILERS[:2] + notes.CXX_COMPILERS[:2]:
            with self.subTest(compiler.name):
                self.compile(compiler, text, "-Wno-pedantic")


if __name__ == "__main__":
    main()
