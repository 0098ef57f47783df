# SPDX-License-Identifier: MIT
"""Starts workloads and traces them; what test_cases.py and the other kernel tests share.

    with Workload("gated") as gated, traced(["-p", str(gated.pid), "u::ours"]) as spile:
        gated.go()                      # the tracer is attached: its header is out
        spile.wait_line(r"ours")
"""

import contextlib
import re
import subprocess

import spiletest

PROGRAMS = spiletest.build_dir() / "tests" / "kernel" / "programs"
HEADER = r"^(TIME +)?PID +TID +COMM +FUNC +-$"


class Workload(spiletest.Background):
    """A program of programs/, waiting for its go sign when the `with` block starts."""

    def __init__(self, *command):
        program, *arguments = command
        super().__init__([PROGRAMS / program, *arguments], stdin=subprocess.PIPE)

    def __enter__(self):
        super().__enter__()
        self.wait_line("^ready$", timeout=10)
        return self

    def go(self):
        self.process.stdin.write(b"go\n")
        self.process.stdin.flush()


@contextlib.contextmanager
def traced(arguments, **options):
    """spile trace with these arguments, attached: it prints its header once it is."""
    command = [spiletest.spile_path(), "trace", *map(str, arguments)]
    with spiletest.Background(command, **options) as spile:
        spile.wait_line(HEADER, timeout=30, stream="out")
        yield spile


def summary(result):
    """The numbers of the closing line: shown, lost, rejected."""
    found = re.search(r"^spile: (\d+) events? shown, (\d+) lost(?:, (\d+) rejected)?",
                      result.err, re.MULTILINE)
    if found is None:
        raise AssertionError(f"no closing line: {result}")
    return tuple(int(number or 0) for number in found.groups())
