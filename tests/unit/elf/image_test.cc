// SPDX-License-Identifier: MIT
#include "elf/image.h"

#include <gtest/gtest.h>

#include "elf_builder.h"

using namespace spile;
using namespace spile::elf;
using spile::test::ElfBuilder;

TEST(Image, ReadsBothClassesAndOrders) {
  struct {
    const char* name;
    bool wide;
    std::endian order;
    std::uint16_t number;
    Machine machine;
  } cases[] = {
      {"x86-64", true, std::endian::little, EM_X86_64, Machine::kX86_64},
      {"arm64", true, std::endian::little, EM_AARCH64, Machine::kAarch64},
      {"i386", false, std::endian::little, EM_386, Machine::kI386},
      {"arm", false, std::endian::little, EM_ARM, Machine::kArm},
      {"ppc64le", true, std::endian::little, EM_PPC64, Machine::kPpc64},
      {"s390x", true, std::endian::big, EM_S390, Machine::kS390x},
      {"riscv64", true, std::endian::little, EM_RISCV, Machine::kRiscv64},
  };
  for (const auto& each : cases) {
    std::vector<std::byte> file =
        ElfBuilder(each.wide, each.order, each.number).stapsdt({}).build();
    Result<Image> image = read_image(MemorySource(file));
    ASSERT_TRUE(image) << each.name << ": " << image.error().what;
    EXPECT_EQ(image->machine, each.machine);
    EXPECT_EQ(image->is_64_bit, each.wide);
    EXPECT_EQ(image->order, each.order);
    EXPECT_EQ(image->segments.size(), 2u);
    EXPECT_EQ(image->to_file_offset(LinkAddr{0x1040}), FileOffset{0x1040});
    EXPECT_EQ(image->to_file_offset(LinkAddr{0x3810}), FileOffset{0x2810});
    EXPECT_EQ(image->to_file_offset(LinkAddr{0x9000}), std::nullopt);
  }
}

TEST(Image, MapsTheRestOfTheLastPage) {
  std::vector<std::byte> file = ElfBuilder().build();
  Image image = read_image(MemorySource(file)).value();
  // The writable segment: 0x100 bytes of file at 0x3800, 0x200 of memory, page end at 0x4000.
  EXPECT_EQ(image.to_file_offset(LinkAddr{0x3900}), std::nullopt);
  EXPECT_EQ(image.to_mapped_offset(LinkAddr{0x3900}), FileOffset{0x2900});
  EXPECT_EQ(image.to_mapped_offset(LinkAddr{0x3a00}), std::nullopt);
}

TEST(Image, FindsSectionsByName) {
  std::vector<std::byte> file = ElfBuilder().build();
  MemorySource source(file);
  Image image = read_image(source).value();
  const Section* found = find_section(source, image, ".stapsdt.base").value();
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(found->address, LinkAddr{0x1f00});
  EXPECT_EQ(find_section(source, image, ".nothing").value(), nullptr);
}

TEST(Image, RefusesWithAReason) {
  auto patched = [](std::size_t at, unsigned char byte) {
    std::vector<std::byte> file = ElfBuilder().build();
    file[at] = std::byte{byte};
    return file;
  };
  struct {
    std::vector<std::byte> file;
    const char* mentions;
  } cases[] = {
      {{}, "not an ELF"},
      {patched(0, 'x'), "not an ELF"},
      {patched(EI_CLASS, 9), "32 nor 64"},
      {patched(EI_DATA, 9), "byte order"},
      {patched(EI_VERSION, 9), "version"},
      {patched(16, ET_CORE), "core dump"},
      {patched(16, 77), "type 77"},
      {patched(18, EM_SPARC), "machine number"},
      {patched(32 + 7, 0x7f), "program headers"},  // their offset
      {patched(40 + 7, 0x7f), "section headers"},
      {patched(54, 7), "impossible size"},
      {patched(58, 7), "impossible size"},
  };
  for (const auto& each : cases) {
    Result<Image> image = read_image(MemorySource(each.file));
    ASSERT_FALSE(image) << each.mentions;
    EXPECT_EQ(image.error().code, Errc::kBadInput);
    EXPECT_NE(image.error().what.find(each.mentions), std::string::npos) << image.error().what;
  }
}

TEST(Image, SurvivesEveryTruncation) {
  std::vector<std::byte> file = ElfBuilder().stapsdt({}).symbol("glob", 0x3810).build();
  for (std::size_t size = 0; size < file.size(); ++size) {
    EXPECT_FALSE(read_image(MemorySource(Bytes(file).first(size)))) << size;
  }
}
