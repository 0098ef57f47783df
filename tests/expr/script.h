// SPDX-License-Identifier: MIT
// A trace spec and a probe's arguments, from text to events, without a kernel:
//
//   Script script = build_script("u::p \"%d\", arg1 + 1", "-4@%edi");
//   World world = make_world(elf::Machine::kX86_64);
//   set_register(world, "rdi", 41);
//   Firing firing = fire(script, world);      firing.event->values[0].bits == 42
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bpf_interpreter.h"
#include "elf/machine.h"
#include "event/record.h"
#include "ir/compile.h"
#include "lang/check.h"
#include "note/arg_spec.h"

namespace spile::test {

struct Script {
  std::string trouble;  // empty: everything below is there
  std::vector<note::ArgSpec> args;
  lang::CheckedSpec checked;
  ir::Compiled compiled;
};

struct ScriptOptions {
  elf::Machine machine = elf::Machine::kX86_64;
  LinkAddr attached_at{0x401000};
  ir::CompileOptions compile;
};

ScriptOptions options_for(elf::Machine machine, bool sleepable = false);

// Parses, checks and compiles, and has the flow of the program checked. `trouble` says what failed.
Script build_script(const std::string& spec, std::string_view args,
                    const ScriptOptions& options = {});
Script build_script(const std::string& spec, std::vector<note::ArgSpec> args,
                    const ScriptOptions& options = {});

// A thread with every register set to some number of its own, at the address 0x7f0000401000.
World make_world(elf::Machine machine);
constexpr std::uint64_t kRunBias = 0x7f0000000000;  // RunAddr - LinkAddr of make_world

// By the name of the whole 64-bit register: "rdi", "x3", "sp".
void set_register(World& world, std::string_view name, std::uint64_t value);

struct Firing {
  Outcome outcome;
  std::optional<event::Event> event;  // points into outcome.records
};

// Runs the program and decodes the record, if it sent one. Every firing must be accounted for:
// otherwise outcome.trouble says so.
Firing fire(const Script& script, World& world);

}  // namespace spile::test
