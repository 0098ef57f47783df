"""What spile list says: its forms, its filters, its JSON, its messages and exit codes."""

import json
import os
import pathlib
import subprocess
import tempfile

import elf_file
from elf_file import Probe
from spiletest import Background, TestCase, main, require_root, require_tool, run, spile_path

PROBES = [
    Probe("app", "request__start", "-4@%edi 8@%rsi", 0x1040, semaphore=0x3010),
    Probe("app", "request__done", "8@-24(%rbp,%rax,8) 4@$-1 8@%xmm0", 0x1050),
    Probe("db", "query", "", 0x1060),
    Probe("app", "request__start", "-4@8(%rsp) 8@(%rcx,%rdi)", 0x1070, semaphore=0x3012),
]

# Maps the file named by argv, or a memfd with its bytes, as a loader would.
MAPPER = """
import mmap, os, sys
kind, path = sys.argv[1:]
data = open(path, "rb").read()
if kind == "memfd" or kind == "closed":
    fd = os.memfd_create("probes")
    os.write(fd, data)
else:
    fd = os.open(path, os.O_RDONLY)
kept = mmap.mmap(fd, len(data), mmap.MAP_PRIVATE, mmap.PROT_READ | mmap.PROT_EXEC)
if kind == "closed":
    os.close(fd)
if kind == "deleted":
    os.unlink(path)
print("mapped", flush=True)
sys.stdin.read()
"""


def spile_list(*arguments, **options):
    return run([spile_path(), "list", *arguments], **options)


