// SPDX-License-Identifier: MIT
#include "bpf/disassembler.h"

#include <fmt/format.h>

#include <utility>

namespace spile::bpf {

static std::string to_name(Helper helper) {
  switch (helper) {
    case Helper::kMapLookupElem: return "map_lookup_elem";
    case Helper::kKtimeGetNs: return "ktime_get_ns";
    case Helper::kGetSmpProcessorId: return "get_smp_processor_id";
    case Helper::kGetCurrentPidTgid: return "get_current_pid_tgid";
    case Helper::kGetCurrentUidGid: return "get_current_uid_gid";
    case Helper::kGetCurrentComm: return "get_current_comm";
    case Helper::kProbeReadUser: return "probe_read_user";
    case Helper::kProbeReadUserStr: return "probe_read_user_str";
    case Helper::kGetNsCurrentPidTgid: return "get_ns_current_pid_tgid";
    case Helper::kRingbufReserve: return "ringbuf_reserve";
    case Helper::kRingbufSubmit: return "ringbuf_submit";
    case Helper::kRingbufDiscard: return "ringbuf_discard";
    case Helper::kCopyFromUser: return "copy_from_user";
  }
  return fmt::format("helper_{}", std::to_underlying(helper));
}

static std::string to_name(MapRef map) {
  switch (map) {
    case MapRef::kEvents: return "events";
    case MapRef::kStats: return "stats";
    case MapRef::kNone: break;
  }
  return "?";
}

static const char* to_symbol(Alu op) {
  switch (op) {
    case Alu::kAdd: return "+=";
    case Alu::kSub: return "-=";
    case Alu::kMul: return "*=";
    case Alu::kDiv: return "/=";
    case Alu::kOr: return "|=";
    case Alu::kAnd: return "&=";
    case Alu::kLsh: return "<<=";
    case Alu::kRsh: return ">>=";
    case Alu::kNeg: return "neg";
    case Alu::kMod: return "%=";
    case Alu::kXor: return "^=";
    case Alu::kMov: return "=";
    case Alu::kArsh: return "s>>=";
  }
  return "?";
}

static const char* to_symbol(Cond cond) {
  switch (cond) {
    case Cond::kAlways: return "";
    case Cond::kEq: return "==";
    case Cond::kGt: return ">";
    case Cond::kGe: return ">=";
    case Cond::kNe: return "!=";
    case Cond::kSgt: return "s>";
    case Cond::kSge: return "s>=";
    case Cond::kLt: return "<";
    case Cond::kLe: return "<=";
    case Cond::kSlt: return "s<";
    case Cond::kSle: return "s<=";
  }
  return "?";
}

static std::string memory_text(const Insn& insn, unsigned base) {
  int bits = 8 * to_bytes(static_cast<Size>(insn.code & 0x18));
  return fmt::format("u{} [r{}{:+}]", bits, base, insn.off);
}

static std::string alu_text(const Insn& insn) {
  auto op = static_cast<Alu>(insn.code & 0xf0);
  if (op == Alu::kNeg) return fmt::format("r{0} = -r{0}", unsigned{insn.dst});
  if (insn.code & 0x08) {
    return fmt::format("r{} {} r{}", unsigned{insn.dst}, to_symbol(op), unsigned{insn.src});
  }
  return fmt::format("r{} {} {}", unsigned{insn.dst}, to_symbol(op), insn.imm);
}

static std::string label_at(const Program& program, std::size_t index) {
  auto found = program.labels.find(index);
  return found == program.labels.end() ? fmt::format("#{}", index) : found->second;
}

static std::string jump_text(const Program& program, std::size_t index) {
  const Insn& insn = program.insns[index];
  if (insn.code == 0x85) return "call " + to_name(static_cast<Helper>(insn.imm));
  if (insn.code == 0x95) return "exit";
  std::string target = label_at(program, index + 1 + static_cast<std::size_t>(insn.off));
  auto cond = static_cast<Cond>(insn.code & 0xf0);
  if (cond == Cond::kAlways) return "goto " + target;
  std::string right =
      insn.code & 0x08 ? fmt::format("r{}", unsigned{insn.src}) : fmt::format("{}", insn.imm);
  return fmt::format("if r{} {} {} goto {}", unsigned{insn.dst}, to_symbol(cond), right, target);
}

static std::string wide_text(const Program& program, std::size_t index) {
  const Insn& low = program.insns[index];
  const Insn& high = program.insns[index + 1];
  if (low.src == 1) {
    return fmt::format("r{} = map {}", unsigned{low.dst}, to_name(static_cast<MapRef>(low.imm)));
  }
  std::uint64_t value = static_cast<std::uint32_t>(low.imm) |
                        static_cast<std::uint64_t>(static_cast<std::uint32_t>(high.imm)) << 32;
  return fmt::format("r{} = {:#x}", unsigned{low.dst}, value);
}

static std::string insn_text(const Program& program, std::size_t index) {
  const Insn& insn = program.insns[index];
  switch (insn.code & 0x07) {
    case 0x00: return wide_text(program, index);
    case 0x01: return fmt::format("r{} = {}", unsigned{insn.dst}, memory_text(insn, insn.src));
    case 0x02: return fmt::format("{} = {}", memory_text(insn, insn.dst), insn.imm);
    case 0x03:
      return fmt::format("{}{} {}= r{}", (insn.code & 0xe0) == 0xc0 ? "lock " : "",
                         memory_text(insn, insn.dst), (insn.code & 0xe0) == 0xc0 ? "+" : "",
                         unsigned{insn.src});
    case 0x05: return jump_text(program, index);
    default: return alu_text(insn);
  }
}

std::string disassemble(const Program& program) {
  std::string out;
  for (std::size_t index = 0; index <= program.insns.size(); ++index) {
    if (auto label = program.labels.find(index); label != program.labels.end()) {
      out += label->second + ":\n";
    }
    auto [first, last] = program.comments.equal_range(index);
    for (; first != last; ++first) out += "  ; " + first->second + "\n";
    if (index == program.insns.size()) break;
    out += "  " + insn_text(program, index) + "\n";
    bool is_wide = (program.insns[index].code & 0x07) == 0x00;
    if (is_wide) ++index;
  }
  return out;
}

}  // namespace spile::bpf
