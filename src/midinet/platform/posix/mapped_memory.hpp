// Memory that costs nothing until it is touched.
#pragma once

#include "base/result.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

namespace midinet::platform {

/// An anonymous mapping, zeroed. Pages never touched take no memory. Move-only.
class MappedMemory {
  public:
    static Result<MappedMemory> create(std::size_t size);
    MappedMemory(MappedMemory&& other) noexcept : bytes_(std::exchange(other.bytes_, {})) {}
    MappedMemory& operator=(MappedMemory&& other) noexcept {
        std::swap(bytes_, other.bytes_);
        return *this;
    }
    ~MappedMemory();

    std::span<std::uint8_t> bytes() const noexcept { return bytes_; }

  private:
    explicit MappedMemory(std::span<std::uint8_t> bytes) noexcept : bytes_(bytes) {}
    std::span<std::uint8_t> bytes_;
};

}  // namespace midinet::platform
