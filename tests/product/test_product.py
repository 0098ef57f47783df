# SPDX-License-Identifier: MIT
"""The product as it is delivered: one static executable of at most 5 MB, and a complete install."""

import pathlib
import subprocess
import tempfile

from spiletest import TestCase, build_dir, main, require_tool, run, spile_path

LIMIT = 5_000_000  # bytes, stripped

INSTALLED = [
    "bin/spile",
    "include/spile/probe.h",
    "include/spile/compat/sys/sdt.h",
    "share/man/man1/spile-list.1",
    "share/man/man1/spile-trace.1",
]


class Product(TestCase):
    def test_it_is_static(self):
        shown = run([require_tool("readelf", "binutils"), "-lW", spile_path()])
        self.assertNotIn("INTERP", shown.out)
        self.assertNotIn("DYNAMIC", shown.out)

    def test_it_is_small(self):
        with tempfile.TemporaryDirectory() as folder:
            stripped = pathlib.Path(folder) / "spile"
            subprocess.run([require_tool("strip", "binutils"), "-o", stripped, spile_path()], check=True)
            self.assertLessEqual(stripped.stat().st_size, LIMIT)

    def test_it_installs_completely(self):
        require_tool("scdoc", "scdoc")
        with tempfile.TemporaryDirectory() as folder:
            done = run(["cmake", "--install", build_dir(), "--prefix", "/opt/spile"],
                       env={"DESTDIR": folder})
            self.assertEqual(done.status, 0, done)
            prefix = pathlib.Path(folder) / "opt/spile"
            missing = [name for name in INSTALLED if not (prefix / name).is_file()]
            self.assertEqual(missing, [])
            self.assertIn("spile 0.", run([prefix / "bin/spile", "--version"]).out)

    def test_help_can_be_learned_from(self):
        for command in ("list", "trace"):
            shown = run([spile_path(), command, "--help"])
            self.assertEqual(shown.status, 0, shown)
            self.assertIn("Examples:", shown.out)
            self.assertIn("xit", shown.out)  # the exit codes are told


if __name__ == "__main__":
    main()
