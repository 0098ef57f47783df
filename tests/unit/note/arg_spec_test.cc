// SPDX-License-Identifier: MIT
#include "note/arg_spec.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>

using namespace spile;
using namespace spile::note;
using elf::Machine;

namespace {

std::string show(const Register& reg) {
  std::string shift = reg.shift == 0 ? "" : fmt::format(">>{}", reg.shift);
  return fmt::format("r{}/{}{}", reg.number, reg.bits, shift);
}

std::string show_index(const Memory& memory) {
  const char* extend = "";
  if (memory.extend == Extend::kSxtw) extend = "sxtw ";
  if (memory.extend == Extend::kUxtw) extend = "uxtw ";
  return fmt::format("+ {}{}*{} ", extend, show(*memory.index), memory.scale);
}

struct Shower {
  std::string operator()(const Constant& constant) const {
    return fmt::format("const {}", constant.value);
  }
  std::string operator()(const Register& reg) const { return show(reg); }
  std::string operator()(const Memory& memory) const {
    std::string out = "[";
    if (memory.base) out += fmt::format("{} ", show(*memory.base));
    if (memory.index) out += show_index(memory);
    if (!memory.symbol.empty()) out += fmt::format("+ {} ", memory.symbol);
    return out + fmt::format("{}]", memory.displacement);
  }
  std::string operator()(const Unreadable&) const { return "unreadable"; }
};

// "-4 r7/32": size with a minus when signed, f when a float, then the operand.
std::string show(const ArgSpec& spec) {
  return fmt::format("{}{}{} {}", spec.is_signed ? "-" : "", spec.size, spec.is_float ? "f" : "",
                     std::visit(Shower{}, spec.operand));
}

struct Case {
  const char* input;
  const char* want;
};

void check(Machine machine, std::initializer_list<Case> cases) {
  for (const Case& each : cases) {
    std::vector<ArgSpec> specs = parse_arg_specs(each.input, machine);
    ASSERT_EQ(specs.size(), 1u) << each.input;
    EXPECT_EQ(show(specs[0]), each.want) << each.input;
    EXPECT_EQ(specs[0].text, each.input);
    if (const auto* unreadable = std::get_if<Unreadable>(&specs[0].operand)) {
      EXPECT_GT(unreadable->why.size(), 10u) << each.input;
    }
  }
}

}  // namespace

TEST(ArgSpecX86, Registers) {
  check(Machine::kX86_64,
        {
            {"8@%rax", "8 r0/64"},  {"8@%rcx", "8 r1/64"},   {"8@%rdx", "8 r2/64"},
            {"8@%rbx", "8 r3/64"},  {"8@%rsp", "8 r4/64"},   {"8@%rbp", "8 r5/64"},
            {"8@%rsi", "8 r6/64"},  {"8@%rdi", "8 r7/64"},   {"8@%r8", "8 r8/64"},
            {"8@%r15", "8 r15/64"}, {"-4@%edi", "-4 r7/32"}, {"4@%r9d", "4 r9/32"},
            {"-2@%ax", "-2 r0/16"}, {"2@%r12w", "2 r12/16"}, {"1@%bpl", "1 r5/8"},
            {"1@%spl", "1 r4/8"},   {"1@%r8b", "1 r8/8"},    {"-1@%al", "-1 r0/8"},
            {"1@%ah", "1 r0/8>>8"}, {"1@%ch", "1 r1/8>>8"},  {"1@%dh", "1 r2/8>>8"},
            {"1@%bh", "1 r3/8>>8"}, {"8f@%rdi", "8f r7/64"}, {"4f@%r9d", "4f r9/32"},
            {"%rdi", "8 r7/64"},
        });
}

TEST(ArgSpecX86, Constants) {
  check(Machine::kX86_64, {
                              {"-4@$-5", "-4 const -5"},
                              {"4@$-5", "4 const 4294967291"},
                              {"1@$-1", "1 const 255"},
                              {"-4@$4294967291", "-4 const -5"},
                              {"-8@$-9223372036854775808", "-8 const -9223372036854775808"},
                              {"8@$18446744073709551615", "8 const -1"},
                              {"8@$0x10", "8 const 16"},
                              {"8@$-0x10", "8 const -16"},
                              {"8@$4+8", "8 const 12"},
                              {"8@$18446744073709551616", "8 unreadable"},
                              {"8@$", "8 const 0"},
                              {"8@$glob", "8 unreadable"},
                          });
}

