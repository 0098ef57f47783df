# SPDX-License-Identifier: MIT
"""How a trace ends: what it says, what the shell sees, and that nothing stays behind."""

import os
import re
import signal
import subprocess
import threading
import time

import memory
import spiletest
import workloads

GATED = workloads.PROGRAMS / "gated"
BOTH = [f"u:{GATED}:ours", f"u:{GATED}:theirs"]


class Ends(spiletest.TestCase):
    """Signals and kill -9, with probes behind both kinds of semaphore."""

    def setUp(self):
        spiletest.require_root()

    def check_clean_after(self, end, extra=()):
        """Traces `gated` while it runs; `end` ends spile and returns how that went."""
        with workloads.Workload("gated") as gated:
            ours = memory.Memory(gated.pid, GATED, "gated", "ours")
            theirs = memory.Memory(gated.pid, GATED, "gated", "theirs")
            with workloads.traced([*extra, *BOTH]) as spile:
                gated.go()
                for probe in (ours, theirs):
                    self.assertEqual(probe.semaphores(), [1])
                    self.assertEqual(set(probe.sites()), {0xCC})
                spile.wait_line(r"theirs +arg1=\d+")
                result = end(spile)
            ours.wait_untouched()
            theirs.wait_untouched()
            self.assertIsNone(gated.process.poll(), "the traced program has died")
        return result

    def check_signal(self, sig, status, extra=()):
        result = self.check_clean_after(lambda spile: spile.stop(sig), extra)
        self.assertEqual(result.status, status, result)
        shown, lost, rejected = workloads.summary(result)
        self.assertEqual((shown, lost, rejected), (len(result.out.splitlines()) - 1, 0, 0), result)

    def test_ctrl_c(self):
        self.check_signal(signal.SIGINT, 130)

    def test_sigterm(self):
        self.check_signal(signal.SIGTERM, 143)

    def test_hang_up(self):
        self.check_signal(signal.SIGHUP, 143)

    def test_kill_9_leaves_nothing_behind(self):
        result = self.check_clean_after(lambda spile: spile.stop(signal.SIGKILL))
        self.assertEqual(result.status, -signal.SIGKILL)

    def test_duration(self):
        start = time.monotonic()
        result = self.check_clean_after(lambda spile: spile.wait(10), ["-d", "0.5"])
        self.assertEqual(result.status, 0, result)
        self.assertGreater(time.monotonic() - start, 0.5)

    def test_a_second_tracer_keeps_its_semaphore(self):
        with workloads.Workload("gated") as gated:
            probe = memory.Memory(gated.pid, GATED, "gated", "ours")
            with workloads.traced(["-p", gated.pid, "u::ours"]) as first:
                with workloads.traced(["-p", gated.pid, "u::ours"]) as second:
                    gated.go()
                    second.wait_line(r"arg1=")
                    first.wait_line(r"arg1=")
                    second.stop()
                seen = len(first.out.splitlines())
                deadline = time.monotonic() + 10
                while len(first.out.splitlines()) < seen + 3 and time.monotonic() < deadline:
                    time.sleep(0.01)
                self.assertGreaterEqual(len(first.out.splitlines()), seen + 3)
                self.assertNotEqual(probe.semaphores(), [0])
                first.stop()
            probe.wait_untouched()

    def test_nothing_else_is_raised(self):
        """Tracing one probe of a file leaves the semaphore and the site of another alone."""
        with workloads.Workload("gated") as gated:
            theirs = memory.Memory(gated.pid, GATED, "gated", "theirs")
            with workloads.traced(["-p", gated.pid, "u::ours"]):
                self.assertEqual((theirs.semaphores(), theirs.sites()), ([0], [0x90]))

    def test_another_process_is_left_alone_by_a_pid(self):
        with workloads.Workload("gated") as traced, workloads.Workload("gated") as other:
            probe = memory.Memory(other.pid, GATED, "gated", "ours")
            with workloads.traced(["-p", traced.pid, "u::ours"]):
                self.assertEqual(probe.sites(), [0x90])

    def test_the_target_is_killed(self):
        with workloads.Workload("gated") as gated:
            with workloads.traced(["-p", gated.pid, "u::ours"]) as spile:
                gated.go()
                spile.wait_line(r"arg1=")
                gated.stop(signal.SIGKILL)
                result = spile.wait(10)
        self.assertEqual(result.status, 0, result)
        self.assertIn(f"spile: process {gated.pid} has ended\n", result.err)


