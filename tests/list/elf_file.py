"""Small ELF files with probes, made byte by byte, so that tests can make them wrong.

    data = elf_file.build([elf_file.Probe("app", "request", "-4@%edi")])

The file has an executable segment at address 0x1000 and a writable one at 0x3000, mapped from the
same offsets, a note section, .stapsdt.base at 0x2000 and the section names.
"""

import dataclasses
import struct

HEADER, SEGMENT, SECTION = 64, 56, 64
NAMES = b"\0.note.stapsdt\0.stapsdt.base\0.shstrtab\0"


@dataclasses.dataclass
class Probe:
    provider: str
    name: str
    args: str = ""
    location: int = 0x1040
    base: int = 0x2000
    semaphore: int = 0

    def note(self):
        texts = (self.provider, self.name, self.args)
        descriptor = struct.pack("<QQQ", self.location, self.base, self.semaphore)
        descriptor += b"".join(text.encode("utf-8", "surrogateescape") + b"\0" for text in texts)
        padding = b"\0" * (-len(descriptor) % 4)
        return struct.pack("<III", 8, len(descriptor), 3) + b"stapsdt\0" + descriptor + padding


def section(name, kind, address, offset, size):
    return struct.pack("<IIQQQQIIQQ", name, kind, 0, address, offset, size, 0, 0, 4, 0)


def segment(flags, address, size):
    return struct.pack("<IIQQQQQQ", 1, flags, address, address, address, size, size, 0x1000)


def build(probes, note_size=None, note_offset=None, section_count=None, section_offset=None):
    """The file's bytes; the keywords replace what a well-made file would say."""
    notes = b"".join(probe.note() for probe in probes)
    at = HEADER + 2 * SEGMENT
    names_at = at + len(notes)
    sections_at = (names_at + len(NAMES) + 7) // 8 * 8
    header = b"\x7fELF\2\1\1" + b"\0" * 9 + struct.pack(
        "<HHIQQQIHHHHHH", 3, 62, 1, 0x1000, HEADER,
        sections_at if section_offset is None else section_offset, 0, HEADER, SEGMENT, 2, SECTION,
        4 if section_count is None else section_count, 3)
    body = header + segment(5, 0x1000, 0x1000) + segment(6, 0x3000, 0x1000) + notes + NAMES
    body += b"\0" * (sections_at - len(body))
    body += section(0, 0, 0, 0, 0)
    body += section(1, 7, 0, at if note_offset is None else note_offset,
                    len(notes) if note_size is None else note_size)
    body += section(15, 1, 0x2000, 0x2000, 1)
    return body + section(29, 3, 0, names_at, len(NAMES))
