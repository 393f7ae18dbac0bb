// What applications play into a virtual port of the teVirtualMIDI driver.
#pragma once

#include "io/midi_source.hpp"
#include "platform/posix/spsc_ring.hpp"
#include "platform/windows/handle.hpp"

#include <array>
#include <atomic>
#include <cstdint>
#include <mutex>
#include <vector>

namespace midinet::platform {

/// Whole messages from the driver's threads to the engine's, all ports in one queue; an event wakes
/// the engine. Messages that find the queue full are dropped whole.
class TeFeedback final : public io::MidiSource {
  public:
    /// Units: bytes.
    static constexpr std::size_t kRoom = 131'072;

    /// `event`: reset by hand. `info` outlives this.
    TeFeedback(OwnedHandle event, const io::DeviceInfo& info);

    const io::DeviceInfo& info() const noexcept override { return info_; }
    std::span<const io::Handle> handles() const noexcept override { return handles_; }
    /// A message longer than `buffer` comes in pieces of it.
    io::SourceRead read(std::span<std::uint8_t> buffer, TimePoint now) noexcept override;
    /// Whether the driver went away. Thread: any. RT-safe.
    bool lost() const noexcept { return lost_.load(std::memory_order_acquire); }

    /// Thread: any of the driver's; they wait for each other.
    void push(PortIndex port, std::span<const std::uint8_t> message) noexcept;
    /// The driver went away. Thread: any.
    void lose() noexcept;

  private:
    bool take_head() noexcept;

    OwnedHandle event_;
    const io::DeviceInfo& info_;
    std::array<io::Handle, 1> handles_;
    std::vector<std::uint8_t> memory_;
    SpscRing ring_;
    std::mutex writers_;  ///< each port may have a thread of its own; the engine never takes it
    std::atomic<bool> lost_{false};
    // Of the message at hand. The engine's.
    PortIndex port_;
    std::uint32_t rest_ = 0;
};

}  // namespace midinet::platform
