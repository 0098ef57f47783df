// SPDX-License-Identifier: MIT
#include "attach/site_code.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <initializer_list>

namespace spile::attach {

using Code = std::array<std::uint8_t, 11>;

static bool starts_with(std::span<const std::uint8_t> code,
                        std::initializer_list<std::uint8_t> want) {
  return code.size() >= want.size() && std::equal(want.begin(), want.end(), code.begin());
}

// 0f 1f /0 with any operand-size prefixes is the multi-byte nop (Intel SDM, NOP).
static bool is_long_nop(std::span<const std::uint8_t> code) {
  while (!code.empty() && (code[0] == 0x66 || code[0] == 0x2e)) code = code.subspan(1);
  return starts_with(code, {0x0f, 0x1f}) || starts_with(code, {0x90});
}

static SiteCode classify_x86(std::span<const std::uint8_t> code) {
  if (starts_with(code, {0x90, 0x66, 0x2e, 0x0f, 0x1f, 0x84, 0, 0, 0, 0, 0}))
    return SiteCode::kNopNop10;
  if (starts_with(code, {0x90})) return SiteCode::kNop;
  if (starts_with(code, {0x0f, 0x1f, 0x44, 0x00, 0x00})) return SiteCode::kNop5;
  return is_long_nop(code) ? SiteCode::kOtherNop : SiteCode::kNotNop;
}

static SiteCode classify_arm64(std::span<const std::uint8_t> code) {
  return starts_with(code, {0x1f, 0x20, 0x03, 0xd5}) ? SiteCode::kNop : SiteCode::kNotNop;
}

Result<SiteCode> read_site_code(const target::File& file, FileOffset offset, elf::Machine machine) {
  Code code{};
  FileSource source = file.source();
  if (offset.value >= source.size())
    return fail(Errc::kBadInput, "the site lies behind the file's end");
  std::size_t length = std::min<std::uint64_t>(code.size(), source.size() - offset.value);
  SPILE_CHECK(source.read_at(offset.value, std::as_writable_bytes(std::span(code)).first(length)));
  std::span<const std::uint8_t> seen(code.data(), length);
  return machine == elf::Machine::kAarch64 ? classify_arm64(seen) : classify_x86(seen);
}

}  // namespace spile::attach
