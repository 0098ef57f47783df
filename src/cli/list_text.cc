// SPDX-License-Identifier: MIT
#include "cli/list_text.h"

#include <fmt/format.h>

#include <unordered_map>

#include "base/printable.h"

namespace spile::cli {
namespace {

// A probe with all its sites in one target: a program and a library may both have it.
struct MergedProbe {
  const probe::Probe* first = nullptr;
  std::vector<std::pair<const ListedFile*, const probe::Site*>> sites;
};

void add_sites(MergedProbe& merged, const ListedFile& file, const probe::Probe& probe) {
  merged.sites.reserve(merged.sites.size() + probe.sites.size());
  for (const probe::Site& site : probe.sites) merged.sites.emplace_back(&file, &site);
}

// Within one file the probes are grouped already; the index is only needed across files.
std::vector<MergedProbe> merge(const ListedTarget& target) {
  std::vector<MergedProbe> merged;
  std::unordered_map<std::string, std::size_t> index;
  bool several = target.files.size() > 1;
  for (const ListedFile& file : target.files) {
    for (const probe::Probe& probe : file.content.probes) {
      std::size_t place = merged.size();
      if (several) place = index.try_emplace(probe.full_name(), place).first->second;
      if (place == merged.size()) merged.push_back({&probe, {}});
      add_sites(merged[place], file, probe);
    }
  }
  return merged;
}

// tplist's names: without % and without the letter for 32 or 64 bits, "di" for %rdi and %edi alike.
std::string x86_name(const note::Register& reg) {
  static constexpr const char* kNames[] = {"ax", "cx", "dx", "bx", "sp", "bp", "si", "di"};
  if (reg.number == 16) return "ip";
  if (reg.number < 8) return kNames[reg.number];
  return fmt::format("r{}", reg.number);
}

std::string register_name(const note::Register& reg, elf::Machine machine) {
  switch (machine) {
    case elf::Machine::kX86_64:
    case elf::Machine::kI386: return x86_name(reg);
    case elf::Machine::kAarch64: return reg.number == 31 ? "sp" : fmt::format("x{}", reg.number);
    case elf::Machine::kPpc64: return fmt::format("gpr[{}]", reg.number);
    case elf::Machine::kRiscv64: return fmt::format("x{}", reg.number);
    case elf::Machine::kS390x: return fmt::format("gprs[{}]", reg.number);
    case elf::Machine::kArm: return fmt::format("r{}", reg.number);
  }
  return {};
}

// An index that was written with its scale, as in (%rax,%rbx,1), is shown with it.
bool shows_scale(const note::Memory& memory, const std::string& text) {
  std::size_t comma = text.find(',');
  bool written = comma != text.npos && text.find(',', comma + 1) != text.npos;
  return memory.scale != 1 || written;
}

std::string index_text(const note::Memory& memory, const std::string& text, elf::Machine machine) {
  if (!memory.index) return {};
  std::string out = register_name(*memory.index, machine);
  if (memory.extend == note::Extend::kSxtw) out = fmt::format("sxtw({})", out);
  if (memory.extend == note::Extend::kUxtw) out = fmt::format("uxtw({})", out);
  if (shows_scale(memory, text)) out += fmt::format(" * {}", memory.scale);
  return fmt::format(" + {}", out);
}

std::string memory_text(const note::Memory& memory, const std::string& text, elf::Machine machine) {
  bool negative = memory.displacement < 0;
  auto magnitude = static_cast<std::uint64_t>(memory.displacement);
  if (negative) magnitude = 0 - magnitude;
  char sign = negative ? '-' : '+';
  std::string index = index_text(memory, text, machine);
  std::string base = "0";
  if (memory.base) base = register_name(*memory.base, machine);
  if (!memory.symbol.empty()) base = fmt::format("&{}", to_printable(memory.symbol));
  return fmt::format("*({} {} {}{})", base, sign, magnitude, index);
}

// A constant as the note spells it: "4@$-1" stays -1, although the argument's value is 4294967295.
std::string constant_text(const note::Constant& constant, const std::string& text) {
  std::string digits = text.substr(text.find_last_of("@$#") + 1);
  bool plain = !digits.empty() && digits.find_first_not_of("0123456789-") == digits.npos;
  return plain ? digits : std::to_string(constant.value);
}

struct OperandText {
  const note::ArgSpec& arg;
  elf::Machine machine;

  std::string operator()(const note::Constant& constant) const {
    return constant_text(constant, arg.text);
  }
  std::string operator()(const note::Register& reg) const { return register_name(reg, machine); }
  std::string operator()(const note::Memory& memory) const {
    return memory_text(memory, arg.text, machine);
  }
  std::string operator()(const note::Unreadable& unreadable) const {
    return "unreadable: " + to_printable(unreadable.why);
  }
};

std::string argument_text(const note::ArgSpec& arg, elf::Machine machine) {
  const char* kind = arg.is_signed ? "signed  " : "unsigned";
  if (arg.is_float) kind = "floating";
  return fmt::format("{} {} bytes @ {}", arg.size, kind,
                     std::visit(OperandText{arg, machine}, arg.operand));
}

void append_site(std::string& out, std::size_t number, const ListedFile& file,
                 const probe::Site& site) {
  out += fmt::format("  location #{} {} {:#x}\n", number, to_printable(file.path),
                     site.location.value);
  for (std::size_t i = 0; i < site.args.size(); ++i) {
    out += fmt::format("    argument #{} {}\n", i + 1,
                       argument_text(site.args[i], file.content.machine));
  }
}

void append_details(std::string& out, const ListedTarget& target, int verbosity) {
  for (const MergedProbe& probe : merge(target)) {
    const probe::Site& first = *probe.sites.front().second;
    out += fmt::format("{}:{} [sema {:#x}]\n", to_printable(probe.first->provider),
                       to_printable(probe.first->name), first.semaphore_address.value);
    if (verbosity < 2) {
      out += fmt::format("  {} location(s)\n  {} argument(s)\n", probe.sites.size(),
                         first.args.size());
      continue;
    }
    std::size_t number = 0;
    for (auto [file, site] : probe.sites) append_site(out, ++number, *file, *site);
  }
}

void append_names(std::string& out, const ListedTarget& target) {
  for (const ListedFile& file : target.files) {
    std::string path = to_printable(file.path);
    for (const probe::Probe& probe : file.content.probes) {
      out.append(path).append(1, ' ').append(to_printable(probe.provider));
      out.append(1, ':').append(to_printable(probe.name)).append(1, '\n');
    }
  }
}

}  // namespace

std::string to_text(const Listing& listing, int verbosity) {
  std::string out;
  for (const ListedTarget& target : listing.targets) {
    if (verbosity == 0) {
      append_names(out, target);
    } else {
      append_details(out, target, verbosity);
    }
  }
  return out;
}

}  // namespace spile::cli
