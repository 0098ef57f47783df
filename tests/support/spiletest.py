"""What the end-to-end tests share: unittest with strict skips, and processes that never linger.

In:  the environment that ctest sets: SPILE_SOURCE_DIR, SPILE_BUILD_DIR, PYTHONPATH.
     Without them the repository around this file and its build/ are used.
Out: the exit status that ctest reads: 0 passed, 1 failed, 77 everything was skipped.

A skip is printed with its reason. Under CI=true a skip is a failure, unless a line of
expected_skips.txt (a regular expression) matches its reason: a test that quietly stops
running is worse than one that fails.

    from spiletest import Background, TestCase, main, require_root, run, spile_path

    class List(TestCase):
        def setUp(self):
            require_root()

        def test_shows_a_probe_of_a_running_program(self):
            with Background(["demo/app"]) as app:
                app.wait_line(r"ready", timeout=10)
                listed = run([spile_path(), "list", "-p", str(app.pid)])
            self.assertEqual(listed.status, 0, listed)
            self.assertIn("app:request", listed.out)

    if __name__ == "__main__":
        main()

Call skip and require_* inside setUpModule, setUpClass, setUp or a test, not at import.
"""

import dataclasses
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unittest

SKIPPED_STATUS = 77  # ctest's SKIP_RETURN_CODE
EXPECTED_SKIPS = pathlib.Path(__file__).with_name("expected_skips.txt")
TRACEFS = pathlib.Path("/sys/kernel/tracing")

TestCase = unittest.TestCase


# ---- where things are ------------------------------------------------------------------------


def source_dir():
    """The repository's top folder."""
    default = pathlib.Path(__file__).resolve().parents[2]
    return pathlib.Path(os.environ.get("SPILE_SOURCE_DIR") or default)


def build_dir():
    """The CMake build folder."""
    return pathlib.Path(os.environ.get("SPILE_BUILD_DIR") or source_dir() / "build")


def spile_path():
    """The executable under test, as a string; a missing one is an error, never a skip."""
    path = build_dir() / "spile"
    if not os.access(path, os.X_OK):
        raise FileNotFoundError(f"{path} is not there: run make first")
    return str(path)


# ---- what a test needs -----------------------------------------------------------------------


def skip(reason):
    """Ends the running test as skipped, or as failed in CI when nobody expects this skip."""
    raise unittest.SkipTest(reason)


def require_root():
    if os.geteuid() != 0:
        skip("needs root: it attaches probes to the kernel")


def require_tool(name, package):
    """The full path of a program, looked for in PATH and in the folders of system tools."""
    path = shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin:/usr/local/sbin")
    if path is None:
        skip(f"needs {name}: install the package {package} (scripts/setup test)")
    return path


def ensure_tracefs():
    """Mounts tracefs where peers such as perf and bcc look for it; spile itself needs none."""
    if (TRACEFS / "trace").exists():
        return
    require_root()
    mounted = run(["mount", "-t", "tracefs", "tracefs", str(TRACEFS)])
    if mounted.status != 0 and not (TRACEFS / "trace").exists():
        raise AssertionError(f"tracefs could not be mounted: {mounted.err.strip()}")


# ---- programs --------------------------------------------------------------------------------


@dataclasses.dataclass
class Result:
    """How a program ended: exit status (minus the signal's number if killed) and its output."""

    cmd: list
    status: int
    out: str
    err: str

    def __str__(self):
        return (
            f"{' '.join(self.cmd)}: status {self.status}\n"
            f"--- stdout\n{self.out}--- stderr\n{self.err}---"
        )


class TimedOut(AssertionError):
    """A program or one of its lines did not come in time; the message carries the output."""


def _environment(changes):
    """This process's environment with `changes` laid over it; a value of None removes a name."""
    merged = dict(os.environ)
    for name, value in (changes or {}).items():
        if value is None:
            merged.pop(name, None)
        else:
            merged[name] = str(value)
    return merged


def _text(data):
    return data.decode("utf-8", errors="backslashreplace")


def run(cmd, timeout=60, env=None, input=None, cwd=None):
    """Runs a program to its end. `input` is text for its stdin, which is empty otherwise.

    Output goes through files, not pipes: a grandchild that keeps the descriptors open cannot
    hold up the test. At the time limit the program, and nothing else, is killed.
    """
    cmd = [str(word) for word in cmd]
    with tempfile.TemporaryFile() as stdin, tempfile.TemporaryFile() as out, \
            tempfile.TemporaryFile() as err:
        stdin.write((input or "").encode())
        stdin.seek(0)
        process = subprocess.Popen(
            cmd, stdin=stdin, stdout=out, stderr=err, env=_environment(env), cwd=cwd)
        try:
            process.wait(timeout)
            late = False
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            late = True
        out.seek(0)
        err.seek(0)
        result = Result(cmd, process.returncode, _text(out.read()), _text(err.read()))
    if late:
        raise TimedOut(f"still running after {timeout} s: {result}")
    return result


