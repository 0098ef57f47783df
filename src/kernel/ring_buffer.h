// SPDX-License-Identifier: MIT
// The reading end of a BPF ring buffer, over libbpf's.
#pragma once

#include <functional>
#include <memory>

#include "base/cursor.h"
#include "base/result.h"

struct ring_buffer;

namespace spile::kernel {

class RingBuffer {
 public:
  // Gets each record; false stops the current consume().
  using Callback = std::function<bool(Bytes)>;

  static Result<std::unique_ptr<RingBuffer>> open(int map, Callback callback);
  ~RingBuffer();
  RingBuffer(const RingBuffer&) = delete;
  RingBuffer& operator=(const RingBuffer&) = delete;

  // Hands over the records that are there, without waiting; returns how many.
  Result<std::size_t> consume();

 private:
  explicit RingBuffer(Callback callback) : callback_(std::move(callback)) {}
  static int on_record(void* self, void* data, std::size_t size);

  Callback callback_;
  ring_buffer* ring_ = nullptr;
  std::size_t taken_ = 0;
};

}  // namespace spile::kernel
