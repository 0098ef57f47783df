// SPDX-License-Identifier: MIT
// The machine: eleven registers and four stretches of memory that instructions may touch, at
// addresses that no user program has:
//
//   stack     512 bytes below r10        context   struct pt_regs, read-only
//   counters  one value of the stats map record    the ring-buffer record being written
#include "bpf_interpreter.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <span>
#include <stdexcept>

#include "event/record.h"
#include "ir/options.h"

namespace spile::test {
namespace {

using bpf::Helper;
using bpf::Insn;

constexpr std::uint64_t kStackBase = 0xf100'0000'0000'0000, kStackBytes = 512;
constexpr std::uint64_t kContextBase = 0xf200'0000'0000'0000;
constexpr std::uint64_t kCountersBase = 0xf300'0000'0000'0000;
constexpr std::uint64_t kRecordBase = 0xf400'0000'0000'0000;
constexpr std::uint64_t kMapBase = 0xf500'0000'0000'0000;  // + MapRef: never dereferenced
constexpr std::uint64_t kMaxSteps = 1'000'000;

// Ends the run; what it says becomes Outcome::trouble.
struct Trouble : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct Region {
  const char* name;
  std::uint64_t base = 0;
  std::vector<std::byte> bytes;
  std::vector<bool> written;
  bool is_writable = true;

  Region(const char* region_name, std::uint64_t where, std::size_t size)
      : name(region_name), base(where), bytes(size), written(size) {}
  bool contains(std::uint64_t address) const {
    return address >= base && address - base < bytes.size();
  }
};

class Machine {
 public:
  Machine(const bpf::Program& program, World& world) : program_(program), world_(world) {
    std::memcpy(context_.bytes.data(), world.context.data(), context_.bytes.size());
    context_.written.assign(context_.bytes.size(), true);
    context_.is_writable = false;
    counters_.written.assign(counters_.bytes.size(), true);
    set(1, kContextBase);
    set(10, kStackBase + kStackBytes);
  }

  Outcome run();

 private:
  std::uint64_t get(unsigned reg) const;
  void set(unsigned reg, std::uint64_t value);
  std::span<std::byte> span_at(std::uint64_t address, std::size_t size, bool writes);
  std::uint64_t load(std::uint64_t address, std::size_t size);
  void store(std::uint64_t address, std::size_t size, std::uint64_t value);
  void step();
  void step_alu(const Insn& insn);
  void step_jump(const Insn& insn);
  void step_atomic(const Insn& insn);
  void call(Helper helper);
  std::uint64_t call_helper(Helper helper);
  std::uint64_t read_user(bool sleeps);
  std::uint64_t current_comm();
  std::uint64_t namespace_pids();
  std::uint64_t reserve();
  std::uint64_t submit(bool keeps);

