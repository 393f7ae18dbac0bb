// Small messages from one thread to another.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace midinet {

/// One producer, one consumer. `push` gives false when the ring is full, and never allocates.
/// RT-safe on both sides. Ordered by acquire and release alone, which ThreadSanitizer understands:
/// a queue that orders by fences would hide every race behind it.
template <typename T>
class SpscRing {
  public:
    /// `capacity`: at least 1.
    explicit SpscRing(std::size_t capacity) : slots_(capacity) {}

    /// Thread: the producer.
    [[nodiscard]] bool push(const T& value) noexcept {
        const auto at = pushed_.load(std::memory_order_relaxed);
        if (at - popped_.load(std::memory_order_acquire) == slots_.size()) return false;
        slot(at) = value;
        pushed_.store(at + 1, std::memory_order_release);
        return true;
    }
    /// Thread: the consumer.
    [[nodiscard]] bool pop(T& value) noexcept {
        const auto at = popped_.load(std::memory_order_relaxed);
        if (at == pushed_.load(std::memory_order_acquire)) return false;
        value = slot(at);
        popped_.store(at + 1, std::memory_order_release);
        return true;
    }

  private:
    static_assert(std::atomic<std::uint64_t>::is_always_lock_free, "a lock would not be RT-safe");
    T& slot(std::uint64_t at) noexcept {
        return slots_[static_cast<std::size_t>(at % slots_.size())];
    }

    std::vector<T> slots_;
    // Apart, so that the two threads do not share a cache line.
    alignas(64) std::atomic<std::uint64_t> pushed_{0};
    alignas(64) std::atomic<std::uint64_t> popped_{0};
};

}  // namespace midinet
