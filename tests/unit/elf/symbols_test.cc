// SPDX-License-Identifier: MIT
#include "elf/symbols.h"

#include <gtest/gtest.h>

#include "elf_builder.h"

using namespace spile;
using namespace spile::elf;
using spile::test::ElfBuilder;

TEST(Symbols, FindsOnlyWhatIsAskedFor) {
  for (bool wide : {true, false}) {
    std::vector<std::byte> file = ElfBuilder(wide, std::endian::little, wide ? EM_X86_64 : EM_386)
                                      .symbol("recount", 0x3800)
                                      .symbol("twin", 0x3804)
                                      .symbol("twin", 0x3808)
                                      .symbol("same", 0x380c)
                                      .symbol("same", 0x380c)
                                      .symbol("local", 0x10, STT_TLS)
                                      .build();
    MemorySource source(file);
    Image image = read_image(source).value();
    SymbolMap found =
        find_symbols(source, image, {"recount", "count", "twin", "same", "local", "absent"})
            .value();
    EXPECT_EQ(found.size(), 4u);
    EXPECT_EQ(found["recount"].address, LinkAddr{0x3800});
    EXPECT_TRUE(found["twin"].ambiguous);
    EXPECT_FALSE(found["same"].ambiguous);
    EXPECT_TRUE(found["local"].thread_local_);
    EXPECT_TRUE(has_symbol_table(image));
  }
}
