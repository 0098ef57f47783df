"""The self test of scripts/check_includes: what breaks the dependency rule is caught."""

import importlib.machinery
import importlib.util
import pathlib
import sys
import tempfile

from spiletest import TestCase, main, run, source_dir


def check(files):
    """The script's outcome for a repository that consists of {path: text}."""
    with tempfile.TemporaryDirectory() as folder:
        for name, text in files.items():
            path = pathlib.Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return run([sys.executable, source_dir() / "scripts/check_includes", folder])


def documented():
    """docs/architecture.md with the script's own table."""
    loader = importlib.machinery.SourceFileLoader(
        "check_includes", str(source_dir() / "scripts/check_includes"))
    rules = importlib.util.module_from_spec(importlib.util.spec_from_loader(loader.name, loader))
    loader.exec_module(rules)
    rows = [f"| {folder} | {listed or '–'} | pure |" for folder, listed in rules.MAY_INCLUDE.items()]
    return "\n".join(["| folder | may include | ? |", "|---|---|---|", *rows, "", "and more"])


class CheckIncludes(TestCase):
    def test_what_is_allowed(self):
        ended = check({
            "src/note/a.cc": '#include "note/a.h"\n#include "base/x.h"\n#include "elf/y.h"\n',
            "src/kernel/b.cc": "#include <bpf/bpf.h>\nint f() { return syscall(__NR_bpf); }\n",
            "src/cli/c.cc": '#include <CLI/CLI.hpp>\n#include "ir/z.h"\nint g() { exit(1); }\n',
            "src/ir/d.cc": '// printf("x"); exit(1)\n/* std::cout\n */ auto s = "exit(1) stdout";\n',
            "src/event/e.cc": "int h() { program.exit(); at_exit(f); emit.exit(); exit(); return snprintf(b, 1, c); }\n",
        })
        self.assertEqual(ended.status, 0, ended)
        self.assertIn("5 files keep the dependency rule", ended.out)

    def test_what_is_caught(self):
        cases = [
            ("elf/a.cc", '#include "note/n.h"', "elf may not include note/n.h"),
            ("note/a.h", '  #  include "cli/c.h"', "note may not include cli/c.h"),
            ("base/a.cc", '#include "elf/e.h"', "base may not include elf/e.h"),
            ("ir/a.cc", "#include <bpf/libbpf.h>", "libbpf belongs to kernel"),
            ("attach/a.cc", "x = syscall(SYS_perf_event_open, a);", "perf_event_open(2) belongs"),
            ("attach/a.cc", "x = syscall(__NR_bpf, a);", "bpf(2) belongs to kernel"),
            ("lang/a.cc", "#include <CLI/CLI.hpp>", "CLI11 belongs to cli"),
            ("lang/a.cc", "std::cout << 1;", "a standard stream belongs to cli"),
            ("lang/a.cc", 'std::printf("x");', "printing belongs to cli"),
            ("lang/a.cc", 'fmt::print("x");', "printing belongs to cli"),
            ("lang/a.cc", "if (x) std::exit(2);", "exiting belongs to cli"),
            ("other/a.cc", "int x;", "src/other is not in the table"),
            ("main.cc", "int x;", "src/main.cc is not in the table"),
        ]
        for name, line, message in cases:
            with self.subTest(name=name, line=line):
                ended = check({f"src/{name}": f"{line}\n"})
                self.assertEqual(ended.status, 1, ended)
                self.assertTrue(ended.out.startswith(f"src/{name}:1: "), ended)
                self.assertIn(message, ended.out)

    def test_the_documented_table_must_be_the_same(self):
        table = documented()
        self.assertEqual(check({"docs/architecture.md": table}).status, 0)
        joined = table.replace("| bpf | – | pure |\n", "").replace("| event | –", "| bpf, event | –")
        self.assertEqual(check({"docs/architecture.md": joined}).status, 0)
        changed = check({"docs/architecture.md": table.replace("| note | elf |", "| note | lang |")})
        self.assertEqual(changed.status, 1)
        self.assertIn("docs/architecture.md: note: lang there, elf in", changed.out)
        removed = check({"docs/architecture.md": table.replace("| cli | all |", "| shell | all |")})
        self.assertIn("cli: missing there", removed.out)
        self.assertIn("shell: all there, missing in", removed.out)


if __name__ == "__main__":
    main()
