// SPDX-License-Identifier: MIT
// Example: /usr/bin/app has a note {location 0x1139, base 0x2004, semaphore 0x4030, "app",
// "request", "-4@%edi"}, and its .stapsdt.base is at 0x2004: nothing moved since it was linked. The
// first PT_LOAD with that address maps file offset 0x1000 to address 0x1000, so the site is at file
// offset 0x1139; the data segment maps 0x3030 to 0x4030, so the semaphore is at 0x3030.
#include "probe/probe_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <unordered_map>

#include "base/glob.h"
#include "elf/image.h"
#include "elf/notes.h"
#include "elf/symbols.h"
#include "note/stapsdt.h"

namespace spile::probe {
namespace {

// Holds what one file's notes say while they are read.
class Reader {
 public:
  Reader(const ByteSource& source, elf::Image image, Detail detail)
      : source_(source), image_(std::move(image)), detail_(detail) {}

  Result<std::vector<Probe>> read();

 private:
  Result<> add_range(const elf::NoteRange& range);
  Result<> add_note(const elf::RawNote& raw);
  Result<> check_limits(const note::StapsdtNote& note);
  Result<> add_args(std::string_view text, Site& site);
  Result<std::uint64_t> read_delta(LinkAddr base);
  void place(const note::StapsdtNote& note, std::uint64_t delta, Site& site) const;
  Probe& probe_of(const note::StapsdtNote& note);
  Result<> resolve_symbols();

