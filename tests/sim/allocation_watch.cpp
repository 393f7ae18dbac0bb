#include "allocation_watch.hpp"

#include <cstdlib>
#include <new>

namespace midinet::simtest {
namespace {

thread_local const bool* watched = nullptr;
thread_local std::uint64_t allocations = 0;

}  // namespace

AllocationWatch::AllocationWatch(const bool& in_program) noexcept { watched = &in_program; }
AllocationWatch::~AllocationWatch() { watched = nullptr; }
std::uint64_t AllocationWatch::counted() noexcept { return allocations; }

}  // namespace midinet::simtest

void* operator new(std::size_t size) {
    using namespace midinet::simtest;
    if (watched != nullptr && *watched) ++allocations;
    if (void* memory = std::malloc(size)) return memory;
    throw std::bad_alloc();
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
    using namespace midinet::simtest;
    if (watched != nullptr && *watched) ++allocations;
    return std::malloc(size);
}
void operator delete(void* memory, const std::nothrow_t&) noexcept { std::free(memory); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
