# SPDX-License-Identifier: MIT
"""What the tests with real programs share: finding them, and tracing them with spile and bpftrace.

A program under test prints "ready" and waits for a line on stdin, so that tracers are attached
before anything happens.
"""

import contextlib
import pathlib
import re
import subprocess
import time

import spiletest

PROGRAMS = pathlib.Path(__file__).resolve().parent / "programs"
HEADER = r"^(TIME +)?PID +TID +COMM +FUNC +-$"


def require_file(pattern, package):
    """The first file that matches a glob below /usr."""
    found = sorted(pathlib.Path("/usr").glob(pattern))
    if not found:
        spiletest.skip(f"needs /usr/{pattern}: install the package {package} (scripts/setup test)")
    return found[0]


def require_probe(path, name):
    """Ends the test as skipped when this build of a program has no such probe."""
    listed = spiletest.run([spiletest.spile_path(), "list", "-l", path, name])
    if listed.status != 0:
        spiletest.skip(f"needs a build of {path} with the probe {name}")


class Waiting(spiletest.Background):
    """A program that has said "ready"."""

    def __init__(self, command, **options):
        super().__init__(command, stdin=subprocess.PIPE, **options)

    def __enter__(self):
        super().__enter__()
        self.wait_line("^ready$", timeout=30)
        return self

    def finish(self):
        self.process.stdin.write(b"go\n")
        self.process.stdin.flush()
        return self.wait(60)


@contextlib.contextmanager
def traced(*arguments):
    command = [spiletest.spile_path(), "trace", *map(str, arguments)]
    with spiletest.Background(command) as spile:
        spile.wait_line(HEADER, timeout=30, stream="out")
        yield spile


def trace_program(command, *specs):
    """Runs a waiting program under spile trace -p; how spile ended."""
    with Waiting(command) as program, traced("-p", program.pid, *specs) as spile:
        ended = program.finish()
        if ended.status != 0:
            raise AssertionError(f"the traced program failed: {ended}")
        return spile.wait(30)


def messages(result):
    """The last column of each line, for function names that fit their column."""
    return [re.sub(r"^\d+ +\d+ +.{15} (\S{16,} |.{16} )", "", line)
            for line in result.out.splitlines()[1:]]


def bpftrace_program(command, probe, condition, action):
    """The same run under bpftrace: the lines that its printf wrote."""
    bpftrace = spiletest.require_tool("bpftrace", "bpftrace")
    spiletest.ensure_tracefs()
    script = f'{probe} {condition} {{ {action} }} interval:ms:100 {{ printf("tick\\n"); }}'
    with Waiting(command) as program:
        with spiletest.Background([bpftrace, "-p", str(program.pid), "-e", script]) as peer:
            peer.wait_line("^tick$", timeout=60)
            time.sleep(0.3)  # bpftrace attaches in an order of its own
            program.finish()
            time.sleep(0.3)
            out = peer.stop().out
    return [line for line in out.splitlines()
            if line and line != "tick" and not line.startswith("Attaching")]