  const bpf::Program& program_;
  World& world_;
  std::array<std::uint64_t, 11> registers_{};
  std::array<bool, 11> is_set_{};
  Region stack_{"stack", kStackBase, kStackBytes};
  Region context_{"context", kContextBase, world_.context.size() * 8};
  Region counters_{"counters", kCountersBase, 8 * ir::kCounters};
  std::optional<Region> record_;
  std::size_t at_ = 0;
  bool has_ended_ = false;
  Outcome outcome_;
};

std::uint64_t Machine::get(unsigned reg) const {
  if (!is_set_.at(reg)) throw Trouble(fmt::format("r{} is read and nobody wrote it", reg));
  return registers_[reg];
}

void Machine::set(unsigned reg, std::uint64_t value) {
  if (reg == 10 && is_set_[10]) throw Trouble("the frame pointer is written");
  registers_.at(reg) = value;
  is_set_[reg] = true;
}

std::span<std::byte> Machine::span_at(std::uint64_t address, std::size_t size, bool writes) {
  for (Region* region :
       {&stack_, &context_, &counters_, record_ ? &*record_ : static_cast<Region*>(nullptr)}) {
    if (region == nullptr || !region->contains(address)) continue;
    std::size_t offset = address - region->base;
    if (offset + size > region->bytes.size()) {
      throw Trouble(fmt::format("{}+{}: {} bytes cross the end", region->name, offset, size));
    }
    if (writes && !region->is_writable) throw Trouble(fmt::format("{} is written", region->name));
    for (std::size_t i = offset; i < offset + size; ++i) {
      if (!writes && !region->written[i]) {
        throw Trouble(fmt::format("{}+{} is read and nobody wrote it", region->name, i));
      }
      region->written[i] = true;
    }
    return std::span(region->bytes).subspan(offset, size);
  }
  throw Trouble(fmt::format("{:#x} belongs to nothing that a program may touch", address));
}

std::uint64_t Machine::load(std::uint64_t address, std::size_t size) {
  if (address % size != 0) throw Trouble(fmt::format("unaligned load of {} bytes", size));
  std::uint64_t value = 0;
  std::memcpy(&value, span_at(address, size, false).data(), size);
  return value;
}

void Machine::store(std::uint64_t address, std::size_t size, std::uint64_t value) {
  if (address % size != 0) throw Trouble(fmt::format("unaligned store of {} bytes", size));
  std::memcpy(span_at(address, size, true).data(), &value, size);
}

void Machine::step_alu(const Insn& insn) {
  bool by_register = (insn.code & 0x08) != 0;
  std::uint64_t right =
      by_register ? get(insn.src) : static_cast<std::uint64_t>(std::int64_t{insn.imm});
  auto op = static_cast<bpf::Alu>(insn.code & 0xf0);
  if (op == bpf::Alu::kMov) return set(insn.dst, right);
  std::uint64_t left = get(insn.dst);
  bool is_shift = op == bpf::Alu::kLsh || op == bpf::Alu::kRsh || op == bpf::Alu::kArsh;
  if (is_shift && !by_register && right > 63) throw Trouble("a constant shift beyond 63");
  bool divides = op == bpf::Alu::kDiv || op == bpf::Alu::kMod;
  if (divides && !by_register && right == 0) throw Trouble("a division by the constant 0");
  right = is_shift ? right & 63 : right;
  switch (op) {
    case bpf::Alu::kAdd: return set(insn.dst, left + right);
    case bpf::Alu::kSub: return set(insn.dst, left - right);
    case bpf::Alu::kMul: return set(insn.dst, left * right);
    case bpf::Alu::kDiv: return set(insn.dst, right == 0 ? 0 : left / right);
    case bpf::Alu::kMod: return set(insn.dst, right == 0 ? left : left % right);
    case bpf::Alu::kOr: return set(insn.dst, left | right);
    case bpf::Alu::kAnd: return set(insn.dst, left & right);
    case bpf::Alu::kXor: return set(insn.dst, left ^ right);
    case bpf::Alu::kLsh: return set(insn.dst, left << right);
    case bpf::Alu::kRsh: return set(insn.dst, left >> right);
    case bpf::Alu::kArsh:
      return set(insn.dst, static_cast<std::uint64_t>(static_cast<std::int64_t>(left) >> right));
    case bpf::Alu::kNeg: return set(insn.dst, 0 - left);
    default: throw Trouble("an unknown ALU operation");
  }
}

bool holds(bpf::Cond cond, std::uint64_t left, std::uint64_t right) {
  auto signed_left = static_cast<std::int64_t>(left);
  auto signed_right = static_cast<std::int64_t>(right);
  switch (cond) {
    case bpf::Cond::kAlways: return true;
    case bpf::Cond::kEq: return left == right;
    case bpf::Cond::kNe: return left != right;
    case bpf::Cond::kGt: return left > right;
    case bpf::Cond::kGe: return left >= right;
    case bpf::Cond::kLt: return left < right;
    case bpf::Cond::kLe: return left <= right;
    case bpf::Cond::kSgt: return signed_left > signed_right;
    case bpf::Cond::kSge: return signed_left >= signed_right;
    case bpf::Cond::kSlt: return signed_left < signed_right;
    case bpf::Cond::kSle: return signed_left <= signed_right;
  }
  throw Trouble("an unknown condition");
}

void Machine::step_jump(const Insn& insn) {
  if (insn.code == 0x95) {
    get(0);
    if (record_) throw Trouble("a reserved record is neither submitted nor discarded");
    has_ended_ = true;
    return;
  }
  if (insn.code == 0x85) return call(static_cast<Helper>(insn.imm));
  auto cond = static_cast<bpf::Cond>(insn.code & 0xf0);
  bool taken = cond == bpf::Cond::kAlways;
  if (!taken) {
    std::uint64_t right = (insn.code & 0x08) != 0
                              ? get(insn.src)
                              : static_cast<std::uint64_t>(std::int64_t{insn.imm});
    taken = holds(cond, get(insn.dst), right);
  }
  if (taken) at_ += static_cast<std::size_t>(std::int64_t{insn.off});
}

void Machine::step_atomic(const Insn& insn) {
  if (insn.code != 0xdb || insn.imm != 0) throw Trouble("an unknown atomic operation");
  std::uint64_t address = get(insn.dst) + static_cast<std::uint64_t>(std::int64_t{insn.off});
  store(address, 8, load(address, 8) + get(insn.src));
}

std::size_t to_width(std::uint8_t code) {
  switch (code & 0x18) {
    case 0x00: return 4;
    case 0x08: return 2;
    case 0x10: return 1;
    default: return 8;
  }
}

void Machine::step() {
  if (at_ >= program_.insns.size()) throw Trouble("control leaves the program");
  const Insn& insn = program_.insns[at_++];
  auto offset = static_cast<std::uint64_t>(std::int64_t{insn.off});
  if ((insn.code & 0xe7) == 0xc3) return step_atomic(insn);
  switch (insn.code & 0xe7) {
    case 0x00: {
      std::uint64_t high = static_cast<std::uint32_t>(program_.insns.at(at_++).imm);
      std::uint64_t value = high << 32 | static_cast<std::uint32_t>(insn.imm);
      return set(insn.dst, insn.src == 1 ? kMapBase + value : value);
    }
    case 0x61: return set(insn.dst, load(get(insn.src) + offset, to_width(insn.code)));
    case 0x62:
      return store(get(insn.dst) + offset, to_width(insn.code),
                   static_cast<std::uint64_t>(std::int64_t{insn.imm}));
    case 0x63: return store(get(insn.dst) + offset, to_width(insn.code), get(insn.src));
    default: break;
  }
  if ((insn.code & 0x07) == 0x07) return step_alu(insn);
  if ((insn.code & 0x07) == 0x05) return step_jump(insn);
  throw Trouble(fmt::format("unknown instruction {:#x}", insn.code));
}

void Machine::call(Helper helper) {
  std::uint64_t result = call_helper(helper);
  for (unsigned reg = 1; reg <= 5; ++reg) is_set_[reg] = false;
  set(0, result);
}

std::uint64_t Machine::call_helper(Helper helper) {
  switch (helper) {
    case Helper::kMapLookupElem:
      if (get(1) != kMapBase + static_cast<unsigned>(bpf::MapRef::kStats)) {
        throw Trouble("a look-up in another map than stats");
      }
      load(get(2), 4);
      return kCountersBase;
    case Helper::kKtimeGetNs: return world_.time_ns;
    case Helper::kGetSmpProcessorId: return world_.cpu;
    case Helper::kGetCurrentPidTgid: return world_.pid_tgid;
    case Helper::kGetCurrentUidGid: return world_.uid_gid;
    case Helper::kGetCurrentComm: return current_comm();
    case Helper::kProbeReadUser: return read_user(false);
    case Helper::kCopyFromUser: return read_user(true);
    case Helper::kProbeReadUserStr:
      return static_cast<std::uint64_t>(
          world_.memory.read_text(get(3), span_at(get(1), get(2), true)));
    case Helper::kGetNsCurrentPidTgid: return namespace_pids();
    case Helper::kRingbufReserve: return reserve();
    case Helper::kRingbufSubmit: return submit(true);
    case Helper::kRingbufDiscard: return submit(false);
  }
  throw Trouble("an unknown helper");
}

std::uint64_t Machine::read_user(bool sleeps) {
  std::span<std::byte> into = span_at(get(1), get(2), true);
  bool good =
      sleeps ? world_.memory.fault_in_and_read(get(3), into) : world_.memory.read(get(3), into);
  if (good) return 0;
  std::ranges::fill(into, std::byte{0});
  return static_cast<std::uint64_t>(std::int64_t{-14});
}

std::uint64_t Machine::current_comm() {
  std::span<std::byte> into = span_at(get(1), get(2), true);
  std::ranges::fill(into, std::byte{0});
  std::memcpy(into.data(), world_.comm.data(), std::min(world_.comm.size(), into.size() - 1));
  return 0;
}

// struct bpf_pidns_info { u32 pid, tgid }; -EINVAL for another namespace than the thread's.
std::uint64_t Machine::namespace_pids() {
  std::span<std::byte> into = span_at(get(3), get(4), true);
  if (get(1) != world_.namespace_device || get(2) != world_.namespace_inode) {
    std::ranges::fill(into, std::byte{0});
    return static_cast<std::uint64_t>(std::int64_t{-22});
  }
  std::memcpy(into.data(), &world_.pid_tgid, 8);
  return 0;
}

std::uint64_t Machine::reserve() {
  if (get(1) != kMapBase + static_cast<unsigned>(bpf::MapRef::kEvents) || get(3) != 0) {
    throw Trouble("a reservation in another map than events");
  }
  if (record_) throw Trouble("a second reservation");
  if (world_.ring_is_full) return 0;
  record_.emplace("record", kRecordBase, get(2));
  std::ranges::fill(record_->bytes, std::byte{0xdb});  // the ring buffer is never cleared
  return kRecordBase;
}

std::uint64_t Machine::submit(bool keeps) {
  if (!record_ || get(1) != kRecordBase) throw Trouble("what is submitted was never reserved");
  get(2);
  if (keeps) outcome_.records.push_back(record_->bytes);
  record_.reset();
  return 0;
}

Outcome Machine::run() {
  try {
    while (!has_ended_ && ++outcome_.steps < kMaxSteps) step();
  } catch (const Trouble& trouble) {
    outcome_.trouble = fmt::format("before instruction {}: {}", at_, trouble.what());
  } catch (const std::out_of_range&) {
    outcome_.trouble = "a register that does not exist";
  }
  std::memcpy(outcome_.counters.data(), counters_.bytes.data(), counters_.bytes.size());
  return outcome_;
}

}  // namespace

Outcome run_program(const bpf::Program& program, World& world) {
  return Machine(program, world).run();
}

}  // namespace spile::test
