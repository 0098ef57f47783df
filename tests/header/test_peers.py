# SPDX-License-Identifier: MIT
"""What other tools see of probe.h: readelf, tplist, bpftrace, perf and gdb on a running program.

programs/values.cc fires known values; each tool has to report them, for a program made by gcc and
one made by clang, optimised and not. Needs root, except for readelf and gdb.
"""

import pathlib
import re
import tempfile

import notes
import spiletest
from spiletest import Background, TestCase, main, require_root, require_tool, run

PROVIDER = "spilevalues"
SOURCE = notes.PROGRAMS / "values.cc"
FLOAT, DOUBLE = 0x3FC00000, 0x4002000000000000  # 1.5f and 2.25

TWELVE = [1, -3, -2, 254, 65535, -8, 1, -7, -9, 20, -4]  # and a text
BPFTRACE_LINES = {
    "none",
    "variables -3 -2 254 65535 -8 1",
    "constants 4294967295 -5 200 -9223372036854775808 97 -7",
    "places 30 77 3 -2 1",
    f"floats {FLOAT:x} {DOUBLE:x} {FLOAT:x} {DOUBLE:x}",
    f"texts text|{'B' * 63}|mal|made from text|{'B' * 63}|literal",
    "twelve 1 -3 -2 254 65535 -8",
}


def bpftrace_script(image):
    formats = {
        "none": ("", 0),
        "variables": (" %d" * 6, 6),
        "constants": (" %u %d %d %ld %d %d", 6),
        "places": (" %d" * 5, 5),
        "floats": (" %lx" * 4, 4),
        "twelve": (" %d" * 6, 6),
    }
    lines = []
    for name, (text, count) in formats.items():
        arguments = [f"arg{n}" for n in range(count)]
        lines.append(f'usdt:{image}:{PROVIDER}:{name} '
                     f'{{ printf("{name}{text}\\n"{"".join(", " + a for a in arguments)}); }}')
    texts = ", ".join(f"str(arg{n})" for n in range(6))
    lines.append(f'usdt:{image}:{PROVIDER}:texts '
                 f'{{ printf("texts %s|%s|%s|%s|%s|%s\\n", {texts}); }}')
    return "\n".join(lines)


class Built(TestCase):
    """One program per compiler and level, built once."""

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)
        cls.images = {}
        for compiler in notes.CXX_COMPILERS[:2]:
            notes.require_compiler(compiler)
            for level in ("-O0", "-O2"):
                # bpftrace reads a plus sign in a path as an operator.
                image = cls.folder / f"values-{compiler.name}{level}".replace("+", "x")
                compiler.build(image, level, "-Wl,--build-id", SOURCE, language_standard="c++17")
                cls.images[compiler.name, level] = image

    def for_each_image(self, check):
        for (compiler, level), image in self.images.items():
            with self.subTest(compiler, level=level):
                check(image)


class Listing(Built):
    def test_readelf(self):
        def check(image):
            self.assertEqual(len({note.name for note in notes.read_notes(image)}), 9)

        self.for_each_image(check)

    def test_tplist(self):
        tplist = require_tool("tplist-bpfcc", "bpfcc-tools")
        require_root()

        def check(image):
            listed = run([tplist, "-vv", "-l", image])
            self.assertEqual((listed.status, listed.err), (0, ""), listed)
            self.assertRegex(listed.out, rf"{PROVIDER}:gated \[sema 0x[1-9a-f]")
            self.assertRegex(listed.out, rf"{PROVIDER}:none \[sema 0x0\]")
            self.assertRegex(listed.out, r"argument #1 4 unsigned bytes @ \w+")
            self.assertRegex(listed.out, r"argument #12 8 unsigned bytes @ ")

        self.for_each_image(check)

    def test_bpftrace_lists(self):
        bpftrace = require_tool("bpftrace", "bpftrace")
        require_root()

        def check(image):
            listed = run([bpftrace, "-l", f"usdt:{image}:*"])
            names = {line.rsplit(":", 1)[1] for line in listed.out.split() if PROVIDER in line}
            self.assertEqual(names, {note.name for note in notes.read_notes(image)}, listed)

        self.for_each_image(check)


