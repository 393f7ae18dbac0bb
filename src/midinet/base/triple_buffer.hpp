// The latest value, from one thread to another, without waiting on either side.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>

namespace midinet {

/// One writer, one reader. The writer never waits for the reader and the reader sees the newest
/// whole value. Values in between are skipped. Thread: `publish` one thread, `latest` another.
/// RT-safe when copying `T` is.
template <typename T>
class TripleBuffer {
  public:
    void publish(const T& value) noexcept {
        values_[back_] = value;
        back_ =
            middle_.exchange(static_cast<std::uint8_t>(back_ | kFresh), std::memory_order_acq_rel) &
            kIndex;
    }
    /// Lifetime: until the next call.
    const T& latest() noexcept {
        if ((middle_.load(std::memory_order_relaxed) & kFresh) != 0)
            front_ = middle_.exchange(front_, std::memory_order_acq_rel) & kIndex;
        return values_[front_];
    }

  private:
    static constexpr std::uint8_t kIndex = 3;
    static constexpr std::uint8_t kFresh = 4;

    std::array<T, 3> values_{};
    std::uint8_t back_ = 0;
    std::atomic<std::uint8_t> middle_{1};
    std::uint8_t front_ = 2;
};

}  // namespace midinet
