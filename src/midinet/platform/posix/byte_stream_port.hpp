// MIDI bytes into a FIFO, a serial line or a pseudo-terminal.
#pragma once

#include "io/virtual_port.hpp"
#include "platform/posix/byte_ring.hpp"
#include "platform/posix/byte_stream.hpp"
#include "platform/posix/mapped_memory.hpp"
#include "platform/posix/overtaking.hpp"

#include <array>
#include <optional>

namespace midinet::platform {

/// Writes at once while its reader keeps up, else queues: 4 MiB, which is minutes of a busy surface
/// and more than twenty minutes of a DIN line. Has one port and ignores the index, as a byte stream
/// cannot tell ports apart.
class ByteStreamPort final : public io::VirtualPort {
  public:
    static constexpr std::size_t kQueueBytes = std::size_t{4} * 1024 * 1024;
    static constexpr std::size_t kRealtimeQueueBytes = 256;

    static Result<std::unique_ptr<io::VirtualPort>> create(ByteStream stream);
    /// Sends on what it can without waiting; the rest is gone.
    ~ByteStreamPort() override;

    const io::DeviceInfo& info() const noexcept override { return stream_.info; }
    io::WriteResult write(PortIndex port, std::span<const std::uint8_t> bytes,
                          TimePoint when) noexcept override;
    std::span<const io::Handle> handles() const noexcept override { return {&handle_, 1}; }
    using io::VirtualPort::wants_write;
    bool wants_write(std::size_t /*output*/) const noexcept override {
        return !realtime_.empty() || !queue_.empty();
    }
    io::WriteResult flush() noexcept override;

  private:
    ByteStreamPort(ByteStream stream, MappedMemory memory) noexcept
        : stream_(std::move(stream)),
          handle_(stream_.fd.get()),
          memory_(std::move(memory)),
          queue_(memory_.bytes()) {}
    std::size_t send(std::span<const std::uint8_t> bytes) noexcept;
    bool drain(ByteRing& ring) noexcept;

    ByteStream stream_;
    io::Handle handle_;
    MappedMemory memory_;
    std::array<std::uint8_t, kRealtimeQueueBytes> realtime_memory_{};
    ByteRing queue_;
    ByteRing realtime_{realtime_memory_};  ///< ticks, which go before `queue_`
    Overtaking overtaking_;
    bool lost_ = false;
};

/// `stream:PATH` as a port.
class ByteStreamPortOpener final : public io::VirtualPortOpener {
  public:
    ByteStreamPortOpener(std::string path, std::uint32_t baud)
        : path_(std::move(path)), baud_(baud) {}
    Result<std::unique_ptr<io::VirtualPort>> open(const io::DeviceInfo& device) override;
    bool replaced() const noexcept override { return place_ && !leads_to(path_, *place_); }

  private:
    std::optional<FilePlace> place_;
    std::string path_;
    std::uint32_t baud_;
};

}  // namespace midinet::platform
