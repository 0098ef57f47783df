"""spile list prints what bcc's tplist prints, byte for byte, on real programs and libraries.

Left out are only the operands that tplist has no words for ("unrecognized argument format").
"""

import glob
import os

from spiletest import Background, TestCase, main, require_root, require_tool, run, skip, spile_path

PATTERNS = [
    "/usr/bin/python3.11",
    "/usr/bin/php8.*",
    "/usr/lib/*-linux-gnu/libpython3*.so.*",
    "/usr/lib/*-linux-gnu/libstdc++.so.6",
    "/usr/lib/*-linux-gnu/libruby-*.so.*",
    "/usr/lib/*-linux-gnu/libc.so.6",
    "/usr/lib/*-linux-gnu/ld-linux-x86-64.so.2",
    "/usr/lib/postgresql/*/bin/postgres",
    "/usr/lib/jvm/*/lib/server/libjvm.so",
]
NO_WORDS = "unrecognized argument format"


def real_files():
    found = {os.path.realpath(path) for pattern in PATTERNS for path in glob.glob(pattern)}
    return sorted(found)


class Tplist(TestCase):
    @classmethod
    def setUpClass(cls):
        cls.tplist = require_tool("tplist-bpfcc", "bpfcc-tools")
        cls.files = real_files()
        if not cls.files:
            skip("needs a program with probes, such as python3.11 (scripts/setup test)")

    def assert_same(self, arguments):
        theirs = run([self.tplist, *arguments])
        ours = run([spile_path(), "list", *arguments])
        their_lines, our_lines = theirs.out.splitlines(), ours.out.splitlines()
        self.assertEqual(len(their_lines), len(our_lines), arguments)
        for their_line, our_line in zip(their_lines, our_lines):
            if NO_WORDS in their_line:
                self.assertEqual(their_line.split("@")[0], our_line.split("@")[0])
                self.assertRegex(our_line, r"@ \*\(&\w+ \+ \d+\)$")
            else:
                self.assertEqual(their_line, our_line, arguments)
        return len(our_lines)

    def test_files(self):
        lines = 0
        for path in self.files:
            for verbosity in ([], ["-v"], ["-vv"]):
                lines += self.assert_same(["-l", path, *verbosity])
        print(f"{len(self.files)} files, {lines} lines the same")
        self.assertGreater(lines, 100)

    def test_filters(self):
        path = self.files[0]
        for pattern in ("*", "*:*e*", "python:gc__*", "*:[a-m]*", "*:?????"):
            self.assert_same(["-l", path, pattern])
            self.assert_same(["-l", path, "-v", pattern])

    def test_a_library_by_its_name(self):
        self.assert_same(["-l", "stdc++"])
        self.assert_same(["-l", "stdc++", "-vv"])

    def test_a_process(self):
        require_root()
        with Background(["/usr/bin/python3", "-c", "print('up', flush=True); input()"],
                        stdin=-1) as program:
            program.wait_line("up")
            for verbosity in ([], ["-v"], ["-vv"]):
                self.assert_same(["-p", str(program.pid), *verbosity])
            self.assert_same(["-p", str(program.pid), "-v", "*:gc__*"])


if __name__ == "__main__":
    main()
