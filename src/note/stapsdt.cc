// SPDX-License-Identifier: MIT
#include "note/stapsdt.h"

namespace spile::note {

static Result<LinkAddr> parse_address(Cursor& in, bool is_64_bit) {
  std::uint64_t value = 0;
  if (is_64_bit) {
    value = SPILE_TRY(in.u64());
  } else {
    value = SPILE_TRY(in.u32());
  }
  return LinkAddr{value};
}

Result<StapsdtNote> parse_stapsdt(Bytes descriptor, bool is_64_bit, std::endian order) {
  Cursor in(descriptor, order);
  StapsdtNote note;
  note.location = SPILE_TRY(parse_address(in, is_64_bit));
  note.base = SPILE_TRY(parse_address(in, is_64_bit));
  note.semaphore = SPILE_TRY(parse_address(in, is_64_bit));
  note.provider = SPILE_TRY(in.c_string());
  note.name = SPILE_TRY(in.c_string());
  note.args = SPILE_TRY(in.c_string());
  if (note.name.empty()) return fail(Errc::kBadInput, "a probe without a name");
  if (note.provider.size() > kMaxNameLength || note.name.size() > kMaxNameLength) {
    return fail(Errc::kBadInput, "a provider or probe name of more than 1024 bytes");
  }
  return note;
}

}  // namespace spile::note
