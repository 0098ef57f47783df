# SPDX-License-Identifier: MIT
"""Where spile must not attach, and what it says when others or the system stand in its way."""

import os
import pathlib
import shutil
import tempfile

import memory
import spiletest
import workloads

PAIR = workloads.PROGRAMS / "pair"
UNPRIVILEGED = ["--reuid=65534", "--regid=65534", "--clear-groups", "--inh-caps=-all"]


def trace(*arguments):
    return spiletest.run([spiletest.spile_path(), "trace", *arguments], timeout=30)


class Patched(spiletest.TestCase):
    """Copies of a program in which the bytes at one probe's site were changed."""

    def setUp(self):
        spiletest.require_root()
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.copy = pathlib.Path(folder.name) / "copy"
        shutil.copy(PAIR, self.copy)

    def patch_site(self, name, code):
        """The text segment's file offset and address are the same in these programs."""
        [(site, _)] = memory.probe_addresses(self.copy, "pair", name)
        data = bytearray(self.copy.read_bytes())
        self.assertEqual(data[site], 0x90)
        data[site:site + len(code)] = code
        self.copy.write_bytes(data)

    def test_another_instruction_is_left_alone(self):
        self.patch_site("p1", b"\x53")  # push %rbx
        result = trace(f"u:{self.copy}:p1")
        self.assertEqual((result.status, result.out), (5, ""), result)
        self.assertIn("the instruction there is no nop", result.err)

    def test_a_breakpoint_of_somebody_else_is_left_alone(self):
        self.patch_site("p1", b"\xcc")
        result = trace(f"u:{self.copy}:p1")
        self.assertEqual((result.status, result.out), (5, ""), result)

    def test_the_other_probes_are_traced_all_the_same(self):
        self.patch_site("p1", b"\x53")
        result = trace("-d", "0.1", f"u:{self.copy}:p*")
        self.assertEqual(result.status, 0, result)
        self.assertRegex(result.err, "pair:p1 at .*left out: the instruction there is no nop")

    def test_a_bare_5_byte_nop_is_warned_of(self):
        self.patch_site("p1", b"\x0f\x1f\x44\x00\x00")
        result = trace("-d", "0.1", f"u:{self.copy}:p1")
        self.assertEqual(result.status, 0, result)
        self.assertIn("this site is a bare 5-byte nop", result.err)

    def test_a_file_cut_before_its_notes(self):
        self.copy.write_bytes(self.copy.read_bytes()[:4096])
        result = trace(f"u:{self.copy}:p1")
        self.assertIn(result.status, (1, 3), result)
        self.assertTrue(result.err.startswith("spile: "), result)


class Unprivileged(spiletest.TestCase):
    """As a user without any capability: what is missing is named."""

    def setUp(self):
        spiletest.require_root()
        self.setpriv = spiletest.require_tool("setpriv", "util-linux")
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        os.chmod(folder.name, 0o755)
        self.folder = pathlib.Path(folder.name)
        for program in (spiletest.spile_path(), PAIR):
            shutil.copy(program, self.folder)

    def trace(self, *arguments, capabilities=""):
        command = [self.setpriv, *UNPRIVILEGED]
        if capabilities:
            command = [self.setpriv, *UNPRIVILEGED[:-1], f"--inh-caps=-all,{capabilities}",
                       f"--ambient-caps=-all,{capabilities}"]
        return spiletest.run([*command, self.folder / "spile", "trace", *arguments], timeout=30)

    def test_loading_a_program_is_not_permitted(self):
        result = self.trace(f"u:{self.folder}/pair:p1")
        self.assertEqual((result.status, result.out), (4, ""), result)
        self.assertIn("CAP_BPF and CAP_PERFMON", result.err)

    def test_a_process_of_root_is_not_permitted(self):
        with workloads.Workload("pair") as pair:
            result = self.trace("-p", str(pair.pid), "u::p1")
        self.assertEqual((result.status, result.out), (4, ""), result)
        self.assertIn("CAP_SYS_PTRACE", result.err)

    def test_two_capabilities_suffice_for_a_file(self):
        result = self.trace("-d", "0.1", f"u:{self.folder}/pair:p1",
                            capabilities="+bpf,+perfmon")
        self.assertEqual(result.status, 0, result)
        self.assertIn("0 events shown, 0 lost", result.err)


class Conflict(spiletest.TestCase):
    """A tracer that holds the site with a semaphore of its own: the kernel refuses a second one."""

    def setUp(self):
        spiletest.require_root()
        spiletest.ensure_tracefs()

    def test_another_semaphore_is_explained(self):
        gated = workloads.PROGRAMS / "gated"
        [(site, _)] = memory.probe_addresses(gated, "gated", "ours")
        [(_, other_semaphore)] = memory.probe_addresses(gated, "gated", "theirs")
        offset = self.file_offset(gated, other_semaphore)
        events = spiletest.TRACEFS / "uprobe_events"
        with workloads.Workload("gated"):  # mapped: the first tracer's counter is in use
            self.append(events, f"p:spiletest/conflict {gated}:{site:#x}({offset:#x})\n")
            enable = spiletest.TRACEFS / "events" / "spiletest" / "conflict" / "enable"
            try:
                enable.write_text("1")
                result = trace(f"u:{gated}:ours")
            finally:
                enable.write_text("0")
                self.append(events, "-:spiletest/conflict\n")
        self.assertEqual((result.status, result.out), (1, ""), result)
        self.assertIn("another tracer may hold this site with a different semaphore", result.err)

    def append(self, path, line):
        """Python's own append mode seeks to the end, which tracefs refuses."""
        file = os.open(path, os.O_WRONLY | os.O_APPEND)
        try:
            os.write(file, line.encode())
        finally:
            os.close(file)

    def file_offset(self, path, address):
        """Of an address in the writable segment, from the program headers."""
        headers = spiletest.run(["readelf", "-lW", path]).out
        for line in headers.splitlines():
            words = line.split()
            if words[:1] == ["LOAD"]:
                offset, start, size = (int(words[i], 16) for i in (1, 2, 4))
                if start <= address < start + size:
                    return address - start + offset
        raise AssertionError(f"{address:#x} is in no segment of {path}")


if __name__ == "__main__":
    spiletest.main()
