// SPDX-License-Identifier: MIT
#include "kernel/ring_buffer.h"

#include <bpf/libbpf.h>

#include <cerrno>

namespace spile::kernel {

int RingBuffer::on_record(void* self, void* data, std::size_t size) {
  auto* ring = static_cast<RingBuffer*>(self);
  ++ring->taken_;
  return ring->callback_(Bytes(static_cast<const std::byte*>(data), size)) ? 0 : -ECANCELED;
}

Result<std::unique_ptr<RingBuffer>> RingBuffer::open(int map, Callback callback) {
  std::unique_ptr<RingBuffer> self(new RingBuffer(std::move(callback)));
  self->ring_ = ring_buffer__new(map, &RingBuffer::on_record, self.get(), nullptr);
  if (self->ring_ == nullptr) return fail_errno("map the event buffer", errno);
  return self;
}

RingBuffer::~RingBuffer() { ring_buffer__free(ring_); }

Result<std::size_t> RingBuffer::consume() {
  taken_ = 0;
  int result = ring_buffer__consume(ring_);
  if (result < 0 && result != -ECANCELED) return fail_errno("read the event buffer", -result);
  return taken_;
}

}  // namespace spile::kernel
