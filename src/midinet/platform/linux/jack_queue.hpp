// Messages on their way from the engine's thread to one port of JACK.
#pragma once

#include "base/time.hpp"
#include "io/virtual_port.hpp"
#include "platform/posix/spsc_ring.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace midinet::platform {

/// One cycle of JACK's. Units: frames, counted as by jack_frame_time, so they wrap around.
struct JackCycle {
    std::uint32_t start = 0;
    std::uint32_t frames = 0;
};

/// Where in the cycle an event of `frame` belongs, when all events come one cycle later than they
/// happened, so that they keep their distances; nothing when it belongs into the next cycle. What
/// is older comes at once. RT-safe.
std::optional<std::uint32_t> place_in(const JackCycle& cycle, std::uint32_t frame) noexcept;

/// An event of JACK's is a whole message, so a long SysEx that comes in pieces waits here for its
/// end. One thread writes, one reads; neither waits or allocates.
class JackQueue {
  public:
    /// SysEx that is longer is refused. Units: bytes.
    static constexpr std::size_t kLongest = 32'768;
    /// What fits into the queue.
    static constexpr std::size_t kRoom = 131'072;

    struct Head {
        TimePoint when{};  ///< the moment it belongs to
        std::size_t size = 0;
    };

    /// `longest`: what JACK takes. Range: at most kLongest is used.
    explicit JackQueue(std::size_t longest);

    /// As io::VirtualPort::write. Thread: the engine's. RT-safe.
    io::WriteResult write(std::span<const std::uint8_t> bytes, TimePoint when) noexcept;

    /// The oldest message, or nothing. Thread: the reader. RT-safe.
    const Head* front() noexcept;
    /// Gives its bytes. Precondition: front() gave something, and `out` has its size.
    void pop(std::span<std::uint8_t> out) noexcept;
    /// Whether all was taken out. Thread: any. RT-safe.
    bool empty() const noexcept { return ring_.empty(); }

  private:
    io::WriteResult push(std::span<const std::uint8_t> message, TimePoint when) noexcept;

    // The engine's.
    std::vector<std::uint8_t> sysex_;  ///< as long as the longest
    std::size_t gathered_ = 0;
    bool gathering_ = false;
    // Both threads'.
    std::vector<std::uint8_t> memory_;
    SpscRing ring_;
    // The reader's.
    Head head_;
    bool has_head_ = false;
};

}  // namespace midinet::platform