class Background:
    """A program that runs beside the test, in a session of its own.

    Leaving the `with` block ends it: the signal of stop() if it was not stopped before, and
    SIGKILL to its process group if that does not help within `grace` seconds.
    """

    def __init__(self, cmd, env=None, cwd=None, stdin=None, grace=10):
        self.cmd = [str(word) for word in cmd]
        self._env, self._cwd, self._stdin, self._grace = env, cwd, stdin, grace
        self._lines = []  # (stream, text without its newline), in order of arrival
        self._open = 2  # streams that have not reached their end
        self._changed = threading.Condition()

    def __enter__(self):
        self.process = subprocess.Popen(
            self.cmd,
            stdin=subprocess.DEVNULL if self._stdin is None else self._stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=_environment(self._env),
            cwd=self._cwd,
            start_new_session=True,
        )
        self._readers = [
            threading.Thread(target=self._read, args=(name, pipe), daemon=True)
            for name, pipe in (("out", self.process.stdout), ("err", self.process.stderr))
        ]
        for reader in self._readers:
            reader.start()
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(self._grace)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()
        self._join()

    @property
    def pid(self):
        return self.process.pid

    @property
    def out(self):
        return self._collected("out")

    @property
    def err(self):
        return self._collected("err")

    def wait_line(self, regex, timeout=30, stream=None):
        """The match of the first line (of "out", "err" or either) so far or to come."""
        wanted = re.compile(regex)
        deadline = time.monotonic() + timeout
        seen = 0
        with self._changed:
            while True:
                for name, text in self._lines[seen:]:
                    found = wanted.search(text) if stream in (None, name) else None
                    if found:
                        return found
                seen = len(self._lines)
                left = deadline - time.monotonic()
                if self._open == 0 or left <= 0:
                    why = "it closed its output" if self._open == 0 else f"{timeout} s passed"
                    raise TimedOut(f"no line matches {regex!r}, {why}: {self._result()}")
                self._changed.wait(left)

    def stop(self, sig=signal.SIGINT, timeout=30):
        """Sends a signal to this one process and returns how it ended."""
        if self.process.poll() is None:
            self.process.send_signal(sig)
        return self.wait(timeout)

    def wait(self, timeout=30):
        """Waits until it ends by itself and returns how it ended."""
        try:
            self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            raise TimedOut(f"still running after {timeout} s: {self._result()}") from None
        self._join()
        return self._result()

    def _read(self, name, pipe):
        for line in pipe:
            with self._changed:
                self._lines.append((name, _text(line).rstrip("\n")))
                self._changed.notify_all()
        with self._changed:
            self._open -= 1
            self._changed.notify_all()

    def _join(self):
        # A grandchild may hold the pipes open for ever: two seconds are enough for what was
        # written before the end.
        for reader in self._readers:
            reader.join(2)

    def _collected(self, stream):
        return "".join(text + "\n" for name, text in list(self._lines) if name == stream)

    def _result(self):
        return Result(self.cmd, self.process.returncode, self.out, self.err)


# ---- running the tests -----------------------------------------------------------------------


def _in_ci():
    return os.environ.get("CI") == "true"


def _expected_skips():
    """The patterns of expected_skips.txt; `#` starts a comment line."""
    path = pathlib.Path(os.environ.get("SPILE_EXPECTED_SKIPS") or EXPECTED_SKIPS)
    lines = [line.strip() for line in path.read_text().splitlines()]
    return [re.compile(line) for line in lines if line and not line.startswith("#")]


class _StrictResult(unittest.TextTestResult):
    """Counts passes, shows the reason of each skip and turns an unexpected one into a failure."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.passed = 0

    def addSuccess(self, test):
        super().addSuccess(test)
        self.passed += 1

    def addSkip(self, test, reason):
        if _in_ci() and not any(pattern.search(reason) for pattern in _expected_skips()):
            try:
                raise AssertionError(f"skipped under CI=true, and nobody expects it: {reason}")
            except AssertionError:
                self.addFailure(test, sys.exc_info())
            return
        super().addSkip(test, reason)


def _exit_status(result):
    if not result.wasSuccessful():
        return 1
    if result.passed == 0:
        if result.skipped:
            return SKIPPED_STATUS
        print("no test ran", file=sys.stderr)
        return 1
    return 0


def main(module="__main__"):
    """Runs the tests of the calling script and exits; names on the command line select some."""
    sys.stdout.reconfigure(line_buffering=True)
    runner = unittest.TextTestRunner(
        verbosity=2, resultclass=_StrictResult, stream=sys.stdout)
    program = unittest.main(module=module, testRunner=runner, exit=False)
    sys.exit(_exit_status(program.result))
