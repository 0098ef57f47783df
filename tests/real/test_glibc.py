#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The probes of libc and ld.so. Debian 12 builds glibc without them and sid with them, so sid's is
unpacked into the build folder and runs a program of ours by its own loader."""

import re
import sys

import real
import spiletest

sys.path.insert(0, str(spiletest.source_dir() / "scripts"))

from suite_packages import PackagesUnavailable, SuitePackages  # noqa: E402


class Glibc(spiletest.TestCase):
    @classmethod
    def setUpClass(cls):
        spiletest.require_root()
        root = spiletest.build_dir() / "glibc-sid"
        cls.folder = root / "usr/lib/x86_64-linux-gnu"
        cls.loader = cls.folder / "ld-linux-x86-64.so.2"
        try:
            if not cls.loader.exists():
                SuitePackages("sid", "amd64", spiletest.build_dir() / "glibc-packages").unpack(
                    ["libc6"], root)
        except PackagesUnavailable as problem:
            spiletest.skip(f"no glibc with probes: {problem}")
        cls.program = spiletest.build_dir() / "tests/real/programs/jumper"

    def command(self, program, *arguments):
        return [self.loader, "--library-path", self.folder, program, *arguments]

    def test_every_site_is_listed(self):
        for file in (self.loader, self.folder / "libc.so.6"):
            readelf = spiletest.run([spiletest.require_tool("readelf", "binutils"), "-n", file])
            listed = spiletest.run([spiletest.spile_path(), "list", "-v", "-l", file])
            sites = sum(int(count) for count in re.findall(r"(\d+) location", listed.out))
            self.assertGreater(sites, 0)
            self.assertEqual(sites, readelf.out.count("Provider: "), listed)

    def test_libc_by_its_short_name(self):
        result = real.trace_program(
            self.command(self.program), 'u:c:memory_mallopt "%d %d", arg1, arg2',
            'u:c:libc:longjmp (arg2 % 2 == 1) "%d", arg2', "u::libc:setjmp")
        messages = real.messages(result)
        self.assertEqual(messages[:7], [f"-2 {value << 16}" for value in range(1, 8)], result)
        jumps = [line.split()[-1] for line in result.out.splitlines() if "libc:longjmp" in line]
        self.assertEqual(jumps, ["1", "3", "5"], result)
        self.assertEqual(result.out.count("libc:setjmp"), 5, result)
        self.assertIn("15 events shown, 0 lost, 2 rejected by the filters", result.err)

    def test_ld_so_as_programs_start(self):
        spec = f"u:{self.loader}:rtld:init_complete"
        with real.traced("-M", "3", spec) as spile:
            for _ in range(3):
                spiletest.run(self.command("/bin/true"))
            result = spile.wait(10)
        self.assertEqual(result.status, 0, result)
        self.assertEqual(result.out.count("rtld:init_complete"), 3, result)


if __name__ == "__main__":
    spiletest.main()