class List(TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        os.chmod(self.folder.name, 0o755)
        self.app = self.write("app", elf_file.build(PROBES))

    def write(self, name, data):
        path = os.path.join(self.folder.name, name)
        pathlib.Path(path).write_bytes(data)
        return path

    def mapped(self, kind, path=None):
        return Background(["/usr/bin/python3", "-c", MAPPER, kind, path or self.app], stdin=-1)

    # ---- forms ----

    def test_names(self):
        listed = spile_list(self.app)
        self.assertEqual(listed.status, 0, listed)
        names = ("app:request__start", "app:request__done", "db:query")
        self.assertEqual(listed.out, "".join(f"{self.app} {name}\n" for name in names))
        self.assertEqual(listed.err, "")

    def test_v(self):
        self.assertEqual(spile_list("-v", self.app).out, (
            "app:request__start [sema 0x3010]\n  2 location(s)\n  2 argument(s)\n"
            "app:request__done [sema 0x0]\n  1 location(s)\n  3 argument(s)\n"
            "db:query [sema 0x0]\n  1 location(s)\n  0 argument(s)\n"))

    def test_vv(self):
        self.assertEqual(spile_list("-vv", self.app).out, (
            "app:request__start [sema 0x3010]\n"
            f"  location #1 {self.app} 0x1040\n"
            "    argument #1 4 signed   bytes @ di\n"
            "    argument #2 8 unsigned bytes @ si\n"
            f"  location #2 {self.app} 0x1070\n"
            "    argument #1 4 signed   bytes @ *(sp + 8)\n"
            "    argument #2 8 unsigned bytes @ *(cx + 0 + di)\n"
            "app:request__done [sema 0x0]\n"
            f"  location #1 {self.app} 0x1050\n"
            "    argument #1 8 unsigned bytes @ *(bp - 24 + ax * 8)\n"
            "    argument #2 4 unsigned bytes @ -1\n"
            "    argument #3 8 unsigned bytes @ unreadable: %xmm0: the kernel does not save "
            "vector registers for a probe\n"
            "db:query [sema 0x0]\n"
            f"  location #1 {self.app} 0x1060\n"))

    def test_json(self):
        document = json.loads(spile_list("--json", self.app).out)
        self.assertEqual(document["errors"], [])
        (file,) = document["files"]
        self.assertEqual((file["path"], file["machine"], file["pids"]), (self.app, "x86_64", []))
        start = file["probes"][0]
        self.assertEqual((start["provider"], start["name"]), ("app", "request__start"))
        self.assertEqual([site["offset"] for site in start["sites"]], ["0x1040", "0x1070"])
        self.assertEqual(start["sites"][1]["semaphore_address"], "0x3012")
        self.assertEqual(start["sites"][1]["semaphore_offset"], "0x3012")
        self.assertEqual(start["sites"][0]["arguments"][0], {
            "text": "-4@%edi", "size": 4, "signed": True, "float": False, "kind": "register",
            "register": {"number": 7, "bits": 32, "shift": 0}})
        kinds = [arg["kind"] for arg in file["probes"][1]["sites"][0]["arguments"]]
        self.assertEqual(kinds, ["memory", "constant", "unreadable"])

    def test_json_carries_errors(self):
        listed = spile_list("--json", self.app, "/nonexistent/file")
        self.assertEqual(listed.status, 1, listed)
        document = json.loads(listed.out)
        self.assertEqual(len(document["files"]), 1)
        self.assertEqual(document["errors"][0]["code"], "not_found")

    # ---- what to look at ----

    def test_filters(self):
        for words, count in ((["db:*"], 1), (["request*"], 2), (["*:request__[ds]*"], 2),
                             (["query", "app:*done"], 2)):
            listed = spile_list("-l", self.app, *words)
            self.assertEqual(len(listed.out.splitlines()), count, listed)
        self.assertEqual(len(spile_list(self.app, "db:*").out.splitlines()), 1)

    def test_several_files(self):
        other = self.write("other", elf_file.build([Probe("x", "y")]))
        self.assertEqual(spile_list(self.app, other).out.count("\n"), 4)

    def test_a_process_and_its_files(self):
        for kind, ending in (("file", self.app), ("memfd", r"map_files/\w+-\w+")):
            with self.mapped(kind) as program:
                program.wait_line("mapped")
                listed = spile_list("-p", str(program.pid), "db:query")
                self.assertRegex(listed.out, rf"^/proc/{program.pid}/\S*{ending} db:query\n$")
                self.assertEqual(listed.status, 0, listed)

    def test_a_memfd_by_its_name_in_json(self):
        with self.mapped("memfd") as program:
            program.wait_line("mapped")
            document = json.loads(spile_list("-p", str(program.pid), "--json", "db:*").out)
        self.assertEqual(document["files"][0]["name"], "/memfd:probes (deleted)")
        self.assertEqual(document["files"][0]["pids"], [program.pid])

    def test_deleted_and_closed_files(self):
        require_root()
        for kind in ("closed", "deleted"):
            with self.mapped(kind) as program:
                program.wait_line("mapped")
                listed = spile_list("-p", str(program.pid), "db:query")
                self.assertEqual(listed.out.count("db:query"), 1, listed)

    def test_one_module_of_a_process(self):
        with self.mapped("file") as program:
            program.wait_line("mapped")
            self.assertIn("db:query", spile_list("-p", str(program.pid), "-l", "app").out)
            missing = spile_list("-p", str(program.pid), "-l", "nosuch")
            self.assertEqual(missing.status, 3, missing)
            self.assertIn("mapped: ", missing.err)

    def test_everything(self):
        with self.mapped("file") as first, self.mapped("file") as second:
            first.wait_line("mapped")
            second.wait_line("mapped")
            listed = spile_list("-a", "db:query")
            self.assertEqual(listed.out, f"{self.app} db:query\n")
            files = json.loads(spile_list("-a", "--json", "db:query").out)["files"]
        self.assertEqual(len(files), 1)
        self.assertEqual(files[0]["pids"], sorted([first.pid, second.pid]))

    # ---- nothing found, and mistakes ----

    def assert_fails(self, status, words, *patterns):
        listed = spile_list(*words)
        self.assertEqual((listed.status, listed.out), (status, ""), listed)
        for pattern in patterns:
            self.assertRegex(listed.err, pattern)
        self.assertTrue(listed.err.startswith("spile: "), listed.err)
        return listed

    def test_nothing_found_is_said(self):
        empty = self.write("empty", elf_file.build([]))
        self.assert_fails(3, [empty], "no probes in .*/empty", "built with probes")
        self.assert_fails(3, ["-l", self.app, "app:request_done"], "none of the 3 probes",
                          "did you mean app:request__done")
        self.assert_fails(3, ["-l", self.app, "zzzzzz"], "without a filter shows them all")
        self.assert_fails(3, ["-p", str(os.getpid()), "zzzzzz"], "looked at|none of")

    def test_wrong_targets(self):
        text = self.write("text", b"just text\n")
        script = self.write("script", b"#!/bin/sh\n")
        fifo = os.path.join(self.folder.name, "fifo")
        os.mkfifo(fifo)
        self.assert_fails(1, [text], "not an ELF file")
        self.assert_fails(1, [script], "not an ELF file", "is a script")
        self.assert_fails(1, [fifo], "is a FIFO")
        self.assert_fails(1, ["/dev/null"], "is a device")
        self.assert_fails(1, [self.folder.name], "is a directory")
        self.assert_fails(3, ["/nonexistent/file"], "No such file", "check the path")
        self.assert_fails(3, ["nosuchprogram"], "no program in PATH", "ld.so.cache")
        self.assert_fails(3, ["-p", "999999999"], "no such process")
        self.assert_fails(2, [], "of what", "-p PID")
        self.assertEqual(spile_list("-p", "word").status, 2)

    def test_a_thread_is_no_process(self):
        program = "import threading,sys;t=threading.Thread(target=sys.stdin.read);t.start();" \
                  "print(t.native_id,flush=True);t.join()"
        with Background(["/usr/bin/python3", "-c", program], stdin=-1) as started:
            thread = started.wait_line(r"\d+").group()
            self.assert_fails(3, ["-p", thread], f"is a thread of process {started.pid}")

    def test_one_bad_file_does_not_lose_the_others(self):
        bad = self.write("bad", b"\x7fELF")
        listed = spile_list(bad, self.app, "/nonexistent/file")
        self.assertEqual(listed.status, 1, listed)
        self.assertEqual(listed.out.count("\n"), 3)
        self.assertEqual(listed.err.count("spile: "), 2)

    def test_without_permission(self):
        require_root()
        nobody = [require_tool("setpriv", "util-linux"), "--reuid=65534", "--regid=65534",
                  "--clear-groups", spile_path(), "list"]
        os.chmod(self.app, 0o600)
        listed = run([*nobody, self.app])
        self.assertEqual(listed.status, 4, listed)
        self.assertRegex(listed.err, "Permission denied\n  read it as its owner or as root")
        with self.mapped("file") as program:
            program.wait_line("mapped")
            listed = run([*nobody, "-p", str(program.pid)])
            self.assertEqual(listed.status, 4, listed)
            self.assertIn("CAP_SYS_PTRACE", listed.err)
            listed = run([*nobody, "-a"])
            self.assertIn(listed.status, (1, 4), listed)
            self.assertRegex(listed.err, r"\d+ of \d+ processes")
            self.assertEqual(listed.err.count("spile: look at everything"), 1)

    def test_a_full_disk_is_noticed(self):
        with open("/dev/full", "w") as full:
            ended = subprocess.run([spile_path(), "list", self.app], stdout=full,
                                   stderr=subprocess.PIPE, text=True)
        self.assertEqual(ended.returncode, 1)
        self.assertIn("write the list", ended.stderr)


if __name__ == "__main__":
    main()
