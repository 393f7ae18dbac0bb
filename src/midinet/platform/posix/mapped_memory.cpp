#include "platform/posix/mapped_memory.hpp"

#include "platform/posix/file_descriptor.hpp"

#include <sys/mman.h>

namespace midinet::platform {

Result<MappedMemory> MappedMemory::create(std::size_t size) {
    void* const at = ::mmap(nullptr, size, PROT_READ | PROT_WRITE,
                            MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (at == MAP_FAILED) return fail_errno("mapping " + std::to_string(size) + " bytes");
    return MappedMemory({static_cast<std::uint8_t*>(at), size});
}

MappedMemory::~MappedMemory() {
    if (!bytes_.empty()) ::munmap(bytes_.data(), bytes_.size());
}

}  // namespace midinet::platform
