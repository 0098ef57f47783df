// SPDX-License-Identifier: MIT
#include "bpf/assembler.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "bpf/disassembler.h"

namespace spile::bpf {
namespace {

// The eight bytes of an instruction as one number, as the kernel reads it.
std::uint64_t raw(const Insn& insn) {
  std::uint64_t bytes = 0;
  std::memcpy(&bytes, &insn, sizeof(bytes));
  return bytes;
}

struct EncodingCase {
  const char* want_text;
  void (*emit)(Assembler&);
  std::vector<std::uint64_t> want;
};

// Encodings from Documentation/bpf/standardization/instruction-set.rst.
TEST(Assembler, Encodings) {
  for (const EncodingCase& test : std::vector<EncodingCase>{
           {"r6 = r1", [](Assembler& out) { out.mov(Reg::kR6, Reg::kR1); }, {0x16bf}},
           {"r0 = -1", [](Assembler& out) { out.mov_imm(Reg::kR0, -1); }, {0xffffffff'0000'00b7}},
           {"r1 = 2147483647",
            [](Assembler& out) { out.mov_imm(Reg::kR1, 0x7fffffff); },
            {0x7fffffff'0000'01b7}},
           {"r2 = 0x80000000",
            [](Assembler& out) { out.mov_imm(Reg::kR2, 0x80000000); },
            {0x80000000'0000'0218, 0}},
           {"r2 = 0xffffffff7fffffff",
            [](Assembler& out) { out.mov_imm(Reg::kR2, -0x80000001LL); },
            {0x7fffffff'0000'0218, 0xffffffff'0000'0000}},
           {"r1 = map stats",
            [](Assembler& out) { out.load_map(Reg::kR1, MapRef::kStats); },
            {0x00000001'0000'1118, 0}},
           {"r0 += r1", [](Assembler& out) { out.alu(Alu::kAdd, Reg::kR0, Reg::kR1); }, {0x100f}},
           {"r3 s>>= 63",
            [](Assembler& out) { out.alu_imm(Alu::kArsh, Reg::kR3, 63); },
            {0x3f'0000'03c7}},
           {"r0 = -r0", [](Assembler& out) { out.neg(Reg::kR0); }, {0x87}},
           {"r0 = u64 [r6+112]",
            [](Assembler& out) { out.load(Size::k64, Reg::kR0, Reg::kR6, 112); },
            {0x0070'6079}},
           {"r0 = u8 [r10-8]",
            [](Assembler& out) { out.load(Size::k8, Reg::kR0, Reg::kR10, -8); },
            {0xfff8'a071}},
           {"u32 [r8+12] = r9",
            [](Assembler& out) { out.store(Size::k32, Reg::kR8, 12, Reg::kR9); },
            {0x000c'9863}},
           {"u16 [r10-8] = 7",
            [](Assembler& out) { out.store_imm(Size::k16, Reg::kR10, -8, 7); },
            {0x7'fff8'0a6a}},
           {"lock u64 [r7+8] += r1",
            [](Assembler& out) { out.atomic_add64(Reg::kR7, 8, Reg::kR1); },
            {0x0008'17db}},
           {"call probe_read_user",
            [](Assembler& out) { out.call(Helper::kProbeReadUser); },
            {0x70'0000'0085}},
           {"exit", [](Assembler& out) { out.exit(); }, {0x95}},
       }) {
    Assembler out;
    test.emit(out);
    auto program = out.finish();
    ASSERT_TRUE(program);
    std::vector<std::uint64_t> got;
    for (const Insn& insn : program->insns) got.push_back(raw(insn));
    EXPECT_EQ(got, test.want) << test.want_text;
    EXPECT_EQ(disassemble(*program), "  " + std::string(test.want_text) + "\n");
  }
}

TEST(Assembler, ExtendsByShifting) {
  Assembler out;
  out.extend(Reg::kR0, 8, true);
  out.extend(Reg::kR1, 32, false);
  out.extend(Reg::kR2, 64, true);
  out.mov(Reg::kR3, Reg::kR3);  // nothing to do
  EXPECT_EQ(disassemble(*out.finish()),
            "  r0 <<= 56\n  r0 s>>= 56\n"
            "  r1 <<= 32\n  r1 >>= 32\n");
}

TEST(Assembler, LabelsJumpsAndComments) {
  Assembler out;
  Label reject = out.make_label("reject"), done = out.make_label("done");
  Label unused = out.make_label("unused");
  out.comment("is it seven?");
  out.jump_imm(Cond::kNe, Reg::kR1, 7, reject);
  out.jump(Cond::kSgt, Reg::kR1, Reg::kR2, done);
  out.mov_imm(Reg::kR0, 0x100000000);  // a jump over it spans two instructions
  EXPECT_TRUE(out.is_target(reject));
  EXPECT_FALSE(out.is_target(unused));
  out.jump(done);
  out.bind(unused);
  out.bind(reject);
  out.mov_imm(Reg::kR0, 0);
  out.bind(done);
  out.exit();
  auto program = out.finish();
  ASSERT_TRUE(program);
  EXPECT_EQ(program->insns[0].off, 4);
  EXPECT_EQ(program->insns[1].off, 4);
  EXPECT_EQ(program->insns[4].off, 1);
  EXPECT_EQ(disassemble(*program),
            "  ; is it seven?\n"
            "  if r1 != 7 goto reject\n"
            "  if r1 s> r2 goto done\n"
            "  r0 = 0x100000000\n"
            "  goto done\n"
            "reject:\n"
            "  r0 = 0\n"
            "done:\n"
            "  exit\n");
}

TEST(Assembler, EqualLabelsAreNumbered) {
  Assembler out;
  for (int i = 0; i < 3; ++i) {
    Label done = out.make_label("done");
    out.jump_imm(Cond::kEq, Reg::kR0, i, done);
    out.neg(Reg::kR0);
    out.bind(done);
  }
  out.exit();
  EXPECT_EQ(disassemble(*out.finish()),
            "  if r0 == 0 goto done\n  r0 = -r0\n"
            "done:\n  if r0 == 1 goto done_2\n  r0 = -r0\n"
            "done_2:\n  if r0 == 2 goto done_3\n  r0 = -r0\n"
            "done_3:\n  exit\n");
}

TEST(Assembler, EveryCondition) {
  Assembler out;
  Label end = out.make_label("end");
  for (Cond cond : {Cond::kEq, Cond::kNe, Cond::kGt, Cond::kGe, Cond::kLt, Cond::kLe, Cond::kSgt,
                    Cond::kSge, Cond::kSlt, Cond::kSle}) {
    out.jump_imm(cond, Reg::kR3, -1, end);
  }
  out.bind(end);
  std::string text = disassemble(*out.finish());
  for (const char* symbol : {"==", "!=", ">", ">=", "<", "<=", "s>", "s>=", "s<", "s<="}) {
    EXPECT_NE(text.find(std::string("if r3 ") + symbol + " -1 goto end\n"), std::string::npos);
  }
}

TEST(Assembler, RemembersWhereMapsAreUsed) {
  Assembler out;
  out.neg(Reg::kR0);
  out.load_map(Reg::kR1, MapRef::kStats);
  out.load_map(Reg::kR2, MapRef::kEvents);
  auto program = out.finish();
  ASSERT_EQ(program->map_uses.size(), 2u);
  EXPECT_EQ(program->map_uses[0].insn, 1u);
  EXPECT_EQ(program->map_uses[0].map, MapRef::kStats);
  EXPECT_EQ(program->map_uses[1].insn, 3u);
  EXPECT_EQ(program->map_uses[1].map, MapRef::kEvents);
}

TEST(Assembler, AJumpReachesAtMost16Bits) {
  for (int between : {32767, 32768}) {
    Assembler out;
    Label end = out.make_label("end");
    out.jump(end);
    for (int i = 0; i < between; ++i) out.neg(Reg::kR0);
    out.bind(end);
    out.exit();
    auto program = out.finish();
    EXPECT_EQ(program.has_value(), between == 32767);
    if (program) continue;
    EXPECT_EQ(program.error().code, Errc::kBadInput);
    EXPECT_EQ(program.error().what, "the program for this probe is too large for one BPF jump");
  }
}

TEST(Assembler, AJumpBackReachesAtMost16Bits) {
  for (int between : {32767, 32768}) {
    Assembler out;
    Label start = out.make_label("start");
    out.bind(start);
    for (int i = 0; i < between; ++i) out.neg(Reg::kR0);
    out.jump(start);
    EXPECT_EQ(out.finish().has_value(), between == 32767);
  }
}

TEST(Sizes, BytesAndBack) {
  for (int bytes : {1, 2, 4, 8}) EXPECT_EQ(to_bytes(to_size(bytes)), bytes);
}

}  // namespace
}  // namespace spile::bpf
