// A MIDI output of a sound card, played directly.
#pragma once

#include "io/virtual_port.hpp"
#include "platform/linux/alsa_raw.hpp"
#include "platform/posix/byte_ring.hpp"
#include "platform/posix/mapped_memory.hpp"
#include "platform/posix/overtaking.hpp"

namespace midinet::platform {

/// `hw:…` as a port: one output. The kernel paces it to the device; what it cannot take waits in a
/// queue.
class AlsaRawPort final : public io::VirtualPort {
  public:
    AlsaRawPort(const AlsaChoice& choice, RawMidi stream, MappedMemory memory)
        : info_(describe(choice)),
          stream_(std::move(stream)),
          memory_(std::move(memory)),
          queue_(memory_.bytes()) {}

    const io::DeviceInfo& info() const noexcept override { return info_; }
    io::WriteResult write(PortIndex port, std::span<const std::uint8_t> bytes,
                          TimePoint when) noexcept override;
    io::Handle handle() const noexcept override { return descriptor_of(stream_.get()); }
    bool wants_write() const noexcept override { return !queue_.empty(); }
    io::WriteResult flush() noexcept override;

  private:
    std::size_t send(std::span<const std::uint8_t> bytes) noexcept;

    io::DeviceInfo info_;
    RawMidi stream_;
    MappedMemory memory_;
    ByteRing queue_;
    Overtaking overtaking_;
    bool lost_ = false;
};

class AlsaRawPortOpener final : public io::VirtualPortOpener {
  public:
    explicit AlsaRawPortOpener(AlsaWish wish) : wish_(std::move(wish)) {}
    Result<std::unique_ptr<io::VirtualPort>> open(const io::DeviceInfo& device) override;

  private:
    AlsaWish wish_;
    std::optional<AlsaCard> before_;
};

}  // namespace midinet::platform
