// What somebody plays on a host's device from elsewhere, and what of it is still pressed.
#pragma once

#include "base/time.hpp"
#include "base/types.hpp"
#include "control/plane/played_midi.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>

namespace midinet::control {

/// A page that is closed, or a network that breaks, must not leave a note that sounds for ever:
/// what a player pressed and did not let go is let go when nothing more came from him for
/// kPatience, whatever others play. Pure: time is passed in. Thread: control.
class PlayDesk {
  public:
    static constexpr Duration kPatience = 5s;
    /// Held at once; what is pressed beyond is refused.
    static constexpr std::size_t kMost = 256;

    struct Release {
        PortIndex port{};
        plane::PlayedMidi midi{};
    };

    /// False, and nothing is remembered: too many are held. Nothing in `midi`: what this player
    /// holds stays. `player`: whatever tells him from others.
    bool take(std::string_view player, PortIndex port, const plane::PlayedMidi& midi,
              TimePoint now);
    /// The next ones to let go, of one port; nothing when nothing is due. Call it until then.
    std::optional<Release> release(TimePoint now);
    /// When release() wants to be called.
    TimePoint next_due() const noexcept;

  private:
    using Key = std::tuple<std::uint8_t, std::uint8_t, std::uint8_t>;  ///< port, channel, note
    struct Player {
        std::set<Key> held;
        TimePoint until{};
    };
    std::size_t held_by_others(std::string_view player) const;

    std::map<std::string, Player, std::less<>> players_;  ///< those that hold something
};

}  // namespace midinet::control
