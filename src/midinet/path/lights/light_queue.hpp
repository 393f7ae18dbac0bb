// What a surface does not take at once: the newest value of each light, in order.
#pragma once

#include "base/lazy_array.hpp"
#include "path/types.hpp"

#include <array>

namespace midinet::path {

/// Stands before a port that may be slower than the application that paints it. While the port
/// takes everything, messages pass straight through. What it does not take waits, and a newer
/// message for the same light (note, controller, pressure or bend of one channel) takes the place
/// of the one that waits: a flood of values costs the surface the last one of each. Order between
/// different lights stays that of their first waiting value. A message that is no light (a program
/// change, a parameter's number or value, all notes off, a short SysEx) waits too, and nothing is
/// replaced across it: what comes behind may mean something else. Pieces of long SysEx do not wait
/// here: Full, so that whoever writes them holds them back. Thread: the engine's. RT-safe after
/// construction.
class LightQueue final : public PortWriter {
  public:
    static constexpr std::uint32_t kDepth = 8192;

    explicit LightQueue(PortWriter& port);

    Wrote write(PortIndex port, std::span<const std::uint8_t> bytes,
                TimePoint when) noexcept override;
    /// Goes on with what waits.
    void pump() noexcept;
    bool empty() const noexcept { return first_ == end_; }
    /// The port is gone: what waits is moot.
    void clear() noexcept;
    std::uint64_t coalesced() const noexcept { return coalesced_; }

  private:
    struct Waiting {
        midi::Message message;
        TimePoint when;
        PortIndex port;
    };
    static constexpr std::uint32_t kLightsPerChannel = 3 * 128 + 2;
    static constexpr std::uint32_t kLightsPerPort = 16 * kLightsPerChannel;
    static constexpr std::uint32_t kNoLight = ~0U;
    static std::uint32_t light_of(PortIndex port, const midi::Message& message) noexcept;
    bool replace(std::uint32_t light, const midi::Message& message) noexcept;
    Waiting& at(std::uint32_t i) noexcept { return ring_[i % kDepth]; }

    PortWriter& port_;
    UnsetArray<Waiting> ring_;
    LazyArray<std::uint32_t> place_;  ///< by light: where it waits, plus one; 0: it does not
    std::uint32_t first_ = 0;
    std::uint32_t end_ = 0;
    std::uint32_t barrier_ = 0;  ///< nothing before it is replaced
    std::uint64_t coalesced_ = 0;
};

}  // namespace midinet::path
