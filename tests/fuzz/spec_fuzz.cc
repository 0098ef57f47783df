// SPDX-License-Identifier: MIT
// A trace spec of any bytes, from text to lines of output: parsed, checked against the arguments of
// several probes, compiled, executed, decoded and shown. Whatever passes the checker must become a
// program that the verifier would take and that runs to its end.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "lang/parser.h"
#include "output/event_text.h"
#include "script.h"

namespace {

using namespace spile;

struct Signature {
  elf::Machine machine;
  const char* args;
  bool sleepable;
};

constexpr Signature kSignatures[] = {
    {elf::Machine::kX86_64, "-4@%edi 8@%rsi -1@%al 2@(%rdx)", false},
    {elf::Machine::kX86_64, "8@(%rdi) 8f@-8(%rbp) 8@%xmm0 -8@$-7", true},
    {elf::Machine::kAarch64, "8@x0 4@[sp, 8] -2@[x1, w2, sxtw 1]", false},
};

[[noreturn]] void give_up(const std::string& what) {
  std::fprintf(stderr, "%s\n", what.c_str());
  std::abort();
}

void show(const test::Firing& firing, const lang::CheckedSpec& checked) {
  if (!firing.event) return;
  output::EventText text(output::TimeColumn::kNone, 0, 0);
  output::Presentation shown{"probe", {}};
  for (const lang::FormatPiece& piece : *checked.spec.format) {
    shown.pieces.push_back({piece.text, piece.flags, piece.conversion});
  }
  text.append(*firing.event, shown);
}

void try_signature(const lang::Spec& spec, const Signature& signature) {
  test::Script script;
  script.args = note::parse_arg_specs(signature.args, signature.machine);
  lang::Diagnostics mistakes;
  script.checked = lang::check(spec, script.args, mistakes);
  for (const lang::Diagnostic& mistake : mistakes) lang::render(mistake, spec.source);
  if (!mistakes.empty()) return;
  test::ScriptOptions options = test::options_for(signature.machine, signature.sleepable);
  auto compiled = ir::compile(script.checked, {options.machine, options.attached_at, script.args},
                              options.compile);
  if (!compiled) return;  // too large for a jump or a record
  script.compiled = std::move(*compiled);
  std::string mistake = test::find_flow_mistake(script.compiled.program);
  if (!mistake.empty()) give_up(mistake);
  test::World world = test::make_world(signature.machine);
  for (const char* reg : {"rsi", "rdi", "x0"}) {
    bool is_arm = signature.machine == elf::Machine::kAarch64;
    if (is_arm == (reg[0] == 'x')) test::set_register(world, reg, 0x7000);
  }
  world.memory.put_number(0x7000, std::uint64_t{0x7008});
  world.memory.put(0x7008, "some text");
  test::Firing firing = test::fire(script, world);
  if (!firing.outcome.trouble.empty()) give_up(firing.outcome.trouble);
  show(firing, script.checked);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string source(reinterpret_cast<const char*>(data), size);
  lang::Diagnostics mistakes;
  auto spec = lang::parse_spec(source, mistakes);
  for (const lang::Diagnostic& mistake : mistakes) lang::render(mistake, source);
  if (spec.has_value() != mistakes.empty()) give_up("a spec with mistakes, or none without one");
  if (!spec) return 0;
  for (const Signature& signature : kSignatures) try_signature(*spec, signature);
  return 0;
}