class Output(spiletest.TestCase):
    """Readers that go away, stall or are full; output that is read while it is made."""

    def setUp(self):
        spiletest.require_root()

    def shell(self, line, **options):
        line = line.replace("SPILE", spiletest.spile_path())
        return spiletest.run(["bash", "-c", line], **options)

    def test_the_reader_goes_away(self):
        with workloads.Workload("gated") as gated:
            gated.go()
            result = self.shell(f"set -o pipefail; SPILE trace -p {gated.pid} u::ours | head -n 2")
        self.assertEqual((result.status, len(result.out.splitlines())), (0, 2), result)

    def test_the_reader_goes_away_and_no_event_comes(self):
        with workloads.Workload("gated") as gated:
            result = self.shell(f"SPILE trace -p {gated.pid} u::ours | head -n 1", timeout=10)
        self.assertEqual(result.status, 0, result)
        self.assertIn("0 events shown", result.err)

    def test_a_full_disk_is_an_error(self):
        with workloads.Workload("gated") as gated:
            gated.go()
            result = self.shell(f"SPILE trace -p {gated.pid} u::ours >/dev/full")
        self.assertEqual(result.status, 1, result)
        self.assertIn("spile: write to standard output: No space left on device\n", result.err)
        self.assertIn("spile: 0 events shown, 0 lost", result.err)

    def test_a_closed_output_holds_nothing_up(self):
        result = self.shell(f"SPILE trace -d 0.2 u:{GATED}:ours >&-", timeout=10)
        self.assertEqual(result.status, 0, result)
        self.assertIn("0 events shown", result.err)

    def test_a_reader_that_stalls_does_not_keep_sigterm_from_being_heard(self):
        times = 10007
        with workloads.Workload("flood", times) as flood:
            reading, writing = os.pipe()
            spile = subprocess.Popen(
                [spiletest.spile_path(), "trace", "-p", str(flood.pid), "u::drop"],
                stdout=writing, stderr=subprocess.PIPE, text=True)
            os.close(writing)
            with spile:
                os.read(reading, 10)  # the header: attached
                flood.go()
                flood.wait()  # ten times what a pipe holds
                time.sleep(0.1)
                spile.send_signal(signal.SIGTERM)
                err = spile.communicate(timeout=10)[1]
            taken = b"".join(iter(lambda: os.read(reading, 65536), b""))
            os.close(reading)
        self.assertEqual(spile.returncode, 143, err)
        counts = re.search(r"spile: (\d+) events shown, 0 lost, (\d+) dropped because standard "
                           r"output took no more", err)
        self.assertIsNotNone(counts, err)
        shown, dropped = map(int, counts.groups())
        self.assertEqual(shown + dropped, times)
        self.assertIn(taken.count(b"\n") - 1, (shown - 1, shown))

    def test_lines_come_one_by_one_through_a_pipe(self):
        """One event, and its line is there while the trace goes on."""
        with workloads.Workload("gated") as gated:
            with workloads.traced(["-p", gated.pid, "u::ours"]) as spile:
                gated.go()
                spile.wait_line(r"ours +arg1=1$", timeout=5)
                spile.wait_line(r"ours +arg1=2$", timeout=5)
                self.assertIsNone(spile.process.poll())

    def test_silence_is_explained(self):
        with workloads.Workload("gated") as gated:
            with workloads.traced(["-p", gated.pid, "u::ours"]) as spile:
                spile.wait_line(r"attached to 1 site; nothing has reached it yet", timeout=15,
                                stream="err")

    def test_rejection_of_everything_is_explained(self):
        with workloads.Workload("gated") as gated:
            with workloads.traced(["-p", gated.pid, "u::ours (arg1 < 0)"]) as spile:
                gated.go()
                spile.wait_line(r"the probes fired \d+ times and every firing was rejected by the "
                                r"predicate", timeout=15, stream="err")


class Overload(spiletest.TestCase):
    """More events than the buffer holds: what fired is shown, lost or rejected, to the last one."""

    def setUp(self):
        spiletest.require_root()

    def check_flood(self, times, spec, arguments=(), stall=False):
        with workloads.Workload("flood", times) as flood:
            with workloads.traced([*arguments, "-p", flood.pid, spec]) as spile:
                if stall:
                    spile.process.send_signal(signal.SIGSTOP)
                flood.go()
                self.assertEqual(flood.wait(120).status, 0)
                if stall:
                    spile.process.send_signal(signal.SIGCONT)
                result = spile.wait(60)
        shown, lost, rejected = workloads.summary(result)
        self.assertEqual(shown + lost + rejected, times, result.err)
        lines = result.out.splitlines()[1:]
        self.assertEqual(len(lines), shown)
        return shown, lost, rejected, lines

    def test_a_stalled_tracer_counts_what_it_lost(self):
        times = 4001  # of 2 KiB each: twice what the buffer holds
        shown, lost, _, lines = self.check_flood(
            times, 'u::drop "%d %s", arg1, arg2', ["-s", "2048"], stall=True)
        self.assertGreater(lost, 1000)
        # What the buffer held is the beginning, complete and in order.
        numbers = [int(line.split()[4]) for line in lines]
        self.assertEqual(numbers[:1000], list(range(1, 1001)))
        self.assertEqual(numbers, sorted(numbers))

    def test_a_tight_loop(self):
        times = 500009
        shown, _, rejected, lines = self.check_flood(times, 'u::drop "%d %s", arg1, arg2')
        self.assertEqual(rejected, 0)
        self.assertTrue(all(line.endswith("a text of some length") for line in lines))

    def test_a_tight_loop_behind_a_predicate(self):
        times = 500009
        shown, lost, rejected, _ = self.check_flood(times, 'u::drop (arg1 % 1000 == 0) "%d", arg1')
        self.assertEqual((shown, lost, rejected), (500, 0, times - 500))

    def test_two_processes_at_once(self):
        times = 100003
        program = workloads.PROGRAMS / "flood"
        with workloads.Workload("flood", times) as one, workloads.Workload("flood", times) as two:
            with workloads.traced([f'u:{program}:drop (arg1 % 10 != 1) "%d", arg1']) as spile:
                for flood in (one, two):
                    threading.Thread(target=flood.go).start()
                one.wait(60)
                two.wait(60)
                result = spile.stop(timeout=60)
        self.assertEqual(sum(workloads.summary(result)), 2 * times, result.err)


if __name__ == "__main__":
    spiletest.main()