TEST(ArgSpecX86, Memory) {
  check(Machine::kX86_64, {
                              {"8@(%rsi)", "8 [r6/64 0]"},
                              {"-4@-24(%rbp)", "-4 [r5/64 -24]"},
                              {"4@0x18(%rsp)", "4 [r4/64 24]"},
                              {"-8@(%rsi,%rdi,8)", "-8 [r6/64 + r7/64*8 0]"},
                              {"-1@(%rcx,%rdi)", "-1 [r1/64 + r7/64*1 0]"},
                              {"1@-96(%rbp,%rax,8)", "1 [r5/64 + r0/64*8 -96]"},
                              {"1@-96(%rbp, %rax, 8)", "1 [r5/64 + r0/64*8 -96]"},
                              {"8@16(,%rax,4)", "8 [+ r0/64*4 16]"},
                              {"4@8(%eax)", "4 [r0/32 8]"},
                              {"-4@glob(%rip)", "-4 [r16/64 + glob 0]"},
                              {"-4@4+gs(%rip)", "-4 [r16/64 + gs 4]"},
                              {"-4@gs+4(%rip)", "-4 [r16/64 + gs 4]"},
                              {"-4@gs-4(%rip)", "-4 [r16/64 + gs -4]"},
                              {"-4@-8+gs+4(%rip)", "-4 [r16/64 + gs -4]"},
                              {"4@_ZN1a1bE.lto_priv.0(%rip)", "4 [r16/64 + _ZN1a1bE.lto_priv.0 0]"},
                              {"4@.LC0(%rip)", "4 [r16/64 + .LC0 0]"},
                              {"4@glob", "4 [+ glob 0]"},
                              {"4@glob(,%rax,4)", "4 [+ r0/64*4 + glob 0]"},
                          });
}

TEST(ArgSpecX86, Unreadable) {
  check(Machine::kX86_64, {
                              {"8@%xmm0", "8 unreadable"},
                              {"4f@%ymm1", "4f unreadable"},
                              {"8@%st(0)", "8 unreadable"},
                              {"8@%mm3", "8 unreadable"},
                              {"-4@%fs:tl@tpoff", "-4 unreadable"},
                              {"8@%gs:0x28", "8 unreadable"},
                              {"8@%r16", "8 unreadable"},
                              {"8@%r7", "8 unreadable"},
                              {"8@%", "8 unreadable"},
                              {"8@", "8 unreadable"},
                              {"8@(%rax", "8 unreadable"},
                              {"8@(%rax,%rsp)", "8 unreadable"},
                              {"8@(%rax,%rbx,3)", "8 unreadable"},
                              {"8@(%al)", "8 unreadable"},
                              {"8@(%rip,%rax)", "8 unreadable"},
                              {"8@foo-bar(%rip)", "8 unreadable"},
                              {"8@foo@GOTPCREL(%rip)", "8 unreadable"},
                              {"16@(%rax)", "16 unreadable"},
                              {"3@(%rax)", "3 unreadable"},
                              {"0@(%rax)", "0 unreadable"},
                              {"300@(%rax)", "255 unreadable"},
                              {"2f@%eax", "2f unreadable"},
                              {"8@%raxx", "8 unreadable"},
                              {"8@*%rax", "8 unreadable"},
                              {"8@99999999999999999999(%rax)", "8 unreadable"},
                          });
}

TEST(ArgSpecI386, Forms) {
  check(Machine::kI386, {
                            {"-4@%eax", "-4 r0/32"},
                            {"-4@8(%esp)", "-4 [r4/32 8]"},
                            {"4@glob", "4 [+ glob 0]"},
                            {"4@$7", "4 const 7"},
                            {"1@%al", "1 r0/8"},
                            {"1@%sil", "1 unreadable"},
                            {"8@%rax", "8 unreadable"},
                            {"4@%r8d", "4 unreadable"},
                            {"%eax", "4 r0/32"},
                        });
}

TEST(ArgSpecArm64, Forms) {
  check(Machine::kAarch64, {
                               {"-4@5", "-4 const 5"},
                               {"4@-5", "4 const 4294967291"},
                               {"8@#5", "8 const 5"},
                               {"8@x0", "8 r0/64"},
                               {"8@x30", "8 r30/64"},
                               {"-4@w3", "-4 r3/32"},
                               {"8@sp", "8 r31/64"},
                               {"8@x29", "8 r29/64"},
                               {"8@xzr", "8 const 0"},
                               {"4@wzr", "4 const 0"},
                               {"8@[x0]", "8 [r0/64 0]"},
                               {"8@[sp, 24]", "8 [r31/64 24]"},
                               {"-4@[x19, -8]", "-4 [r19/64 -8]"},
                               {"8@[x0, #16]", "8 [r0/64 16]"},
                               {"8@[x0,16]", "8 [r0/64 16]"},
                               {"8@[x1, x2]", "8 [r1/64 + r2/64*1 0]"},
                               {"8@[x1, x2, lsl 3]", "8 [r1/64 + r2/64*8 0]"},
                               {"8@[x1, x2, lsl #3]", "8 [r1/64 + r2/64*8 0]"},
                               {"4@[x1, w2, sxtw]", "4 [r1/64 + sxtw r2/32*1 0]"},
                               {"4@[x1, w2, sxtw 2]", "4 [r1/64 + sxtw r2/32*4 0]"},
                               {"4@[x1, w2, uxtw #2]", "4 [r1/64 + uxtw r2/32*4 0]"},
                               {"4@[x0, #:lo12:glob]", "4 [r0/64 + glob 0]"},
                               {"4@[x0, :lo12:glob+4]", "4 [r0/64 + glob 4]"},
                               {"8f@x1", "8f r1/64"},
                           });
}

