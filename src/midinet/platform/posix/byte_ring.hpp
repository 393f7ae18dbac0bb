// A queue of bytes for one thread.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

namespace midinet::platform {

/// First in, first out, in memory of its owner. Starts again at the front whenever it runs empty,
/// so that a queue that stays short stays in the same few pages. Lifetime: `memory` outlives it.
/// RT-safe.
class ByteRing {
  public:
    explicit ByteRing(std::span<std::uint8_t> memory) noexcept : memory_(memory) {}

    bool empty() const noexcept { return size_ == 0; }
    std::size_t size() const noexcept { return size_; }
    std::size_t room() const noexcept { return memory_.size() - size_; }

    /// All or nothing.
    bool push(std::span<const std::uint8_t> bytes) noexcept {
        if (bytes.size() > room()) return false;
        if (bytes.empty()) return true;
        const std::size_t at = wrapped(first_ + size_);
        const std::size_t before_end = std::min(bytes.size(), memory_.size() - at);
        std::memcpy(memory_.data() + at, bytes.data(), before_end);
        if (before_end < bytes.size())
            std::memcpy(memory_.data(), bytes.data() + before_end, bytes.size() - before_end);
        size_ += bytes.size();
        return true;
    }
    /// The oldest bytes that lie in one piece; empty when there are none.
    std::span<const std::uint8_t> front() const noexcept {
        return memory_.subspan(first_, std::min(size_, memory_.size() - first_));
    }
    /// Precondition: count <= front().size().
    void pop(std::size_t count) noexcept {
        size_ -= count;
        first_ = size_ == 0 ? 0 : wrapped(first_ + count);
    }

  private:
    std::size_t wrapped(std::size_t at) const noexcept {
        return at < memory_.size() ? at : at - memory_.size();
    }

    std::span<std::uint8_t> memory_;
    std::size_t first_ = 0;
    std::size_t size_ = 0;
};

}  // namespace midinet::platform
