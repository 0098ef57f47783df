// SPDX-License-Identifier: MIT
// Prints what our readers make of files, one line per fact, for test_notes.py to hold against
// readelf:
//
//   N <path> <provider> <name> <location> <base> <semaphore> <arguments>   a note, nothing adjusted
//   U <path> <provider>:<name> <operand> <reason>       an operand nobody can read
//   C <path> <provider>:<name> <arguments> <error>      a site whose program does not compile
//   E <path> <error>                                    a file that was refused
//   T <notes> <operands> <unreadable> <compiled>        the totals
//
// Fields are separated by tabs. The paths come in on standard input, one a line.
#include <fmt/format.h>

#include <cstdio>
#include <iostream>
#include <string>

#include "elf/image.h"
#include "elf/notes.h"
#include "ir/compile.h"
#include "lang/check.h"
#include "note/stapsdt.h"
#include "probe/probe_file.h"

using namespace spile;

namespace {

struct Totals {
  std::size_t notes = 0, operands = 0, unreadable = 0, compiled = 0;
};

Result<> dump_notes(const std::string& path, const target::File& file, Totals& totals) {
  FileSource source = file.source();
  elf::Image image = SPILE_TRY(elf::read_image(source));
  std::vector<elf::NoteRange> ranges = SPILE_TRY(elf::find_note_ranges(source, image));
  for (const elf::NoteRange& range : ranges) {
    elf::NoteWalker walker(source, range, image.order);
    while (true) {
      std::optional<elf::RawNote> raw = SPILE_TRY(walker.next());
      if (!raw) break;
      if (raw->owner != note::kStapsdtOwner || raw->type != note::kStapsdtType) continue;
      note::StapsdtNote note =
          SPILE_TRY(note::parse_stapsdt(raw->descriptor, image.is_64_bit, image.order));
      fmt::print("N\t{}\t{}\t{}\t{:x}\t{:x}\t{:x}\t{}\n", path, note.provider, note.name,
                 note.location.value, note.base.value, note.semaphore.value, note.args);
      ++totals.notes;
    }
  }
  return {};
}

void dump_unreadable(const std::string& path, const probe::ProbeFile& file, Totals& totals) {
  for (const probe::Probe& probe : file.probes) {
    for (const probe::Site& site : probe.sites) {
      for (const note::ArgSpec& arg : site.args) {
        ++totals.operands;
        const auto* unreadable = std::get_if<note::Unreadable>(&arg.operand);
        if (unreadable == nullptr) continue;
        ++totals.unreadable;
        fmt::print("U\t{}\t{}\t{}\t{}\n", path, probe.full_name(), arg.text, unreadable->why);
      }
    }
  }
}

// A program that shows every argument of the site, as `spile trace` without a format compiles it.
Result<> compile_site(const probe::ProbeFile& file, const probe::Site& site) {
  lang::Diagnostics mistakes;
  lang::CheckedSpec checked = lang::check(lang::Spec{}, site.args, mistakes);
  if (!mistakes.empty()) return fail(Errc::kBadInput, mistakes.front().message);
  ir::CompileOptions options;
  options.sleepable = true;  // the longer program
  SPILE_TRY(ir::compile(checked, {file.machine, site.location, site.args}, options));
  return {};
}

void compile_sites(const std::string& path, const probe::ProbeFile& file, Totals& totals) {
  if (file.machine != elf::Machine::kX86_64) return;
  for (const probe::Probe& probe : file.probes) {
    for (const probe::Site& site : probe.sites) {
      Result<> done = compile_site(file, site);
      if (done) {
        ++totals.compiled;
      } else {
        fmt::print("C\t{}\t{}\t{}\t{}\n", path, probe.full_name(), site.args_text,
                   done.error().what);
      }
    }
  }
}

Result<> dump(const std::string& path, Totals& totals) {
  std::shared_ptr<const target::File> file = SPILE_TRY(target::File::open(path));
  SPILE_CHECK(dump_notes(path, *file, totals));
  probe::ProbeFile probes = SPILE_TRY(probe::read_probe_file(file));
  dump_unreadable(path, probes, totals);
  compile_sites(path, probes, totals);
  return {};
}

}  // namespace

int main() {
  Totals totals;
  for (std::string path; std::getline(std::cin, path);) {
    Result<> done = dump(path, totals);
    if (!done) fmt::print("E\t{}\t{}\n", path, done.error().what);
  }
  fmt::print("T\t{}\t{}\t{}\t{}\n", totals.notes, totals.operands, totals.unreadable,
             totals.compiled);
}
