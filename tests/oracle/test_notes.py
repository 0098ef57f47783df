"""Every probe of every ELF file on this machine, as readelf -n shows it.

In:  the folders where programs and libraries are installed (FOLDERS).
Out: each note's provider, name, three addresses and arguments are the same in readelf's output
     and in that of spile_dump_notes, in the same order; each x86-64 operand can be read, or
     a line of unreadable.txt says why not; a program that shows all arguments of a site compiles
     for each x86-64 site.
"""

import collections
import os
import pathlib
import re
import stat
import subprocess

from spiletest import TestCase, build_dir, main, require_tool, run

FOLDERS = ["/usr", "/opt", "/lib", "/bin", "/sbin", "/lib64"]
EXPECTED = pathlib.Path(__file__).with_name("unreadable.txt")
# What `scripts/setup test` installs, as far as Debian builds it with probes.
KNOWN = ["python3.11", "postgres", "libjvm.so", "libstdc++.so", "libruby", "php"]
BATCH = 200  # files for one call of readelf


def elf_files():
    """The regular files that start with the ELF magic, each inode once, sorted."""
    seen, found = set(), []
    folders = [folder for folder in FOLDERS if not os.path.islink(folder)]
    while folders:
        with os.scandir(folders.pop()) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    folders.append(entry.path)
                elif entry.is_file(follow_symlinks=False) and is_elf(entry.path, seen):
                    found.append(entry.path)
    return sorted(found)


def is_elf(path, seen):
    try:
        with open(path, "rb", buffering=0) as file:
            info = os.fstat(file.fileno())
            if not stat.S_ISREG(info.st_mode) or (info.st_dev, info.st_ino) in seen:
                return False
            seen.add((info.st_dev, info.st_ino))
            return file.read(4) == b"\x7fELF"
    except OSError:
        return False


def by_readelf(readelf, paths):
    """path -> [(provider, name, location, base, semaphore, arguments)] for files with probes."""
    notes = collections.defaultdict(list)
    for start in range(0, len(paths), BATCH):
        batch = paths[start : start + BATCH]
        # Two files at least, so that readelf says which one it shows.
        command = [readelf, "-nW", *batch, "/dev/null"]
        shown = subprocess.run(command, capture_output=True, env={"LC_ALL": "C"}).stdout
        parse_readelf(shown.decode("utf-8", "surrogateescape"), notes)
    return notes


def parse_readelf(text, notes):
    path, fields = None, {}
    for line in text.splitlines():
        if line.startswith("File: "):
            path = line[6:]
        elif "\t    Provider: " in line:
            fields = {"provider": line.split("\t    Provider: ", 1)[1]}
        elif line.startswith("    Name: "):
            fields["name"] = line[10:]
        elif line.startswith("    Location: "):
            fields["addresses"] = [int(n, 16) for n in re.findall(r"0x([0-9a-f]+)", line)]
        elif line.startswith("    Arguments: "):
            notes[path].append(
                (fields["provider"], fields["name"], *fields["addresses"], line[15:].strip()))


class Dump:
    """What spile_dump_notes says about the files."""

    def __init__(self, paths):
        shown = run([build_dir() / "spile_dump_notes"], input="\n".join(paths) + "\n", timeout=300)
        assert shown.status == 0, shown
        self.notes = collections.defaultdict(list)
        self.unreadable, self.refused, self.errors, self.totals = [], [], {}, None
        for line in shown.out.splitlines():
            self._add(*line.split("\t"))

    def _add(self, kind, *fields):
        if kind == "N":
            path, provider, name, *addresses, args = fields
            self.notes[path].append(
                (provider, name, *[int(n, 16) for n in addresses], args.strip()))
        elif kind == "U":
            self.unreadable.append(fields)
        elif kind == "C":
            self.refused.append(fields)
        elif kind == "E":
            self.errors[fields[0]] = fields[1]
        elif kind == "T":
            self.totals = [int(n) for n in fields]


class Notes(TestCase):
    @classmethod
    def setUpClass(cls):
        cls.paths = elf_files()
        cls.readelf = by_readelf(require_tool("readelf", "binutils"), cls.paths)
        cls.dump = Dump(cls.paths)
        notes, operands, unreadable, compiled = cls.dump.totals
        print(f"{len(cls.paths)} ELF files, {len(cls.readelf)} with probes, {notes} sites, "
              f"{operands} operands, {unreadable} unreadable, {compiled} sites compiled, "
              f"{len(cls.dump.errors)} files refused")

    def test_readelf_shows_the_same(self):
        self.assertGreater(len(self.readelf), 0, "no file with probes: is this a bare system?")
        self.assertEqual(set(self.readelf), set(self.dump.notes))
        for path, notes in self.readelf.items():
            self.assertEqual(notes, self.dump.notes[path], path)

    def test_the_known_programs_are_among_them(self):
        names = [os.path.basename(path) for path in self.readelf]
        for known in KNOWN:
            self.assertTrue(any(name.startswith(known) for name in names), known)

    def test_every_x86_64_site_compiles(self):
        self.assertGreater(self.dump.totals[3], 0)
        self.assertEqual(self.dump.refused, [])

    def test_a_refused_file_has_no_probes(self):
        for path, error in self.dump.errors.items():
            self.assertNotIn(path, self.readelf, error)

    def test_every_operand_is_read_or_justified(self):
        lines = EXPECTED.read_text().splitlines()
        known = [re.compile(line) for line in lines if line and not line.startswith("#")]
        for path, probe, operand, why in self.dump.unreadable:
            self.assertTrue(any(pattern.search(operand) for pattern in known),
                            f"{path} {probe}: {operand} is unreadable: {why}")


if __name__ == "__main__":
    main()
