// SPDX-License-Identifier: MIT
#include "script.h"

#include <fmt/format.h>

#include <array>
#include <stdexcept>
#include <utility>

#include "lang/parser.h"

namespace spile::test {
namespace {

// struct pt_regs of x86-64, word by word (arch/x86/include/uapi/asm/ptrace.h).
constexpr std::array<std::string_view, 21> kX86Registers = {
    "r15", "r14", "r13", "r12", "rbp",      "rbx", "r11", "r10",    "r9",  "r8", "rax",
    "rcx", "rdx", "rsi", "rdi", "orig_rax", "rip", "cs",  "eflags", "rsp", "ss"};
// struct user_pt_regs of arm64 (arch/arm64/include/uapi/asm/ptrace.h): x0..x30, sp, pc, pstate.
constexpr std::size_t kArmSp = 31, kArmPc = 32, kArmWords = 34;

std::size_t word_of(const World& world, std::string_view name) {
  if (world.context.size() == kX86Registers.size()) {
    for (std::size_t i = 0; i < kX86Registers.size(); ++i) {
      if (kX86Registers[i] == name) return i;
    }
  } else {
    if (name == "sp") return kArmSp;
    if (name == "pc") return kArmPc;
    if (name.starts_with('x')) return std::stoul(std::string(name.substr(1)));
  }
  throw std::invalid_argument(fmt::format("no register {}", name));
}

std::string to_text(const lang::Diagnostics& diagnostics) {
  std::string text;
  for (const lang::Diagnostic& diagnostic : diagnostics) text += diagnostic.message + "\n";
  return text;
}

}  // namespace

ScriptOptions options_for(elf::Machine machine, bool sleepable) {
  ScriptOptions options;
  options.machine = machine;
  options.compile.sleepable = sleepable;
  return options;
}

Script build_script(const std::string& spec, std::vector<note::ArgSpec> args,
                    const ScriptOptions& options) {
  Script script;
  script.args = std::move(args);
  lang::Diagnostics mistakes;
  auto parsed = lang::parse_spec(spec, mistakes);
  if (parsed) script.checked = lang::check(*parsed, script.args, mistakes);
  if (!mistakes.empty()) {
    script.trouble = to_text(mistakes);
    return script;
  }
  ir::SiteInfo site{options.machine, options.attached_at, script.args};
  auto compiled = ir::compile(script.checked, site, options.compile);
  if (!compiled) {
    script.trouble = compiled.error().what;
    return script;
  }
  script.compiled = std::move(*compiled);
  script.trouble = find_flow_mistake(script.compiled.program);
  return script;
}

Script build_script(const std::string& spec, std::string_view args, const ScriptOptions& options) {
  return build_script(spec, note::parse_arg_specs(args, options.machine), options);
}

World make_world(elf::Machine machine) {
  World world;
  bool is_x86 = machine == elf::Machine::kX86_64;
  world.context.resize(is_x86 ? kX86Registers.size() : kArmWords);
  for (std::size_t i = 0; i < world.context.size(); ++i) {
    world.context[i] = 0xa5a5'0000'0000'00f0 + i;
  }
  set_register(world, is_x86 ? "rip" : "pc", kRunBias + 0x401000);
  return world;
}

void set_register(World& world, std::string_view name, std::uint64_t value) {
  world.context.at(word_of(world, name)) = value;
}

Firing fire(const Script& script, World& world) {
  Firing firing;
  firing.outcome = run_program(script.compiled.program, world);
  Outcome& outcome = firing.outcome;
  if (!outcome.trouble.empty()) return firing;
  if (outcome.records.size() > 1) outcome.trouble = "more than one record";
  if (outcome.records.empty()) return firing;
  event::Event event;
  const std::vector<event::Layout> layouts{script.compiled.layout};
  auto decoded = event::decode(outcome.records[0], layouts, event);
  if (!decoded) outcome.trouble = decoded.error().what;
  if (decoded) firing.event = std::move(event);
  return firing;
}

}  // namespace spile::test
