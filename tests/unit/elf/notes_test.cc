// SPDX-License-Identifier: MIT
#include "elf/notes.h"

#include <gtest/gtest.h>

#include <string>

#include "elf_builder.h"

using namespace spile;
using namespace spile::elf;
using spile::test::ElfBuilder;

namespace {

// "owner:type:size" of each note, or the error.
std::vector<std::string> walk(const std::vector<std::byte>& file) {
  MemorySource source(file);
  Image image = read_image(source).value();
  std::vector<std::string> out;
  Result<std::vector<NoteRange>> ranges = find_note_ranges(source, image);
  if (!ranges) return {"error"};
  for (const NoteRange& range : *ranges) {
    NoteWalker walker(source, range, image.order);
    while (true) {
      Result<std::optional<RawNote>> note = walker.next();
      if (!note) return out.push_back("error"), out;
      if (!*note) break;
      out.push_back(std::string((*note)->owner) + ":" + std::to_string((*note)->type) + ":" +
                    std::to_string((*note)->descriptor.size()));
    }
  }
  return out;
}

}  // namespace

TEST(Notes, WalksPaddedNotes) {
  std::vector<std::byte> file = ElfBuilder()
                                    .raw_note("GNU", 3, "12345")
                                    .raw_note("stapsdt", 3, "abc")
                                    .raw_note("", 1, "")
                                    .build();
  EXPECT_EQ(walk(file), (std::vector<std::string>{"GNU:3:5", "stapsdt:3:3", ":1:0"}));
}

TEST(Notes, IgnoresZerosAtTheEnd) {
  std::string zeros(8, '\0');
  EXPECT_EQ(walk(ElfBuilder().raw_note("GNU", 3, "1").append_to_notes(zeros).build()),
            (std::vector<std::string>{"GNU:3:1"}));
}

TEST(Notes, RefusesNotesThatReachBeyondTheirSection) {
  std::string long_name("\xff\xff\xff\xff\0\0\0\0\3\0\0\0", 12);
  std::string long_descriptor("\4\0\0\0\xf0\xff\xff\xff\3\0\0\0GNU\0", 16);
  for (const std::string& tail : {long_name, long_descriptor, std::string("\1\2\3")}) {
    EXPECT_EQ(walk(ElfBuilder().raw_note("GNU", 3, "1").append_to_notes(tail).build()),
              (std::vector<std::string>{"GNU:3:1", "error"}));
  }
}

TEST(Notes, WalksMoreThanOnePiece) {
  ElfBuilder builder;
  for (int i = 0; i < 10; ++i) builder.raw_note("GNU", i, std::string(100'000, 'x'));
  std::vector<std::string> notes =
      walk(builder.raw_note("GNU", 9, std::string(600'000, 'y')).build());
  ASSERT_EQ(notes.size(), 11u);
  EXPECT_EQ(notes[3], "GNU:3:100000");
  EXPECT_EQ(notes[10], "GNU:9:600000");
}
