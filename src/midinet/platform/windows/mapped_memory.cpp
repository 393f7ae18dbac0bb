#include "platform/posix/mapped_memory.hpp"

#include "platform/windows/handle.hpp"

namespace midinet::platform {

Result<MappedMemory> MappedMemory::create(std::size_t size) {
    void* const at = ::VirtualAlloc(nullptr, size, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
    if (at == nullptr)
        return fail_windows("reserving " + std::to_string(size) + " bytes", ::GetLastError());
    return MappedMemory({static_cast<std::uint8_t*>(at), size});
}

MappedMemory::~MappedMemory() {
    if (!bytes_.empty()) ::VirtualFree(bytes_.data(), 0, MEM_RELEASE);
}

}  // namespace midinet::platform
