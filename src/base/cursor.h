// SPDX-License-Identifier: MIT
// Reads numbers and strings from foreign bytes, in either byte order, and never past their end:
//
//   Cursor in(bytes, std::endian::little);
//   std::uint32_t name_size = SPILE_TRY(in.u32());
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

#include "base/result.h"

namespace spile {

using Bytes = std::span<const std::byte>;

class Cursor {
 public:
  explicit Cursor(Bytes bytes, std::endian order = std::endian::native)
      : bytes_(bytes), order_(order) {}

  std::size_t position() const { return position_; }
  std::size_t remaining() const { return bytes_.size() - position_; }

  Result<std::uint8_t> u8() { return number<std::uint8_t>(); }
  Result<std::uint16_t> u16() { return number<std::uint16_t>(); }
  Result<std::uint32_t> u32() { return number<std::uint32_t>(); }
  Result<std::uint64_t> u64() { return number<std::uint64_t>(); }

  // The next `size` bytes.
  Result<Bytes> bytes(std::size_t size) {
    if (size > remaining()) return truncated();
    Bytes taken = bytes_.subspan(position_, size);
    position_ += size;
    return taken;
  }

  Result<> skip(std::size_t size) {
    if (size > remaining()) return truncated();
    position_ += size;
    return {};
  }

  // Text up to the next NUL, which is consumed and not returned.
  Result<std::string_view> c_string() {
    const auto* begin = reinterpret_cast<const char*>(bytes_.data()) + position_;
    std::size_t length = ::strnlen(begin, remaining());
    if (length == remaining()) return fail(Errc::kBadInput, "text without a final NUL");
    position_ += length + 1;
    return std::string_view(begin, length);
  }

 private:
  template <class T>
  Result<T> number() {
    if (sizeof(T) > remaining()) return truncated();
    T value;
    std::memcpy(&value, bytes_.data() + position_, sizeof(T));
    position_ += sizeof(T);
    if constexpr (sizeof(T) > 1) {
      if (order_ != std::endian::native) value = std::byteswap(value);
    }
    return value;
  }

  static std::unexpected<Error> truncated() {
    return fail(Errc::kBadInput, "data ends in the middle of a field");
  }

  Bytes bytes_;
  std::endian order_;
  std::size_t position_ = 0;
};

}  // namespace spile
