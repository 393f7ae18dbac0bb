// What JACK's applications play into a port.
#pragma once

#include "io/midi_source.hpp"
#include "platform/posix/file_descriptor.hpp"
#include "platform/posix/spsc_ring.hpp"

#include <array>
#include <atomic>
#include <cstdint>
#include <vector>

namespace midinet::platform {

/// Whole messages from JACK's thread to the engine's, all ports in one queue. An event descriptor
/// wakes the engine: writing to it neither blocks nor allocates, and JACK's own library makes a
/// system call of that kind for every client that is next in a cycle. Messages that find the queue
/// full are dropped whole.
class JackFeedback final : public io::MidiSource {
  public:
    /// Units: bytes. Four of JACK's own buffers.
    static constexpr std::size_t kRoom = 131'072;

    /// `event`: an eventfd, not blocking. `info` outlives this.
    JackFeedback(FileDescriptor event, const io::DeviceInfo& info);

    const io::DeviceInfo& info() const noexcept override { return info_; }
    std::span<const io::Handle> handles() const noexcept override { return handles_; }
    /// A message longer than `buffer` comes in pieces of it.
    io::SourceRead read(std::span<std::uint8_t> buffer, TimePoint now) noexcept override;
    /// Whether the server went away. Thread: any. RT-safe.
    bool lost() const noexcept { return lost_.load(std::memory_order_acquire); }

    /// Thread: JACK's. RT-safe.
    void push(PortIndex port, std::span<const std::uint8_t> message) noexcept;
    /// What was pushed is there to be read. Thread: JACK's. RT-safe.
    void wake() noexcept;
    /// The server went away. Thread: JACK's. RT-safe.
    void lose() noexcept;

  private:
    bool take_head() noexcept;
    void drain_event() noexcept;

    FileDescriptor event_;
    const io::DeviceInfo& info_;
    std::array<io::Handle, 1> handles_;
    std::vector<std::uint8_t> memory_;
    SpscRing ring_;
    std::atomic<bool> lost_{false};
    // Of the message at hand. The engine's.
    PortIndex port_;
    std::uint32_t rest_ = 0;
};

}  // namespace midinet::platform
