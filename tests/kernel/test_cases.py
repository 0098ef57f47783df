# SPDX-License-Identifier: MIT
"""Every case of cases/*.txt as a test of its own; case_file.py describes the files.

    test_cases.py                    all of them
    test_cases.py -k operators       those of one file
"""

import os
import pathlib
import re
import shlex
import time

import case_file
import spiletest
import workloads

HERE = pathlib.Path(__file__).resolve().parent
GIVE_UP_S = 30


def _kernel_at_least(major, minor):
    release = re.match(r"(\d+)\.(\d+)", os.uname().release)
    return (int(release[1]), int(release[2])) >= (major, minor)


NEEDS = {
    "sleepable": (lambda: _kernel_at_least(6, 0), "needs Linux 6.0: sleepable uprobe programs"),
}


class CaseRun:
    """One case: start what it names, in its order; then end spile and collect its output."""

    def __init__(self, case):
        self.case = case
        self.program = None

    def spile_command(self):
        line = self.case.spile
        names = {"PROGRAMS": str(workloads.PROGRAMS)}
        if self.case.run:
            names["PROGRAM"] = str(workloads.PROGRAMS / self.case.run.split()[0])
        if self.program is not None:
            names["PID"] = str(self.program.pid)
        for name in sorted(names, key=len, reverse=True):
            line = re.sub(rf"\${name}\b", lambda _: names[name], line)
        return shlex.split(line)

    def workload(self, line):
        words = shlex.split(line.replace("$PROGRAMS", str(workloads.PROGRAMS)))
        return workloads.Workload(*words)

    def start_spile(self):
        return spiletest.Background([spiletest.spile_path(), *self.spile_command()])

    def run_spile(self):
        return spiletest.run([spiletest.spile_path(), *self.spile_command()], timeout=GIVE_UP_S)

    def collect(self):
        if not self.case.run:
            return self.run_spile()
        if 0 < int(self.case.exit or 0) < 128:  # a mistake: nothing is attached
            with self.workload(self.case.run) as self.program:
                return self.run_spile()
        if (self.case.order or "").strip() == "spile first":
            with self.start_spile() as spile:
                spile.wait_line(workloads.HEADER, timeout=GIVE_UP_S, stream="out")
                with self.workload(self.case.run) as self.program:
                    return self.fire(spile)
        with self.workload(self.case.run) as self.program, self.start_spile() as spile:
            spile.wait_line(workloads.HEADER, timeout=GIVE_UP_S, stream="out")
            return self.fire(spile)

    def fire(self, spile):
        self.program.go()
        if self.case.also:
            with self.workload(self.case.also) as other:
                other.go()
                other.wait(GIVE_UP_S)
        program = self.program.wait(GIVE_UP_S)
        if program.status != 0:
            raise AssertionError(f"the workload failed: {program}")
        return self.end(spile)

    def end(self, spile):
        """Tracers of one process or of N events end by themselves, the others with Ctrl-C."""
        words = self.spile_command()
        if any(word in words for word in ("-p", "-M", "-d", "--duration")):
            return spile.wait(GIVE_UP_S)
        time.sleep(0.05)
        return spile.stop(timeout=GIVE_UP_S)


class Cases(spiletest.TestCase):
    maxDiff = None

    def check(self, case):
        spiletest.require_root()
        if case.needs:
            holds, reason = NEEDS[case.needs.strip()]
            if not holds():
                spiletest.skip(reason)
        result = CaseRun(case).collect()
        self.check_output(case, result)
        self.assertEqual(result.status, int(case.exit or 0), result)

    def check_output(self, case, result):
        if case.shown is not None:
            self.assertEqual(case_file.messages(result.out), case.shown, result)
        else:
            out = case_file.with_placeholders(result.out, workloads.PROGRAMS)
            self.assertEqual(out, case.stdout or "", result)
        err = case_file.with_placeholders(result.err, workloads.PROGRAMS, columns=False)
        if case.stderr is not None:
            self.assertEqual(err, case.stderr, result)
        elif case.summary is None:
            self.assertNotEqual(err, "", result)
        else:
            lines = [line for line in err.splitlines() if line != "spile: process $PID has ended"]
            self.assertEqual(lines, ["spile: " + case.summary.strip()], result)


def _add_tests():
    for path in sorted((HERE / "cases").glob("*.txt")):
        for case in case_file.parse(path):
            line = case.place.rpartition(":")[2]
            words = re.sub(r"\W+", "_", f"{path.stem}_{int(line):03}_{case.case.strip()}")
            name = f"test_{words.strip('_')}"

            def test(self, case=case):
                self.check(case)

            test.__doc__ = f"{case.place} {case.case.strip()}"
            setattr(Cases, name, test)


_add_tests()

if __name__ == "__main__":
    spiletest.main()
