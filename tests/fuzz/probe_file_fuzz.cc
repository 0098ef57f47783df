// SPDX-License-Identifier: MIT
// The parsers of foreign files under libFuzzer: whatever the bytes are, they are read or refused,
// within bounds, and what is read makes sense.
//
// The first byte chooses: 0..6 the rest is the argument string of a note for that machine; else the
// rest is an ELF file.
#include <cstdint>
#include <span>
#include <string_view>

#include "base/printable.h"
#include "note/arg_spec.h"
#include "probe/probe_file.h"

using namespace spile;

static void check(const note::ArgSpec& spec) {
  if (const auto* memory = std::get_if<note::Memory>(&spec.operand)) {
    SPILE_ASSERT(memory->scale >= 1 && memory->scale <= 16);
    SPILE_ASSERT(memory->base || memory->index || !memory->symbol.empty() ||
                 spec.text.find_first_of("()") == std::string::npos);
  }
  if (const auto* unreadable = std::get_if<note::Unreadable>(&spec.operand)) {
    SPILE_ASSERT(!unreadable->why.empty());
  } else {
    SPILE_ASSERT(spec.size == 1 || spec.size == 2 || spec.size == 4 || spec.size == 8);
  }
  (void)to_printable(spec.text);
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  Bytes rest = std::as_bytes(std::span(data + 1, size - 1));
  if (data[0] <= static_cast<std::uint8_t>(elf::Machine::kRiscv64)) {
    std::string_view text(reinterpret_cast<const char*>(rest.data()), rest.size());
    for (const note::ArgSpec& spec :
         note::parse_arg_specs(text, static_cast<elf::Machine>(data[0]))) {
      check(spec);
    }
    return 0;
  }
  Result<probe::ProbeFile> file = probe::read_probes(MemorySource(rest));
  if (!file) {
    SPILE_ASSERT(!file.error().what.empty());
    return 0;
  }
  for (const probe::Probe& probe : file->probes) {
    SPILE_ASSERT(!probe.sites.empty());
    for (const probe::Site& site : probe.sites) {
      for (const note::ArgSpec& spec : site.args) check(spec);
    }
  }
  return 0;
}
