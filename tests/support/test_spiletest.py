"""The self test of spiletest: skips are strict in CI, exit codes are right, nothing lingers."""

import os
import pathlib
import signal
import sys
import tempfile
import textwrap

import spiletest
from spiletest import Background, TestCase, TimedOut, main, run

SUPPORT = pathlib.Path(spiletest.__file__).parent


def run_script(body, ci="", expected=""):
    """Runs a test script of its own and returns how it ended."""
    with tempfile.TemporaryDirectory() as folder:
        script = pathlib.Path(folder, "test_it.py")
        skips = pathlib.Path(folder, "expected.txt")
        script.write_text(
            "from spiletest import *\nfrom spiletest import skip\n"
            "class T(TestCase):\n" + textwrap.indent(textwrap.dedent(body), "  ") + "\nmain()\n")
        skips.write_text(expected)
        env = {"CI": ci, "PYTHONPATH": SUPPORT, "SPILE_EXPECTED_SKIPS": skips}
        return run([sys.executable, script], env=env)


PASSES = "def test_a(self): pass\n"
FAILS = "def test_b(self): self.fail('no')\n"
SKIPS = "def test_c(self): skip('needs a moon')\n"
SKIPS_CLASS = "@classmethod\ndef setUpClass(cls): skip('needs a moon')\ndef test_c(self): pass\n"
SKIPS_SUBTEST = "def test_c(self):\n  with self.subTest(1): skip('needs a moon')\n"


class ExitStatus(TestCase):
    def check(self, want, body, **how):
        ended = run_script(body, **how)
        self.assertEqual(ended.status, want, ended)
        return ended.out

    def test_without_ci(self):
        self.check(0, PASSES)
        self.check(1, PASSES + FAILS)
        self.check(0, PASSES + SKIPS)
        self.check(77, SKIPS)
        self.check(77, SKIPS_CLASS)
        self.check(1, FAILS + SKIPS)
        self.check(1, "pass")

    def test_a_skip_is_printed_with_its_reason(self):
        self.assertIn("needs a moon", self.check(0, PASSES + SKIPS))

    def test_an_unexpected_skip_fails_in_ci(self):
        for body in (SKIPS, SKIPS_CLASS, SKIPS_SUBTEST):
            with self.subTest(body):
                shown = self.check(1, PASSES + body, ci="true")
                self.assertIn("nobody expects it: needs a moon", shown)

    def test_an_expected_skip_passes_in_ci(self):
        listed = "# no moon over CI\n^needs a mo+n$\n"
        self.check(0, PASSES + SKIPS, ci="true", expected=listed)
        self.check(77, SKIPS, ci="true", expected=listed)

    def test_a_commented_pattern_does_not_count(self):
        self.check(1, SKIPS, ci="true", expected="# needs a moon\n")


class Running(TestCase):
    def test_collects_output_and_status(self):
        ended = run(["sh", "-c", "cat; echo two >&2; exit 3"], input="one\n")
        self.assertEqual((ended.status, ended.out, ended.err), (3, "one\n", "two\n"))

    def test_environment_is_changed_not_replaced(self):
        os.environ["SPILE_TEST_GONE"] = "1"
        shown = run(["sh", "-c", "echo $A${SPILE_TEST_GONE-no}$(command -v sh)"],
                    env={"A": 1, "SPILE_TEST_GONE": None})
        self.assertRegex(shown.out, r"^1no/.*sh$")

    def test_kills_at_the_time_limit_and_shows_the_output(self):
        with self.assertRaisesRegex(TimedOut, "still running after 0.3 s.*\n.*\nhere"):
            run(["sh", "-c", "echo here; exec sleep 60"], timeout=0.3)

    def test_a_grandchild_with_open_output_does_not_hold_it_up(self):
        self.assertEqual(run(["sh", "-c", "sleep 3 & echo done"], timeout=2).out, "done\n")


class InBackground(TestCase):
    def test_waits_for_lines_and_stops(self):
        body = "trap 'echo bye; exit 5' INT; echo ready 42; echo why >&2; while :; do sleep 0.05; done"
        with Background(["sh", "-c", body]) as program:
            self.assertEqual(program.wait_line(r"ready (\d+)").group(1), "42")
            program.wait_line("why", stream="err")
            self.assertEqual(os.getsid(program.pid), program.pid)
            ended = program.stop(signal.SIGINT)
        self.assertEqual((ended.status, ended.out, ended.err), (5, "ready 42\nbye\n", "why\n"))

    def test_a_line_that_never_comes(self):
        with Background(["sh", "-c", "echo one; exec sleep 60"]) as program:
            with self.assertRaisesRegex(TimedOut, "0.2 s passed.*\n.*\none"):
                program.wait_line("two", timeout=0.2)
        with Background(["echo", "one"]) as program:
            with self.assertRaisesRegex(TimedOut, "closed its output"):
                program.wait_line("two", timeout=30)

    def test_leaving_the_block_ends_even_a_stubborn_program(self):
        with Background(["sh", "-c", "trap '' TERM; echo up; sleep 60 & wait; sleep 60"],
                        grace=0.2) as program:
            program.wait_line("up")
        self.assertEqual(program.process.returncode, -signal.SIGKILL)

    def test_waits_for_the_end(self):
        with Background(["sh", "-c", "exit 4"]) as program:
            self.assertEqual(program.wait().status, 4)


if __name__ == "__main__":
    main()
