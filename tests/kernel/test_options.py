# SPDX-License-Identifier: MIT
"""Long texts, time columns and -v: what is too long or too alive for a case file."""

import datetime
import re
import time

import case_file
import spiletest
import workloads

LENGTHS = [255, 256, 257, 5000, 20000]  # of the texts that strings:long fires


def trace_workload(program, *arguments):
    with workloads.Workload(program) as workload:
        with workloads.traced(["-p", workload.pid, *arguments]) as spile:
            workload.go()
            return spile.wait(30)


class LongTexts(spiletest.TestCase):
    """A text is kept whole up to the size that -s names, its NUL included, and cut behind it."""

    def setUp(self):
        spiletest.require_root()

    def check(self, size, *arguments):
        result = trace_workload("strings", *arguments, 'u::long "%s", arg2')
        shown = case_file.messages(result.out).splitlines()
        wanted = [letter * length if length < size else letter * (size - 1) + "..."
                  for letter, length in zip("abcde", LENGTHS)]
        self.assertEqual(shown, wanted)

    def test_256_unless_told_otherwise(self):
        self.check(256)

    def test_one_more(self):
        self.check(257, "-s", "257")

    def test_several_pages(self):
        self.check(5001, "-s", "5001")

    def test_the_largest(self):
        self.check(16384, "-s", "16384")

    def test_exactly_as_long_as_the_buffer_without_its_nul(self):
        result = trace_workload("strings", "-s", "8", 'u::path "%s", arg2')
        self.assertEqual(case_file.messages(result.out).splitlines(),
                         ["GET /", "GET /a", "GET", "POST /", "G"])
        result = trace_workload("flood", "-s", "23", 'u::drop "%s", arg2')
        self.assertEqual(case_file.messages(result.out), "a text of some length\n")
        result = trace_workload("flood", "-s", "22", 'u::drop "%s", arg2')
        self.assertEqual(case_file.messages(result.out), "a text of some length\n")
        result = trace_workload("flood", "-s", "21", 'u::drop "%s", arg2')
        self.assertEqual(case_file.messages(result.out), "a text of some lengt...\n")

    def test_several_long_texts_in_one_event(self):
        result = trace_workload("strings", "-s", "9000",
                                'u::long (arg1 == 5000) "%s|%s|%s", arg2, arg2, arg2')
        self.assertEqual(case_file.messages(result.out), "|".join(["d" * 5000] * 3) + "\n")

    def test_more_than_an_event_can_carry(self):
        result = spiletest.run(
            [spiletest.spile_path(), "trace", "-s", "16384",
             f'u:{workloads.PROGRAMS}/strings:long "%s %s", arg2, arg2'])
        self.assertEqual((result.status, result.out), (1, ""), result)
        self.assertIn("one event of this probe would take more than 28 KiB", result.err)
        self.assertIn("-s", result.err)


class TimeColumns(spiletest.TestCase):
    def setUp(self):
        spiletest.require_root()

    def test_seconds_since_the_start_grow(self):
        start = time.monotonic()
        result = trace_workload("pair", "-t", "u::p?")
        took = time.monotonic() - start
        times = [float(line.split()[0]) for line in result.out.splitlines()[1:]]
        self.assertEqual(len(times), 14, result)
        self.assertEqual(times, sorted(times))
        self.assertTrue(0 < times[0] and times[-1] < took, (times, took))
        self.assertRegex(result.out.splitlines()[1], r"^\d\.\d{6} \d+ ")

    def test_time_of_day(self):
        before = datetime.datetime.now().replace(microsecond=0)
        result = trace_workload("pair", "-T", "u::p1")
        after = datetime.datetime.now()
        shown = {line.split()[0] for line in result.out.splitlines()[1:]}
        possible = {(before + datetime.timedelta(seconds=i)).strftime("%H:%M:%S")
                    for i in range(int((after - before).total_seconds()) + 1)}
        self.assertTrue(shown and shown <= possible, (shown, possible))


class Verbose(spiletest.TestCase):
    def setUp(self):
        spiletest.require_root()

    def test_programs_go_to_stderr(self):
        result = trace_workload("pair", "-v", 'u::p2 (arg2 == 1) "%d", arg1')
        self.assertEqual(case_file.messages(result.out), "400\n500\n600\n700\n")
        self.assertIn("call ringbuf_reserve", result.err)
        self.assertIn("spile: 4 events shown, 0 lost, 3 rejected by the filters", result.err)

    def test_the_operands_that_defeat_others_are_really_there(self):
        """What cases/formats.txt says of globals.c depends on the compiler: look at the note."""
        notes = spiletest.run(["readelf", "-n", workloads.PROGRAMS / "globals"]).out
        self.assertRegex(notes, r"Arguments: -4@glob\(%rip\) -4@4\+gs\(%rip\)")
        self.assertRegex(notes, r"Arguments: 8@title\(%rip\)")
        self.assertRegex(notes, r"Arguments: -2@\(%r\w+,%r\w+,2\) -8@\(%r\w+,%r\w+,8\)")


if __name__ == "__main__":
    spiletest.main()
