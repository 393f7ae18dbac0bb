// A queue of bytes between two threads.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

namespace midinet::platform {

/// One thread writes, one reads, neither waits. Lifetime: `memory` outlives it. RT-safe.
class SpscRing {
  public:
    explicit SpscRing(std::span<std::uint8_t> memory) noexcept : memory_(memory) {}

    /// Both parts or nothing. Thread: the writer.
    bool write(std::span<const std::uint8_t> first, std::span<const std::uint8_t> second) noexcept {
        const std::uint64_t at = written_.load(std::memory_order_relaxed);
        const std::uint64_t used = at - read_.load(std::memory_order_acquire);
        if (first.size() + second.size() > memory_.size() - used) return false;
        put(at, first);
        put(at + first.size(), second);
        written_.store(at + first.size() + second.size(), std::memory_order_release);
        return true;
    }
    /// Fills `out` whole or does nothing. Thread: the reader.
    bool read(std::span<std::uint8_t> out) noexcept {
        const std::uint64_t at = read_.load(std::memory_order_relaxed);
        if (written_.load(std::memory_order_acquire) - at < out.size()) return false;
        const auto from = static_cast<std::size_t>(at % memory_.size());
        const std::size_t before_end = std::min(out.size(), memory_.size() - from);
        std::memcpy(out.data(), memory_.data() + from, before_end);
        if (before_end < out.size())
            std::memcpy(out.data() + before_end, memory_.data(), out.size() - before_end);
        read_.store(at + out.size(), std::memory_order_release);
        return true;
    }
    /// Whether all that was written was read. Thread: any.
    bool empty() const noexcept {
        return read_.load(std::memory_order_acquire) == written_.load(std::memory_order_acquire);
    }

  private:
    void put(std::uint64_t at, std::span<const std::uint8_t> bytes) noexcept {
        if (bytes.empty()) return;
        const auto to = static_cast<std::size_t>(at % memory_.size());
        const std::size_t before_end = std::min(bytes.size(), memory_.size() - to);
        std::memcpy(memory_.data() + to, bytes.data(), before_end);
        if (before_end < bytes.size())
            std::memcpy(memory_.data(), bytes.data() + before_end, bytes.size() - before_end);
    }

    std::span<std::uint8_t> memory_;
    std::atomic<std::uint64_t> written_{0};  ///< bytes ever written
    std::atomic<std::uint64_t> read_{0};     ///< bytes ever read
};

}  // namespace midinet::platform
