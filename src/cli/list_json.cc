// SPDX-License-Identifier: MIT
#include "cli/list_json.h"

#include <fmt/format.h>

#include "output/json_writer.h"

namespace spile::cli {
namespace {

using output::JsonWriter;

// Addresses are text: a number above 2^53 does not survive every JSON reader.
std::string hex(std::uint64_t value) { return fmt::format("{:#x}", value); }

const char* machine_name(elf::Machine machine) {
  switch (machine) {
    case elf::Machine::kX86_64: return "x86_64";
    case elf::Machine::kAarch64: return "aarch64";
    case elf::Machine::kI386: return "i386";
    case elf::Machine::kArm: return "arm";
    case elf::Machine::kPpc64: return "ppc64";
    case elf::Machine::kS390x: return "s390x";
    case elf::Machine::kRiscv64: return "riscv64";
  }
  return "unknown";
}

const char* error_name(Errc code) {
  switch (code) {
    case Errc::kBadInput: return "bad_input";
    case Errc::kNotFound: return "not_found";
    case Errc::kDenied: return "denied";
    case Errc::kUnsupported: return "unsupported";
    case Errc::kSystem: return "system";
  }
  return "system";
}

void write_register(JsonWriter& json, const char* key, const note::Register& reg) {
  json.key(key).begin_object();
  json.member("number", reg.number).member("bits", reg.bits).member("shift", reg.shift);
  json.end_object();
}

const char* extend_name(note::Extend extend) {
  if (extend == note::Extend::kSxtw) return "sxtw";
  return extend == note::Extend::kUxtw ? "uxtw" : "none";
}

struct OperandWriter {
  JsonWriter& json;

  void operator()(const note::Constant& constant) const {
    json.member("kind", "constant").member("value", std::to_string(constant.value));
  }
  void operator()(const note::Register& reg) const {
    json.member("kind", "register");
    write_register(json, "register", reg);
  }
  void operator()(const note::Memory& memory) const {
    json.member("kind", "memory").member("displacement", std::to_string(memory.displacement));
    if (memory.base) write_register(json, "base", *memory.base);
    if (memory.index) {
      write_register(json, "index", *memory.index);
      json.member("scale", memory.scale).member("extend", extend_name(memory.extend));
    }
    if (!memory.symbol.empty()) json.member("symbol", memory.symbol);
    if (memory.symbol_address) json.member("symbol_address", hex(memory.symbol_address->value));
  }
  void operator()(const note::Unreadable& unreadable) const {
    json.member("kind", "unreadable").member("why", unreadable.why);
  }
};

void write_argument(JsonWriter& json, const note::ArgSpec& arg) {
  json.begin_object().member("text", arg.text).member("size", arg.size);
  json.member("signed", arg.is_signed).member("float", arg.is_float);
  std::visit(OperandWriter{json}, arg.operand);
  json.end_object();
}

void write_site(JsonWriter& json, const probe::Site& site) {
  json.begin_object().member("address", hex(site.location.value));
  if (site.problem.empty()) {
    json.member("offset", hex(site.offset.value));
  } else {
    json.member("problem", site.problem);
  }
  if (site.semaphore_address.value != 0) {
    json.member("semaphore_address", hex(site.semaphore_address.value));
    if (site.semaphore) json.member("semaphore_offset", hex(site.semaphore->value));
  }
  json.key("arguments").begin_array();
  for (const note::ArgSpec& arg : site.args) write_argument(json, arg);
  json.end_array().end_object();
}

void write_probe(JsonWriter& json, const probe::Probe& probe) {
  json.begin_object().member("provider", probe.provider).member("name", probe.name);
  json.key("sites").begin_array();
  for (const probe::Site& site : probe.sites) write_site(json, site);
  json.end_array().end_object();
}

void write_file(JsonWriter& json, const ListedFile& file) {
  json.begin_object().member("path", file.path).member("name", file.content.file->name());
  json.member("machine", machine_name(file.content.machine));
  json.key("pids").begin_array();
  for (std::int32_t pid : file.pids) json.value(pid);
  json.end_array().key("probes").begin_array();
  for (const probe::Probe& probe : file.content.probes) write_probe(json, probe);
  json.end_array().end_object();
}

void write_error(JsonWriter& json, const Error& error) {
  json.begin_object().member("code", error_name(error.code)).member("what", error.what);
  json.member("hint", error.hint).end_object();
}

}  // namespace

std::string to_json(const Listing& listing) {
  std::string out;
  JsonWriter json(out);
  json.begin_object().key("files").begin_array();
  for (const ListedTarget& target : listing.targets) {
    for (const ListedFile& file : target.files) write_file(json, file);
  }
  json.end_array().key("errors").begin_array();
  for (const Error& error : listing.errors) write_error(json, error);
  json.end_array().end_object();
  out += '\n';
  return out;
}

}  // namespace spile::cli