TEST(ArgSpecArm64, Unreadable) {
  check(Machine::kAarch64, {
                               {"8@d0", "8 unreadable"},
                               {"4@s31", "4 unreadable"},
                               {"16@q0", "16 unreadable"},
                               {"8@x31", "8 unreadable"},
                               {"8@[x0, 8]!", "8 unreadable"},
                               {"8@[x0], 8", "8 unreadable"},
                               {"8@[w0]", "8 unreadable"},
                               {"8@[x0, w1]", "8 unreadable"},
                               {"8@[x0, x1, sxtw]", "8 unreadable"},
                               {"8@[x0, x1, lsl 9]", "8 unreadable"},
                               {"8@[x0, sp]", "8 unreadable"},
                               {"8@[x0, #:tprel_lo12:t]", "8 unreadable"},
                               {"8@[x0", "8 unreadable"},
                               {"8@", "8 unreadable"},
                           });
}

TEST(ArgSpecListed, Forms) {
  check(Machine::kArm, {{"-4@r0", "-4 r0/32"},
                        {"4@[sp, #4]", "4 [r13/32 4]"},
                        {"4@[fp, #-16]", "4 [r11/32 -16]"},
                        {"4@#5", "4 const 5"},
                        {"4@[r1, r2]", "4 [r1/32 + r2/32*1 0]"},
                        {"4@q9", "4 unreadable"}});
  check(Machine::kPpc64, {{"-4@i5", "-4 const 5"},
                          {"8@9", "8 r9/64"},
                          {"8@%r31", "8 r31/64"},
                          {"8@16(1)", "8 [r1/64 16]"},
                          {"8@-8(%r9)", "8 [r9/64 -8]"},
                          {"4@9,10", "4 [r9/64 + r10/64*1 0]"},
                          {"8@32", "8 unreadable"}});
  check(Machine::kS390x, {{"-4@5", "-4 const 5"},
                          {"8@%r2", "8 r2/64"},
                          {"8@160(%r15)", "8 [r15/64 160]"},
                          {"8@8(%r1,%r2)", "8 [r2/64 + r1/64*1 8]"},
                          {"8@%r16", "8 unreadable"}});
  check(Machine::kRiscv64, {{"-4@5", "-4 const 5"},
                            {"8@a0", "8 r10/64"},
                            {"8@t6", "8 r31/64"},
                            {"-8@-88(s0)", "-8 [r8/64 -88]"},
                            {"8@x5", "8 r5/64"},
                            {"8@(sp)", "8 [r2/64 0]"},
                            {"8@fa0", "8 unreadable"}});
}

TEST(ArgSpecs, SplitAtSpaces) {
  struct {
    const char* input;
    Machine machine;
    std::vector<std::string> want;
  } cases[] = {
      {"", Machine::kX86_64, {}},
      {"  ", Machine::kX86_64, {}},
      {"8@%rdi  -4@%esi ", Machine::kX86_64, {"8 r7/64", "-4 r6/32"}},
      {"8@[sp, 24] 4@w0 8@[x0, x1, lsl 3]",
       Machine::kAarch64,
       {"8 [r31/64 24]", "4 r0/32", "8 [r0/64 + r1/64*8 0]"}},
      {"8@(%rax, %rbx, 8) 4@$1", Machine::kX86_64, {"8 [r0/64 + r3/64*8 0]", "4 const 1"}},
      // What cannot be read keeps its place: the third argument stays the third.
      {"8@%rdi 8@%xmm0 8@%rsi", Machine::kX86_64, {"8 r7/64", "8 unreadable", "8 r6/64"}},
      {"8@(%rdi 8@%rsi 4@$1", Machine::kX86_64, {"8 unreadable", "8 r6/64", "4 const 1"}},
      {"8@[x0 4@w1", Machine::kAarch64, {"8 unreadable", "4 r1/32"}},
      {"8@) 4@$1", Machine::kX86_64, {"8 unreadable", "4 const 1"}},
  };
  for (const auto& each : cases) {
    std::vector<std::string> got;
    for (const ArgSpec& spec : parse_arg_specs(each.input, each.machine)) got.push_back(show(spec));
    EXPECT_EQ(got, each.want) << each.input;
  }
}

TEST(ArgSpecs, ReasonsNameTheOperand) {
  struct {
    const char* input;
    const char* mentions;
  } cases[] = {
      {"8@%xmm0", "vector registers"},          {"-4@%fs:tl@tpoff", "thread to thread"},
      {"-4@tl@tpoff(%rip)", "thread-local"},    {"24@(%rax)", "24 bytes"},
      {"8@foo@GOTPCREL(%rip)", "foo@GOTPCREL"},
  };
  for (const auto& each : cases) {
    ArgSpec spec = parse_arg_specs(each.input, Machine::kX86_64).at(0);
    const auto* unreadable = std::get_if<Unreadable>(&spec.operand);
    ASSERT_NE(unreadable, nullptr) << each.input;
    EXPECT_NE(unreadable->why.find(each.mentions), std::string::npos) << unreadable->why;
  }
}
