// A vector with its storage inside. For hot paths and decoded datagrams.
#pragma once

#include <array>
#include <cstddef>
#include <span>

namespace midinet {

/// Holds at most `N` values; `push_back` past that is refused. RT-safe.
template <typename T, std::size_t N>
class FixedVector {
  public:
    constexpr bool push_back(const T& value) noexcept {
        if (size_ == N) return false;
        items_[size_++] = value;
        return true;
    }
    constexpr void pop_back() noexcept { --size_; }
    constexpr void clear() noexcept { size_ = 0; }
    constexpr std::size_t size() const noexcept { return size_; }
    constexpr bool empty() const noexcept { return size_ == 0; }
    constexpr bool full() const noexcept { return size_ == N; }
    static constexpr std::size_t capacity() noexcept { return N; }

    constexpr T& operator[](std::size_t i) noexcept { return items_[i]; }
    constexpr const T& operator[](std::size_t i) const noexcept { return items_[i]; }
    constexpr T& back() noexcept { return items_[size_ - 1]; }
    constexpr T* begin() noexcept { return items_.data(); }
    constexpr T* end() noexcept { return items_.data() + size_; }
    constexpr const T* begin() const noexcept { return items_.data(); }
    constexpr const T* end() const noexcept { return items_.data() + size_; }
    constexpr std::span<const T> view() const noexcept { return {items_.data(), size_}; }
    /// Removes the item at `i` by moving the last into its place: order is not kept.
    constexpr void swap_remove(std::size_t i) noexcept { items_[i] = items_[--size_]; }

    friend constexpr bool operator==(const FixedVector& a, const FixedVector& b) noexcept {
        if (a.size_ != b.size_) return false;
        for (std::size_t i = 0; i < a.size_; ++i)
            if (!(a.items_[i] == b.items_[i])) return false;
        return true;
    }

  private:
    std::array<T, N> items_{};
    std::size_t size_ = 0;
};

}  // namespace midinet
