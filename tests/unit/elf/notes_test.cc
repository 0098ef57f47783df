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
  Result<std::vector<NoteBlock>> blocks = read_note_blocks(source, image);
  if (!blocks) return {"error"};
  for (const NoteBlock& block : *blocks) {
    NoteWalker walker(block, image.order);
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
