// Small messages from one thread to another.
#pragma once

#include <readerwriterqueue/readerwriterqueue.h>

#include <cstddef>

namespace midinet {

/// One producer, one consumer. `push` gives false when the ring is full, and never allocates.
/// RT-safe on both sides.
template <typename T>
class SpscRing {
  public:
    explicit SpscRing(std::size_t capacity) : queue_(capacity) {}
    [[nodiscard]] bool push(const T& value) noexcept { return queue_.try_enqueue(value); }
    [[nodiscard]] bool pop(T& value) noexcept { return queue_.try_dequeue(value); }

  private:
    moodycamel::ReaderWriterQueue<T> queue_;
};

}  // namespace midinet
