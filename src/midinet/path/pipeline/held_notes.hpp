// Which notes of a port are down, and where each went.
#pragma once

#include "path/pipeline/pipeline_map.hpp"

#include <array>
#include <cstdint>
#include <optional>

namespace midinet::path {

/// Remembers for every incoming note that is down where it went, so that it ends there, whatever
/// the map says by then. Several incoming notes may hold one outgoing note: it ends with the last
/// of them, and then as many note-offs are due as note-ons had gone out. Counts saturate at 255.
/// Precondition everywhere: channel 0..15, note 0..127. All of it is RT-safe.
class HeldNotes {
  public:
    /// Where `in` went, if it is down; nowhere: it was withheld.
    std::optional<Place> find(Place in) const noexcept;
    /// A note-on. One that is down elsewhere is let go of there first: gives how many note-offs
    /// that place needs.
    unsigned press(Place in, Place to) noexcept;
    /// A note-off: gives how many note-offs the place it went to needs. Precondition: it is down.
    unsigned release(Place in) noexcept;
    /// The same for all its note-ons at once.
    unsigned let_go(Place in) noexcept;
    /// Whether any incoming note holds this outgoing one, or any of this outgoing channel.
    bool holds(Place to) const noexcept { return out_[to.channel][to.number].holders > 0; }
    bool holds_any_on(unsigned channel) const noexcept { return on_channel_[channel] > 0; }
    /// Incoming notes that are down.
    unsigned size() const noexcept { return size_; }
    void clear() noexcept;

  private:
    struct In {
        std::uint8_t count = 0;
        Place to;
    };
    struct Out {
        std::uint16_t holders = 0;  ///< incoming notes
        std::uint8_t ons = 0;       ///< that went out and have no note-off yet
    };
    unsigned settle(In& note) noexcept;

    std::array<std::array<In, 128>, 16> in_{};
    std::array<std::array<Out, 128>, 16> out_{};
    std::array<std::uint16_t, 16> on_channel_{};  ///< sums of holders
    unsigned size_ = 0;
};

}  // namespace midinet::path
