#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Fifteen seconds of libFuzzer on trace specs, starting from the specs of the golden files.

libFuzzer is clang's, so this runs in a clang build only: tests/clang makes one.
"""

import pathlib
import tempfile

from spiletest import TestCase, build_dir, main, run, source_dir

SECONDS = 15
WORDS = """u:: u:c: /bin/a arg1 arg2 arg4 arg9 pid tid uid gid cpu comm $pid STRCMP( == != <= >= << >>
&& || ? : ! ~ 0x 0xffffffffu 4294967296 'A' %d %s %-5.3s %08.2f %p %c %x \\x1b \\033 \\0""".split()
MORE_SEEDS = [
    'u:/lib/x:prov:name (arg1 % 2 == 0 && STRCMP("GET", arg2)) "%d %s", arg1, arg2',
    'u::p (comm == "x" ? arg1 / arg3 : -arg1 << 3) "%-8.3s|%c|%p", comm, arg3, arg2',
    'u::p ((arg4 & 0xff) != \'A\' || !(uid > 1000u)) "%x%%\\t%u", ~arg4, cpu + gid',
    "/usr/lib/libc.so.6 libc:mem*",
]


def write_seeds(folder):
    specs = list(MORE_SEEDS)
    for golden in sorted((source_dir() / "tests/golden").glob("*.golden")):
        first = golden.read_text().splitlines()[0]
        specs.append(first.removeprefix("spec: "))
    for number, spec in enumerate(specs):
        (folder / f"seed{number}").write_text(spec)


def write_dictionary(path):
    quoted = (word.replace("\\", "\\\\").replace('"', '\\"') for word in WORDS)
    path.write_text("".join(f'"{word}"\n' for word in quoted))


class FuzzSpec(TestCase):
    def test_no_text_breaks_the_way_from_spec_to_output(self):
        folder = build_dir()
        with tempfile.TemporaryDirectory() as scratch:
            scratch = pathlib.Path(scratch)
            corpus = scratch / "corpus"
            corpus.mkdir()
            write_seeds(corpus)
            write_dictionary(scratch / "words")
            fuzzed = run([str(folder / "spile_fuzz_spec"), f"-max_total_time={SECONDS}",
                          "-max_len=1024", "-timeout=10", "-rss_limit_mb=1024", "-seed=1",
                          "-print_final_stats=1", f"-dict={scratch / 'words'}",
                          f"-artifact_prefix={folder}/", str(corpus)], timeout=180)
        self.assertEqual(fuzzed.status, 0, fuzzed)
        self.assertIn("stat::number_of_executed_units", fuzzed.err)


if __name__ == "__main__":
    main()
