// SPDX-License-Identifier: MIT
// The probes of one file: its notes with addresses turned into file offsets, grouped by
// provider:name in order of first appearance.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/address.h"
#include "base/result.h"
#include "elf/machine.h"
#include "note/arg_spec.h"
#include "target/file.h"

namespace spile::probe {

struct Site {
  LinkAddr location;                      // after prelink adjustment
  FileOffset offset;                      // what the kernel attaches to
  LinkAddr semaphore_address;             // 0: none
  std::optional<FileOffset> semaphore;
  std::string args_text;                  // the note's third string
  std::vector<note::ArgSpec> args;        // symbols resolved where the file has them
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

// kBadInput: not an ELF file, damaged, hostile. A file without probes is no error.
Result<ProbeFile> read_probe_file(std::shared_ptr<const target::File> file);

// Shell-style glob on "provider:name" (* ? [...]); a pattern without ':' matches the name alone.
bool matches(const Probe& probe, const std::string& pattern);

}  // namespace spile::probe
