// Large arrays whose memory costs nothing until it is used.
#pragma once

#include "base/verify.hpp"

#include <cstddef>
#include <cstdlib>
#include <memory>
#include <type_traits>

namespace midinet {

/// `size` zeroed items. Their pages are the kernel's zero page until first written, so a generous
/// bound costs no memory until it is reached. `T` must be fit to begin life as zero bytes. Making
/// one allocates; using one is RT-safe.
template <typename T>
class LazyArray {
    static_assert(std::is_trivially_destructible_v<T>, "items are never destroyed one by one");

  public:
    explicit LazyArray(std::size_t size)
        : items_(static_cast<T*>(std::calloc(size, sizeof(T)))), size_(size) {
        if (!items_) std::abort();  // out of memory at start: there is nothing to go on with
    }
    std::size_t size() const noexcept { return size_; }
    T& operator[](std::size_t i) noexcept { return items_.get()[i]; }
    const T& operator[](std::size_t i) const noexcept { return items_.get()[i]; }

  private:
    struct Free {
        void operator()(T* p) const noexcept { std::free(p); }
    };
    std::unique_ptr<T, Free> items_;
    std::size_t size_;
};

}  // namespace midinet