  const ByteSource& source_;
  elf::Image image_;
  Detail detail_;
  std::vector<Probe> probes_;
  std::unordered_map<std::string, std::size_t> index_;  // "provider\0name" -> probes_
  std::optional<LinkAddr> base_section_;
  bool base_was_read_ = false;
  std::size_t site_count_ = 0;
  std::size_t arg_count_ = 0;
  std::size_t text_size_ = 0;
};

// How far prelink moved the file after its notes were written: where .stapsdt.base is now, minus
// where the note believes it to be. Modulo 2^64, as it may have moved down.
Result<std::uint64_t> Reader::read_delta(LinkAddr base) {
  if (base.value == 0) return 0;
  if (!base_was_read_) {
    const elf::Section* section = SPILE_TRY(elf::find_section(source_, image_, ".stapsdt.base"));
    if (section != nullptr) base_section_ = section->address;
    base_was_read_ = true;
  }
  return base_section_ ? base_section_->value - base.value : 0;
}

void Reader::place(const note::StapsdtNote& note, std::uint64_t delta, Site& site) const {
  site.location = LinkAddr{note.location.value + delta};
  if (note.semaphore.value != 0) site.semaphore_address = LinkAddr{note.semaphore.value + delta};
  if (image_.type == elf::FileType::kRelocatable) {
    site.problem = "it is in an object file, which is not linked yet";
    return;
  }
  const elf::Segment* segment = image_.find_segment(site.location);
  std::optional<FileOffset> offset = image_.to_file_offset(site.location);
  if (segment == nullptr || !offset) {
    site.problem = "its address is in no loaded part of the file";
  } else if (!segment->executable) {
    site.problem = "its address is not in executable memory";
  } else {
    site.offset = *offset;
  }
  if (site.semaphore_address.value != 0) {
    site.semaphore = image_.to_mapped_offset(site.semaphore_address);
  }
}

Probe& Reader::probe_of(const note::StapsdtNote& note) {
  std::string key;
  key.reserve(note.provider.size() + 1 + note.name.size());
  key.append(note.provider).append(1, '\0').append(note.name);
  auto [place, is_new] = index_.try_emplace(std::move(key), probes_.size());
  if (is_new) probes_.push_back({std::string(note.provider), std::string(note.name), {}});
  return probes_[place->second];
}

Result<> Reader::check_limits(const note::StapsdtNote& note) {
  text_size_ += note.provider.size() + note.name.size() + note.args.size();
  if (++site_count_ > kMaxSites) {
    return fail(Errc::kBadInput, fmt::format("the file has more than {} probe sites", kMaxSites));
  }
  if (text_size_ > kMaxText) {
    return fail(Errc::kBadInput,
                fmt::format("names and arguments take more than {} MiB", kMaxText >> 20));
  }
  if (note.args.size() > kMaxArgsText) {
    return fail(Errc::kBadInput, "the arguments of one probe take more than 16 KiB");
  }
  return {};
}

Result<> Reader::add_args(std::string_view text, Site& site) {
  if (detail_ == Detail::kNames) return {};
  site.args_text = std::string(text);
  site.args = note::parse_arg_specs(text, image_.machine);
  arg_count_ += site.args.size();
  if (arg_count_ <= kMaxArgs) return {};
  return fail(Errc::kBadInput, fmt::format("the file has more than {} arguments", kMaxArgs));
}

Result<> Reader::add_note(const elf::RawNote& raw) {
  note::StapsdtNote note =
      SPILE_TRY(note::parse_stapsdt(raw.descriptor, image_.is_64_bit, image_.order));
  SPILE_CHECK(check_limits(note));
  std::uint64_t delta = SPILE_TRY(read_delta(note.base));
  Site site;
  place(note, delta, site);
  SPILE_CHECK(add_args(note.args, site));
  probe_of(note).sites.push_back(std::move(site));
  return {};
}

Result<> Reader::add_range(const elf::NoteRange& range) {
  elf::NoteWalker walker(source_, range, image_.order);
  while (true) {
    Result<std::optional<elf::RawNote>> raw = walker.next();
    if (!raw) {
      // Damage among the notes of others, such as .note.gnu.property, is none of our business.
      if (!walker.sees(note::kStapsdtOwner)) return {};
      return std::unexpected(std::move(raw).error());
    }
    if (!*raw) return {};
    if ((*raw)->owner != note::kStapsdtOwner || (*raw)->type != note::kStapsdtType) continue;
    Result<> added = add_note(**raw);
    if (added) continue;
    Error error = std::move(added).error();
    error.what = fmt::format("its probe note number {} is damaged: {}", site_count_, error.what);
    return std::unexpected(std::move(error));
  }
}

// ---- symbols ----

note::Memory* find_symbolic(note::ArgSpec& arg) {
  auto* memory = std::get_if<note::Memory>(&arg.operand);
  return memory != nullptr && !memory->symbol.empty() ? memory : nullptr;
}

template <class Visit>
void each_symbolic(std::vector<Probe>& probes, Visit visit) {
  for (Probe& probe : probes) {
    for (Site& site : probe.sites) {
      for (note::ArgSpec& arg : site.args) {
        if (find_symbolic(arg) != nullptr) visit(arg);
      }
    }
  }
}

// C++ names can be very long; what they start with says enough.
std::string shorten(const std::string& name) {
  return name.size() <= 64 ? name : name.substr(0, 64) + "...";
}

std::string explain_missing(const elf::Image& image, const std::string& name) {
  std::string symbol = shorten(name);
  if (symbol.starts_with(".L")) return symbol + " is a label that only the compiler knew";
  if (elf::has_symbol_table(image)) return "the file defines no variable " + symbol;
  return "the file was stripped of its symbol table, which would say where " + symbol + " is";
}

// The symbol's place in the operand, once it is known; what is then left is read without names.
void apply_symbol(const elf::Image& image, const elf::Symbol& symbol, note::ArgSpec& arg) {
  note::Memory& memory = *find_symbolic(arg);
  bool at_rip = memory.base && image.machine == elf::Machine::kX86_64 && memory.base->number == 16;
  bool alone = !memory.base && !memory.index;
  if (symbol.ambiguous) {
    arg.operand = note::Unreadable{shorten(arg.text) + ": several variables have this name"};
  } else if (symbol.thread_local_) {
    arg.operand = note::Unreadable{shorten(arg.text) + ": the variable is thread-local"};
  } else if (at_rip || alone) {
    memory.symbol_address = symbol.address;
  } else if (image.machine == elf::Machine::kAarch64) {
    // [x0, #:lo12:glob]: the load address is a multiple of the page, so these bits never change.
    std::uint64_t address = symbol.address.value + static_cast<std::uint64_t>(memory.displacement);
    memory.displacement = static_cast<std::int64_t>(address & 0xfff);
    memory.symbol.clear();
  } else if (image.type == elf::FileType::kExecutable) {
    memory.displacement += static_cast<std::int64_t>(symbol.address.value);
    memory.symbol.clear();
  } else {
    arg.operand = note::Unreadable{shorten(arg.text) + ": a symbol combined with registers"};
  }
}

Result<> Reader::resolve_symbols() {
  constexpr std::size_t kMaxSymbols = 10'000;
  std::set<std::string> names;
  each_symbolic(probes_, [&](note::ArgSpec& arg) {
    if (names.size() < kMaxSymbols) names.insert(find_symbolic(arg)->symbol);
  });
  if (names.empty()) return {};
  elf::SymbolMap symbols = SPILE_TRY(
      elf::find_symbols(source_, image_, std::vector<std::string>(names.begin(), names.end())));
  each_symbolic(probes_, [&](note::ArgSpec& arg) {
    const std::string& name = find_symbolic(arg)->symbol;
    auto symbol = symbols.find(name);
    if (symbol != symbols.end()) {
      apply_symbol(image_, symbol->second, arg);
    } else {
      arg.operand = note::Unreadable{shorten(arg.text) + ": " + explain_missing(image_, name)};
    }
  });
  return {};
}

Result<std::vector<Probe>> Reader::read() {
  std::vector<elf::NoteRange> ranges = SPILE_TRY(elf::find_note_ranges(source_, image_));
  for (const elf::NoteRange& range : ranges) SPILE_CHECK(add_range(range));
  SPILE_CHECK(resolve_symbols());
  return std::move(probes_);
}

}  // namespace

Result<ProbeFile> read_probes(const ByteSource& source, Detail detail) {
  elf::Image image = SPILE_TRY(elf::read_image(source));
  ProbeFile out;
  out.machine = image.machine;
  out.probes = SPILE_TRY(Reader(source, std::move(image), detail).read());
  return out;
}

Result<ProbeFile> read_probe_file(std::shared_ptr<const target::File> file, Detail detail) {
  Result<ProbeFile> out = read_probes(file->source(), detail);
  if (!out) {
    Error error = std::move(out).error();
    error.what = "read " + file->name() + ": " + error.what;
    return std::unexpected(std::move(error));
  }
  out->file = std::move(file);
  return out;
}

bool matches(const Probe& probe, const std::string& pattern) {
  if (pattern.find(':') == pattern.npos) return matches_glob(pattern, probe.name);
  return matches_glob(pattern, probe.full_name());
}

}  // namespace spile::probe
