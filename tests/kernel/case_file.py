# SPDX-License-Identifier: MIT
"""Case files: one run of a workload and of spile each, written so that a stranger can read them.

    case     an int is compared with its sign
    run      numbers
    spile    trace -p $PID 'u::sized (arg1 < -4) "%d", arg1'
    shown
      -6
      -5
    summary  2 events shown, 0 lost, 11 rejected by the filters

A field is a word at the start of a line and a value behind it, or in the indented lines below it;
`#` starts a comment line, an empty line ends nothing. The fields:

    case     what is being said
    needs    a condition for this machine (NEEDS in test_cases.py); without it the case is skipped
    run      a program of programs/ and its arguments; none: spile runs alone
    also     a second one, of which spile is told nothing
    order    "spile first": spile starts before the program does
    spile    the command line after "spile", quoted as for a shell
    shown    what each event shows in the last column, one line an event
    stdout   instead of shown: the whole of standard output
    summary  the last line on stderr, without "spile: "; nothing else may stand there but the
             notice that the process has ended
    stderr   instead of summary: the whole of standard error. Neither: there is a message, mostly
             in the words of the option parser, which differ from version to version
    exit     the exit code; 0 unless it is given

In commands $PID, $PROGRAM and $PROGRAMS are the program's id, its path and the folder of all
programs. Before the output is compared, ids become $PID and $TID (a thread whose id is not the
process's), that folder becomes $PROGRAMS, and the addresses of sites become ADDRESS.
"""

import dataclasses
import pathlib
import re

FIELDS = {"case", "needs", "run", "also", "order", "spile", "shown", "stdout", "summary", "stderr",
          "exit"}


@dataclasses.dataclass
class Case:
    place: str  # "operators.txt:12"
    fields: dict

    def __getattr__(self, name):
        """The field's text, or None."""
        if name not in FIELDS:
            raise AttributeError(name)
        return self.fields.get(name)


def parse(path):
    """The cases of a file, in order."""
    cases, field = [], None
    for number, line in enumerate(pathlib.Path(path).read_text().splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        where = f"{path.name}:{number}"
        if line.startswith("  "):
            if field is None:
                raise ValueError(f"{where}: text without a field")
            cases[-1].fields[field] += line[2:] + "\n"
            continue
        word, _, value = line.partition(" ")
        if word not in FIELDS:
            raise ValueError(f"{where}: unknown field {word!r}")
        if word == "case":
            cases.append(Case(where, {}))
        elif word in cases[-1].fields:
            raise ValueError(f"{where}: a second {word!r}")
        field = word
        cases[-1].fields[field] = value.strip() + "\n" if value.strip() else ""
    return cases


# "22259   22259   target          steady           seq=116": the columns of an event.
EVENT = re.compile(r"^((?:[0-9.:]+ +)?)(\d{1,7}) +(\d{1,7}) +(?=\S)", re.MULTILINE)


def _shorten_path(text, programs):
    """The folder becomes $PROGRAMS, and the marker under it moves or shrinks as the line does."""
    programs, lines = str(programs), text.split("\n")
    excess = len(programs) - len("$PROGRAMS")
    for i, line in enumerate(lines[1:], 1):
        begin = lines[i - 1].find(programs)
        if begin >= 0 and re.fullmatch(r" +\^~*", line):
            character = " " if line.index("^") > begin else "~"
            lines[i] = line.replace(character * excess, "", 1)
    return "\n".join(lines).replace(programs, "$PROGRAMS")


def with_placeholders(text, programs, columns=True):
    """`text` with ids and paths of this run replaced by their names."""
    def name_ids(match):
        time, pid, tid = match.groups()
        if match[0] != f"{time}{pid:<7} {tid:<7} ":
            return match[0]  # not in its column: leave it to fail
        shown_tid = "$PID" if pid == tid else "$TID"
        return f"{'$TIME    ' if time else ''}{'$PID':<7} {shown_tid:<7} "

    if columns:
        text = EVENT.sub(name_ids, text)
    else:
        text = re.sub(r"\bprocess \d+ has ended", "process $PID has ended", text)
        text = re.sub(r"\+0x[0-9a-f]+(?=: )", "+ADDRESS", text)
    return _shorten_path(text, programs)


def message(line):
    """The last column of an event's line; names longer than their column push it to the right."""
    columns = re.match(r"(?:[0-9.:]+ +)?\d+ +\d+ +(?=\S)", line)
    if columns is None:
        raise AssertionError(f"not an event: {line!r}")
    function = line[columns.end() + 16:]
    return function[max(16, len(function.split(" ")[0])) + 1:]


def messages(stdout):
    """The last column of every event, one line each."""
    header, *lines = stdout.splitlines(keepends=True)
    if not header.endswith("FUNC             -\n"):
        raise AssertionError(f"no header: {header!r}")
    return "".join(message(line) for line in lines)
