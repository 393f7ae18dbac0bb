// What applications play into virtual destinations.
#pragma once

#include "io/midi_source.hpp"
#include "platform/posix/file_descriptor.hpp"
#include "platform/posix/spsc_ring.hpp"

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

namespace midinet::platform {

/// Packets from CoreMIDI's thread to the engine's: a queue for each port, and a pipe that wakes the
/// engine. Packets that find a queue full are dropped whole, and with a packet of a SysEx the rest
/// of that SysEx: its beginning then ends at the next status byte, and is no message.
class CoreMidiFeedback final : public io::MidiSource {
  public:
    /// Units: bytes, of each port.
    static constexpr std::size_t kRoom = 65'536;

    /// `info` outlives this; it has as many ports as there are destinations. Errors: no pipe.
    static Result<std::unique_ptr<CoreMidiFeedback>> create(const io::DeviceInfo& info);

    const io::DeviceInfo& info() const noexcept override { return info_; }
    std::span<const io::Handle> handles() const noexcept override { return handles_; }
    /// A packet longer than `buffer` comes in pieces of it.
    io::SourceRead read(std::span<std::uint8_t> buffer, TimePoint now) noexcept override;

    /// Precondition: there is such a port. Thread: CoreMIDI's. RT-safe.
    void push(PortIndex port, std::span<const std::uint8_t> packet) noexcept;
    /// What was pushed is there to be read. Thread: CoreMIDI's. RT-safe: at most one system call,
    /// which does not block.
    void wake() noexcept;

  private:
    struct Lane {
        std::vector<std::uint8_t> memory = std::vector<std::uint8_t>(kRoom);
        SpscRing ring{memory};
        bool is_cut = false;  ///< a packet of a SysEx was dropped; CoreMIDI's thread's
    };
    CoreMidiFeedback(const io::DeviceInfo& info, FileDescriptor reader, FileDescriptor writer);
    bool take_size() noexcept;
    bool take_any() noexcept;
    void drain_pipe() noexcept;

    const io::DeviceInfo& info_;
    FileDescriptor reader_;
    FileDescriptor writer_;
    std::array<io::Handle, 1> handles_;
    std::vector<std::unique_ptr<Lane>> lanes_;  ///< by port index
    std::atomic<bool> rung_{false};             ///< the pipe has a byte, or is about to
    // Of the packet at hand. The engine's.
    std::size_t lane_ = 0;
    std::uint32_t rest_ = 0;
};

}  // namespace midinet::platform