class Bpftrace(Built):
    def setUp(self):
        self.bpftrace = require_tool("bpftrace", "bpftrace")
        require_root()
        spiletest.ensure_tracefs()

    def trace(self, program, script):
        return Background([self.bpftrace, "-p", program.pid, "-e", script])

    def test_values(self):
        def check(image):
            with Background([image]) as program, \
                    self.trace(program, bpftrace_script(image)) as tracer:
                names = {line.split()[0] for line in BPFTRACE_LINES}
                for name in names:  # attached one after the other
                    tracer.wait_line(rf"^{name}\b", stream="out")
            found = {line for line in tracer.out.splitlines() if line.split(" ")[0] in names}
            self.assertEqual(found, BPFTRACE_LINES)

        self.for_each_image(check)

    def test_gate(self):
        """Arguments are evaluated while bpftrace is attached, and neither before nor after."""
        def check(image):
            with Background([image]) as program:
                program.wait_line("^round 5 evaluations 0$")
                script = f'usdt:{image}:{PROVIDER}:gated {{ printf("gated %d\\n", arg0); }}'
                with self.trace(program, script) as tracer:
                    tracer.wait_line("^gated 3$")
                last = self.wait_rounds(program, 5)
            counts = [int(line.split()[-1]) for line in last[-4:]]
            self.assertEqual(len(set(counts)), 1, last)
            self.assertGreaterEqual(counts[0], 3)

        self.for_each_image(check)

    def test_leaf_function_keeps_its_red_zone(self):
        self.for_each_image(lambda image: self.check_survives(image, "leaf", "leaf"))

    def test_child_of_a_traced_program_lives(self):
        self.for_each_image(lambda image: self.check_survives(image, "fork", "none"))

    def check_survives(self, image, mode, probe):
        with Background([image, mode]) as program:
            script = f'usdt:{image}:{PROVIDER}:{probe} {{ printf("hit\\n"); }}'
            with self.trace(program, script) as tracer:
                tracer.wait_line("^hit$")
                self.wait_rounds(program, 7)
                self.assertIsNone(program.process.poll(), program.out)

    def wait_rounds(self, program, count):
        """Lets the program go on for some rounds; its lines so far."""
        done = len(program.out.splitlines())
        program.wait_line(f"^round {done + count} ")
        return program.out.splitlines()


class Perf(Built):
    def test_records_values(self):
        require_root()
        spiletest.ensure_tracefs()
        perf = require_tool("perf", "linux-perf")
        image = self.images["g++", "-O0"]
        cache = ["--buildid-dir", self.folder / "buildid"]
        event = f"sdt_{PROVIDER}:variables"
        self.assertEqual(run([perf, *cache, "buildid-cache", "--add", image]).status, 0)
        listed = run([perf, *cache, "list", "sdt"])
        for note in notes.read_notes(image):
            self.assertIn(f"sdt_{PROVIDER}:{note.name}", listed.out)
        added = run([perf, *cache, "probe", event])
        self.addCleanup(run, [perf, "probe", "-d", event])
        self.assertEqual(added.status, 0, added)
        with Background([image]) as program:
            data = self.folder / "perf.data"
            recorded = run([perf, *cache, "record", "-q", "-e", event, "-p", program.pid,
                            "-o", data, "sleep", "0.3"])
        self.assertEqual(recorded.status, 0, recorded)
        script = run([perf, *cache, "script", "-i", data]).out
        # perf 6.1 prints a signed byte without its sign, whatever made the note.
        self.assertRegex(script, r"arg1=-3 arg2=(-2|254) arg3=254 arg4=65535 arg5=-8 arg6=1\b")


class Gdb(Built):
    def values_at(self, image, probe, expressions):
        gdb = require_tool("gdb", "gdb")
        commands = ["set pagination off", f"break -probe-stap {PROVIDER}:{probe}", "run",
                    *(f"print {expression}" for expression in expressions), "kill"]
        done = run([gdb, "-nx", "-q", "-batch",
                    *(word for command in commands for word in ("-ex", command)), image])
        values = [line.split(" = ", 1)[1] for line in done.out.splitlines()
                  if line.startswith("$")]
        self.assertEqual(len(values), len(expressions), done)
        return values

    def test_twelve_arguments(self):
        def check(image):
            numbers = [f"$_probe_arg{n}" for n in range(11)]
            count, *values, text = self.values_at(
                image, "twelve", ["$_probe_argc", *numbers, "(char*)$_probe_arg11"])
            self.assertEqual(count, "12")
            self.assertEqual([int(value.split()[0]) for value in values], TWELVE)
            self.assertIn('"text"', text)

        self.for_each_image(check)

    def test_constants_and_texts(self):
        def check(image):
            values = self.values_at(
                image, "constants", [f"(long)$_probe_arg{n}" for n in range(6)])
            self.assertEqual([int(value) for value in values],
                             [4294967295, -5, 200, -2**63, 97, -7])
            view, temporary = self.values_at(
                image, "texts", ["(char*)$_probe_arg2", "(char*)$_probe_arg3"])
            self.assertIn('"mal"', view)
            self.assertIn('"made from text"', temporary)

        self.for_each_image(check)


if __name__ == "__main__":
    main()
