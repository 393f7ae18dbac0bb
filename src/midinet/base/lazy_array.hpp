// Large arrays whose memory costs nothing until it is used.
#pragma once

#include "base/verify.hpp"

#include <cstddef>
#include <cstdlib>
#include <memory>
#include <type_traits>

namespace midinet {

namespace detail {

/// `size` items in memory that is never constructed nor destroyed.
template <typename T>
class HeapItems {
    static_assert(std::is_trivially_destructible_v<T>, "items are never destroyed one by one");
    static_assert(std::is_trivially_copyable_v<T>, "items begin life as bytes");

  public:
    std::size_t size() const noexcept { return size_; }
    T& operator[](std::size_t i) noexcept { return items_.get()[i]; }
    const T& operator[](std::size_t i) const noexcept { return items_.get()[i]; }

  protected:
    HeapItems(void* memory, std::size_t size) : items_(static_cast<T*>(memory)), size_(size) {
        if (!items_) std::abort();  // out of memory at start: there is nothing to go on with
    }

  private:
    struct Free {
        void operator()(T* p) const noexcept { std::free(p); }
    };
    std::unique_ptr<T, Free> items_;
    std::size_t size_;
};

}  // namespace detail

/// `size` zeroed items. Their pages are the kernel's zero page until first written, so a generous
/// bound costs no memory until it is reached. `T` must be fit to begin life as zero bytes. Making
/// one allocates; using one is RT-safe.
template <typename T>
class LazyArray : public detail::HeapItems<T> {
  public:
    explicit LazyArray(std::size_t size)
        : detail::HeapItems<T>(std::calloc(size, sizeof(T)), size) {}
};

/// As LazyArray, but an item is whatever its memory held: one must be written whole before it is
/// read. For rings that know what they hold, and for payload beside its description; zeroing
/// megabytes that nobody reads was half the time of a simulated show.
template <typename T>
class UnsetArray : public detail::HeapItems<T> {
  public:
    explicit UnsetArray(std::size_t size)
        : detail::HeapItems<T>(std::malloc(size * sizeof(T)), size) {}
};

}  // namespace midinet
