// SPDX-License-Identifier: MIT
// The probes of one file: its notes with addresses turned into file offsets, grouped by
// provider:name in order of first appearance.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/address.h"
#include "base/byte_source.h"
#include "base/result.h"
#include "elf/machine.h"
#include "note/arg_spec.h"
#include "target/file.h"

namespace spile::probe {

// What one file may cost us. Real programs stay far below: the largest known, generated for tests,
// have 20,000 sites. A file beyond a limit is refused as damaged or hostile.
inline constexpr std::size_t kMaxSites = 50'000;
inline constexpr std::size_t kMaxArgs = 150'000;       // of all sites together
inline constexpr std::size_t kMaxText = 6u << 20;      // bytes, of all names and arguments together
inline constexpr std::size_t kMaxArgsText = 16 << 10;  // bytes, of one site

struct Site {
  LinkAddr location;           // after prelink adjustment
  FileOffset offset;           // what the kernel attaches to; only without a problem
  std::string problem;         // why nothing can be attached here; empty: fine
  LinkAddr semaphore_address;  // 0: none
  std::optional<FileOffset> semaphore;
  std::string args_text;            // the note's third string
  std::vector<note::ArgSpec> args;  // symbols resolved where the file has them
};

struct Probe {
  std::string provider;
  std::string name;
  std::vector<Site> sites;
  std::string full_name() const { return provider + ":" + name; }
};

struct ProbeFile {
  std::shared_ptr<const target::File> file;
  elf::Machine machine{};
  std::vector<Probe> probes;
};

// How much of each site is kept. Names alone take half the time and a third of the memory.
enum class Detail : std::uint8_t {
  kNames,      // args_text and args stay empty
  kArguments,  // everything
};

// kBadInput: not an ELF file, damaged, hostile. A file without probes is no error.
Result<ProbeFile> read_probe_file(std::shared_ptr<const target::File> file,
                                  Detail detail = Detail::kArguments);

// The same from any bytes; `file` stays empty, and errors do not name it.
Result<ProbeFile> read_probes(const ByteSource& source, Detail detail = Detail::kArguments);

// Shell-style glob on "provider:name" (* ? [...]); a pattern without ':' matches the name alone.
bool matches(const Probe& probe, const std::string& pattern);

}  // namespace spile::probe
