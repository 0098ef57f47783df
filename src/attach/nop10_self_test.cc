// SPDX-License-Identifier: MIT
#include "attach/nop10_self_test.h"

#if defined(__x86_64__)

#include <elf.h>
#include <fmt/format.h>
#include <sys/auxv.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <optional>

#include "bpf/assembler.h"
#include "kernel/program.h"
#include "kernel/uprobe.h"

// A leaf function that keeps a canary in all 128 bytes below its stack pointer (the red zone,
// System V ABI 3.2.2) while it passes the site, and returns how many of the 16 words were changed.
extern "C" std::uint32_t spile_nop10_leaf(std::uint64_t canary);
extern "C" const char spile_nop10_site[];  // NOLINT(readability-identifier-naming): a label below
__asm__(
    ".pushsection .text.spile_nop10_leaf,\"ax\",@progbits\n"
    ".balign 64\n"
    ".globl spile_nop10_leaf, spile_nop10_site\n"
    ".type spile_nop10_leaf, @function\n"
    "spile_nop10_leaf:\n"
    "  movq $-16, %rcx\n"
    "1: movq %rdi, (%rsp,%rcx,8)\n"
    "  incq %rcx\n"
    "  jnz 1b\n"
    "spile_nop10_site:\n"
    "  nop\n"
    "  .byte 0x66, 0x2e, 0x0f, 0x1f, 0x84, 0, 0, 0, 0, 0\n"
    "  xorl %eax, %eax\n"
    "  movq $-16, %rcx\n"
    "2: cmpq %rdi, (%rsp,%rcx,8)\n"
    "  je 3f\n"
    "  incl %eax\n"
    "3: incq %rcx\n"
    "  jnz 2b\n"
    "  ret\n"
    ".size spile_nop10_leaf, . - spile_nop10_leaf\n"
    ".popsection\n");

namespace spile::attach {
namespace {

constexpr std::uint64_t kCanary = 0x5afe0c0ffee5afe0;
constexpr int kFires = 100;
constexpr int kRounds = 5;  // of the timing; the median counts

// Where the private site is in our own executable: the program headers that the kernel mapped say
// so.
std::optional<FileOffset> find_own_site() {
  // NOLINTNEXTLINE(performance-no-int-to-ptr): getauxval returns pointers as numbers
  const auto* headers = reinterpret_cast<const Elf64_Phdr*>(::getauxval(AT_PHDR));
  std::size_t count = ::getauxval(AT_PHNUM);
  if (headers == nullptr) return std::nullopt;
  std::uint64_t load_bias = 0;
  for (std::size_t i = 0; i < count; ++i) {
    if (headers[i].p_type == PT_PHDR) {
      load_bias = reinterpret_cast<std::uint64_t>(headers) - headers[i].p_vaddr;
    }
  }
  std::uint64_t address = reinterpret_cast<std::uint64_t>(spile_nop10_site) - load_bias;
  for (std::size_t i = 0; i < count; ++i) {
    const Elf64_Phdr& header = headers[i];
    bool holds = header.p_type == PT_LOAD && address >= header.p_vaddr &&
                 address - header.p_vaddr < header.p_filesz;
    if (holds) return FileOffset{address - header.p_vaddr + header.p_offset};
  }
  return std::nullopt;
}

// Counts its firings in row 0 of the stats map.
Result<bpf::Program> make_counting_program() {
  using bpf::Reg;
  bpf::Assembler out;
  bpf::Label leave = out.make_label("leave");
  out.store_imm(bpf::Size::k32, Reg::kR10, -8, 0);
  out.load_map(Reg::kR1, bpf::MapRef::kStats);
  out.mov(Reg::kR2, Reg::kR10);
  out.alu_imm(bpf::Alu::kAdd, Reg::kR2, -8);
  out.call(bpf::Helper::kMapLookupElem);
  out.jump_imm(bpf::Cond::kEq, Reg::kR0, 0, leave);
  out.mov_imm(Reg::kR1, 1);
  out.atomic_add64(Reg::kR0, 0, Reg::kR1);
  out.bind(leave);
  out.mov_imm(Reg::kR0, 0);
  out.exit();
  return out.finish();
}

bool canary_survives() {
  std::uint32_t damaged = 0;
  for (int i = 0; i < kFires; ++i) damaged += spile_nop10_leaf(kCanary);
  return damaged == 0;
}

bool survives_in_child() {
  pid_t child = ::fork();
  if (child == 0) ::_exit(canary_survives() ? 0 : 1);
  int status = 0;
  return child > 0 && ::waitpid(child, &status, 0) == child && WIFEXITED(status) &&
         WEXITSTATUS(status) == 0;
}

double median_ns_per_fire() {
  std::array<double, kRounds> rounds{};
  for (double& round : rounds) {
    auto begin = std::chrono::steady_clock::now();
    for (int i = 0; i < kFires; ++i) spile_nop10_leaf(kCanary);
    std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - begin;
    round = took.count() / kFires;
  }
  std::ranges::nth_element(rounds, rounds.begin() + kRounds / 2);
  return rounds[kRounds / 2];
}

struct Attempt {
  UniqueFd program;
  UniqueFd stats;
  UniqueFd link;
};

Result<Attempt> attach_to_own(FileOffset site) {
  Attempt attempt;
  attempt.stats = SPILE_TRY(kernel::create_counter_map(1, 1));
  bpf::Program program = SPILE_TRY(make_counting_program());
  attempt.program = SPILE_TRY(
      kernel::load_program(program, {.stats = attempt.stats.get()}, {.for_uprobe_multi = true}));
  kernel::MultiSite where{site, std::nullopt};
  attempt.link = SPILE_TRY(kernel::attach_uprobe_multi(attempt.program.get(), "/proc/self/exe",
                                                       {&where, 1}, NsPid{::getpid()}));
  return attempt;
}

std::string try_out(const Attempt& attempt) {
  if (!canary_survives()) return "it overwrites the red zone of leaf functions";
  auto fired = kernel::read_counters(attempt.stats.get(), 0, 1);
  if (!fired || (*fired)[0] != kFires) return "it does not fire";
  if (!survives_in_child()) return "it kills forked children";
  return "";
}

}  // namespace

Nop10Verdict test_nop10(const kernel::Features& features) {
  Nop10Verdict verdict;
  auto own = find_own_site();
  if (!features.may_optimise_nop10 || !own) {
    verdict.why = "kernels before 6.19 refuse it";
    return verdict;
  }
  auto nop10 = attach_to_own(FileOffset{own->value + 1});
  if (!nop10) {
    verdict.why = "this kernel refuses it: " + nop10.error().what;
    return verdict;
  }
  verdict.why = try_out(*nop10);
  double with_nop10 = median_ns_per_fire();
  verdict.keep_alive = std::move(nop10->link);
  if (!verdict.why.empty()) return verdict;

  // The plain nop is timed while the nop10 stays armed, so its own cost is what is added.
  auto nop = attach_to_own(*own);
  double with_both = nop ? median_ns_per_fire() : 0;
  double with_nop = with_both - with_nop10;
  verdict.is_usable = nop.has_value() && with_nop10 < with_nop;
  verdict.why = fmt::format("{:.0f} ns a firing, {:.0f} ns on the plain nop", with_nop10, with_nop);
  return verdict;
}

}  // namespace spile::attach

#else

namespace spile::attach {

Nop10Verdict test_nop10(const kernel::Features&) { return {false, "only x86-64 has it", {}}; }

}  // namespace spile::attach

#endif
