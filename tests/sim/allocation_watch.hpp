// Whether a program's own code allocates where it must not.
#pragma once

#include <cstdint>

namespace midinet::simtest {

/// While it lives, every operator new on this thread counts when `in_program` says that the
/// program's own code runs.
class AllocationWatch {
  public:
    explicit AllocationWatch(const bool& in_program) noexcept;
    ~AllocationWatch();
    AllocationWatch(const AllocationWatch&) = delete;
    AllocationWatch& operator=(const AllocationWatch&) = delete;
    /// Allocations on this thread that were counted.
    static std::uint64_t counted() noexcept;
};

}  // namespace midinet::simtest
