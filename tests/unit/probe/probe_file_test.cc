// SPDX-License-Identifier: MIT
#include "probe/probe_file.h"

#include <gtest/gtest.h>

#include "../elf/elf_builder.h"

using namespace spile;
using namespace spile::probe;
using spile::test::ElfBuilder;
using spile::test::NoteText;

namespace {

Result<ProbeFile> read(const std::vector<std::byte>& file) {
  return read_probes(MemorySource(file));
}

const Site& only_site(const ProbeFile& file) { return file.probes.at(0).sites.at(0); }

NoteText with_args(std::string args) {
  NoteText note;
  note.args = std::move(args);
  return note;
}

}  // namespace

TEST(ProbeFile, GroupsSitesInOrderOfFirstAppearance) {
  ProbeFile file = read(ElfBuilder()
                            .stapsdt({0x1040, 0x1f00, 0, "b", "x", "8@%rdi"})
                            .raw_note("GNU", 3, "build id")
                            .raw_note("stapsdt", 9, "not a probe")
                            .stapsdt({0x1050, 0x1f00, 0, "a", "x", ""})
                            .stapsdt({0x1060, 0x1f00, 0, "b", "x", "8@%rsi"})
                            .build())
                       .value();
  ASSERT_EQ(file.probes.size(), 2u);
  EXPECT_EQ(file.probes[0].full_name(), "b:x");
  EXPECT_EQ(file.probes[0].sites.size(), 2u);
  EXPECT_EQ(file.probes[0].sites[1].offset, FileOffset{0x1060});
  EXPECT_EQ(file.probes[0].sites[1].args_text, "8@%rsi");
  EXPECT_EQ(file.probes[1].full_name(), "a:x");
}

TEST(ProbeFile, UndoesPrelink) {
  // Linked with .stapsdt.base at 0x1e00, now at 0x1f00: everything moved up by 0x100.
  ProbeFile file =
      read(ElfBuilder().stapsdt({0x1040, 0x1e00, 0x3710, "app", "x", ""}).build()).value();
  EXPECT_EQ(only_site(file).location, LinkAddr{0x1140});
  EXPECT_EQ(only_site(file).semaphore_address, LinkAddr{0x3810});
  EXPECT_EQ(only_site(file).semaphore, FileOffset{0x2810});
}

TEST(ProbeFile, LeavesANoteWithoutBaseAlone) {
  ProbeFile file = read(ElfBuilder().stapsdt({0x1040, 0, 0, "app", "x", ""}).build()).value();
  EXPECT_EQ(only_site(file).location, LinkAddr{0x1040});
  EXPECT_EQ(only_site(file).semaphore, std::nullopt);
}

TEST(ProbeFile, SaysWhyASiteCannotBeAttached) {
  ProbeFile data = read(ElfBuilder().stapsdt({0x3810, 0x1f00, 0, "a", "x", ""}).build()).value();
  EXPECT_NE(only_site(data).problem.find("executable"), std::string::npos);
  ProbeFile none = read(ElfBuilder().stapsdt({0x9999, 0x1f00, 0, "a", "x", ""}).build()).value();
  EXPECT_NE(only_site(none).problem.find("no loaded part"), std::string::npos);
  ProbeFile object = read(ElfBuilder().type(ET_REL).stapsdt({}).build()).value();
  EXPECT_NE(only_site(object).problem.find("object file"), std::string::npos);
}

TEST(ProbeFile, ResolvesGlobals) {
  ProbeFile file =
      read(ElfBuilder().stapsdt(with_args("-4@4+glob(%rip)")).symbol("glob", 0x3810).build())
          .value();
  const auto& memory = std::get<note::Memory>(only_site(file).args.at(0).operand);
  EXPECT_EQ(memory.symbol_address, LinkAddr{0x3810});
  EXPECT_EQ(memory.displacement, 4);
}

TEST(ProbeFile, ResolvesTheLowBitsOnArm64) {
  ProbeFile file = read(ElfBuilder(true, std::endian::little, EM_AARCH64)
                            .stapsdt(with_args("4@[x0, #:lo12:glob]"))
                            .symbol("glob", 0x3814)
                            .build())
                       .value();
  const auto& memory = std::get<note::Memory>(only_site(file).args.at(0).operand);
  EXPECT_EQ(memory.symbol, "");
  EXPECT_EQ(memory.displacement, 0x814);
}

