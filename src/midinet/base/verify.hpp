// Our own bugs: abort where developers look, count and refuse where an audience listens.
#pragma once

#include <atomic>
#include <cstdint>
#include <cstdlib>

namespace midinet {

/// How many MIDINET_VERIFYs failed in this process. A release build goes on; summary and status
/// lines show the number.
inline std::atomic<std::uint64_t> g_verify_failures{0};

/// Thread: any. RT-safe.
inline std::uint64_t internal_faults() noexcept {
    return g_verify_failures.load(std::memory_order_relaxed);
}

inline bool verify_failed() noexcept {
#ifndef NDEBUG
    std::abort();
#else
    g_verify_failures.fetch_add(1, std::memory_order_relaxed);
    return false;
#endif
}

}  // namespace midinet

/// True when `condition` holds. Otherwise aborts in debug builds; in release counts and gives
/// false, and the caller refuses the one thing at hand. RT-safe.
#define MIDINET_VERIFY(condition) ((condition) ? true : ::midinet::verify_failed())
