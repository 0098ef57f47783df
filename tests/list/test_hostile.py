"""spile list on files and processes that want to hurt whoever looks at them.

Whatever the bytes are: an exit within seconds, by itself, with little memory, no signal, one clear
line, and nothing on the terminal that the terminal would obey.
"""

import json
import os
import pathlib
import random
import resource
import subprocess
import tempfile
import time

import elf_file
from elf_file import Probe
from spiletest import TestCase, main, spile_path

MEMORY_LIMIT = 64 << 20
ESCAPES = "\x1b]0;owned\x07\x9b31m\x7f\udcff\u202e\n"


def limited():
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))


class Hostile(TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.path = os.path.join(self.folder.name, "app")

    def list(self, data=None, arguments=("-vv",), size=None):
        """Lists a file of these bytes, extended with a hole to `size`, in 64 MiB of memory."""
        if data is not None:
            pathlib.Path(self.path).write_bytes(data)
        if size is not None:
            os.truncate(self.path, size)
        begun = time.monotonic()
        ended = subprocess.run([spile_path(), "list", self.path, *arguments], timeout=60,
                               preexec_fn=limited, capture_output=True)
        self.assertLess(time.monotonic() - begun, 20)
        self.assertIn(ended.returncode, (0, 1, 3), ended)
        return ended

    def assert_refused(self, ended, pattern):
        self.assertEqual((ended.returncode, ended.stdout), (1, b""), ended)
        self.assertRegex(ended.stderr.decode(), pattern)

    def test_every_truncation(self):
        data = elf_file.build([Probe("app", "request", "-4@%edi 8@glob(%rip)")])
        for size in range(len(data)):
            ended = self.list(data[:size])
            self.assertNotEqual(ended.stderr, b"")

    def test_flipped_bits(self):
        data = elf_file.build([Probe("app", "request", "-4@%edi 8@(%rax,%rbx,8)")])
        chance = random.Random(20261122)
        for _ in range(400):
            flipped = bytearray(data)
            for _ in range(chance.randint(1, 4)):
                flipped[chance.randrange(len(flipped))] ^= 1 << chance.randrange(8)
            self.list(bytes(flipped))

    def test_a_sparse_file_that_claims_gigabytes(self):
        probes = [Probe("app", "request")]
        huge = 6 << 30
        self.assert_refused(self.list(elf_file.build(probes, note_size=huge), size=huge + 4096),
                            "more than 16 MiB")
        self.assert_refused(self.list(elf_file.build(probes, note_size=1 << 63)), "16 MiB")
        self.assert_refused(self.list(elf_file.build(probes, note_offset=(1 << 64) - 8)), "beyond")
        self.assert_refused(self.list(elf_file.build(probes, section_offset=1 << 62)), "beyond")
        self.assert_refused(self.list(elf_file.build(probes, section_count=0xffff)), "beyond")
        # Section headers in a hole: section 0 gives the count, 2^32.
        data = bytearray(elf_file.build(probes, section_count=0, section_offset=4096))
        data += b"\0" * (4096 - len(data)) + elf_file.section(0, 0, 0, 0, 1 << 32)
        self.assert_refused(self.list(bytes(data), size=huge), "limit")

    def test_sixteen_mebibytes_of_notes(self):
        # Nothing but zeros, then nothing but the smallest notes: both as large as is read at all.
        data = elf_file.build([])
        self.list(elf_file.build([], note_offset=len(data), note_size=16 << 20),
                  size=len(data) + (16 << 20))
        note = Probe("p", "n").note()
        count = (16 << 20) // len(note)
        data = elf_file.build([], note_offset=4096, note_size=count * len(note))
        self.assert_refused(self.list(data.ljust(4096, b"\0") + note * count), "probe sites")

    def test_as_much_as_is_accepted(self):
        args = "8@-24(%rbp,%rax,8) -4@$-5 8@1234567890+some_global_variable(%rip)"
        sites = [Probe("provider", f"probe{i}", args).note() for i in range(49_000)]
        data = elf_file.build([], note_offset=4096, note_size=sum(map(len, sites)))
        data = data.ljust(4096, b"\0") + b"".join(sites)
        for arguments, lines in (((), 49_000), (("-v", "*:probe48999"), 3)):
            ended = self.list(data, arguments=arguments)
            self.assertEqual(ended.stdout.count(b"\n"), lines, ended.stderr)

    def test_terminal_escapes(self):
        probe = Probe("app" + ESCAPES, "name" + ESCAPES, "8@%rdi" + ESCAPES)
        self.path = os.path.join(self.folder.name, "a\x1b[31mpp")
        for arguments in ((), ("-v",), ("-vv",), ("--json",), ("-vv", "nothing")):
            ended = self.list(elf_file.build([probe]), arguments=arguments)
            shown = ended.stdout + ended.stderr
            for byte in (b"\x1b", b"\x07", b"\x9b", b"\x7f", b"\xff", "\u202e".encode()):
                if arguments == ("--json",) and byte == "\u202e".encode():
                    continue
                self.assertNotIn(byte, shown)
        self.assertIn(b"owned", self.list(elf_file.build([probe])).stdout)

    def test_json_is_valid_whatever_the_names_are(self):
        ended = self.list(elf_file.build([Probe("a" + ESCAPES, "b\"\\")]), arguments=("--json",))
        probe = json.loads(ended.stdout)["files"][0]["probes"][0]
        self.assertEqual(probe["name"], "b\"\\")
        self.assertIn("\x1b]0;owned", probe["provider"])

    def test_a_location_outside_the_program(self):
        ended = self.list(elf_file.build([Probe("app", "x", location=1 << 63)]),
                          arguments=("--json",))
        self.assertIn(b"in no loaded part", ended.stdout)

    def test_a_file_that_changes_while_it_is_read(self):
        data = elf_file.build([Probe("app", "request")])
        pathlib.Path(self.path).write_bytes(data)
        shrinker = subprocess.Popen(
            ["/usr/bin/python3", "-c",
             "import os,sys\np=sys.argv[1]\ndata=open(p,'rb').read()\n"
             "while True:\n os.truncate(p,70)\n open(p,'r+b').write(data)\n", self.path])
        try:
            for _ in range(100):
                self.list()
        finally:
            shrinker.kill()
            shrinker.wait()


if __name__ == "__main__":
    main()