TEST(ProbeFile, ExplainsGlobalsItCannotPlace) {
  struct {
    const char* name;
    std::vector<std::byte> file;
    const char* mentions;
  } cases[] = {
      {"stripped", ElfBuilder().stapsdt(with_args("4@glob(%rip)")).build(), "stripped"},
      {"absent", ElfBuilder().stapsdt(with_args("4@glob(%rip)")).symbol("other", 0x3810).build(),
       "defines no variable glob"},
      {"ambiguous",
       ElfBuilder()
           .stapsdt(with_args("4@glob(%rip)"))
           .symbol("glob", 0x3810)
           .symbol("glob", 0x3820)
           .build(),
       "several variables"},
      {"thread-local",
       ElfBuilder().stapsdt(with_args("4@t(%rip)")).symbol("t", 0x10, STT_TLS).build(),
       "thread-local"},
      {"label", ElfBuilder().stapsdt(with_args("4@.LC0(%rip)")).symbol("x", 1).build(), "label"},
      {"registers",
       ElfBuilder().stapsdt(with_args("4@glob(,%rax,4)")).symbol("glob", 0x3810).build(),
       "combined with registers"},
  };
  for (const auto& each : cases) {
    ProbeFile file = read(each.file).value();
    const auto* unreadable = std::get_if<note::Unreadable>(&only_site(file).args.at(0).operand);
    ASSERT_NE(unreadable, nullptr) << each.name;
    EXPECT_NE(unreadable->why.find(each.mentions), std::string::npos) << unreadable->why;
  }
}

TEST(ProbeFile, FoldsASymbolIntoAFixedAddress) {
  ProbeFile file = read(ElfBuilder()
                            .type(ET_EXEC)
                            .stapsdt(with_args("4@8+glob(,%rax,4)"))
                            .symbol("glob", 0x3810)
                            .build())
                       .value();
  const auto& memory = std::get<note::Memory>(only_site(file).args.at(0).operand);
  EXPECT_EQ(memory.symbol, "");
  EXPECT_EQ(memory.displacement, 0x3818);
}

TEST(ProbeFile, RefusesDamagedProbesButNotTheNotesOfOthers) {
  std::string broken("\xff\xff\xff\xff\0\0\0\0\3\0\0\0", 12);
  EXPECT_TRUE(read(ElfBuilder().raw_note("GNU", 1, "1").append_to_notes(broken).build()));
  EXPECT_FALSE(read(ElfBuilder().stapsdt({}).append_to_notes(broken).build()));
  EXPECT_FALSE(read(ElfBuilder().raw_note("stapsdt", 3, "too short").build()));
}

TEST(ProbeFile, HoldsItsLimits) {
  ElfBuilder sites;
  for (std::size_t i = 0; i <= kMaxSites; ++i) sites.stapsdt({0x1040, 0x1f00, 0, "p", "n", ""});
  EXPECT_FALSE(read(sites.build()));

  std::string many;
  for (int i = 0; i < 1000; ++i) many += "1@$1 ";
  ElfBuilder args;
  for (std::size_t i = 0; i <= kMaxArgs / 1000; ++i) args.stapsdt(with_args(many));
  EXPECT_FALSE(read(args.build()));

  EXPECT_FALSE(read(ElfBuilder().stapsdt(with_args(std::string(kMaxArgsText + 1, 'x'))).build()));
}

TEST(ProbeFile, SurvivesEveryTruncationAndBitFlip) {
  std::vector<std::byte> file = ElfBuilder()
                                    .stapsdt(with_args("-4@4+glob(%rip) 8@(%rax,%rbx,8)"))
                                    .symbol("glob", 0x3810)
                                    .build();
  for (std::size_t size = 0; size < file.size(); ++size) {
    (void)read_probes(MemorySource(Bytes(file).first(size)));
  }
  for (std::size_t bit = 0; bit < file.size() * 8; ++bit) {
    std::vector<std::byte> flipped = file;
    flipped[bit / 8] ^= std::byte{1} << (bit % 8);
    (void)read(flipped);
  }
}

TEST(ProbeFile, MatchesPatterns) {
  Probe probe{"app", "request__done", {}};
  struct {
    const char* pattern;
    bool want;
  } cases[] = {
      {"request__done", true}, {"request*", true},        {"app:*", true}, {"app:request*", true},
      {"app", false},          {"*:request__don?", true}, {"ap:*", false}, {"*", true},
      {"app:[r]*", true},      {"app:[!r]*", false},
  };
  for (const auto& each : cases) EXPECT_EQ(matches(probe, each.pattern), each.want) << each.pattern;
}
