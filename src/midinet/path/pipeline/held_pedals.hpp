// Which pedals of a port are down, and where each went.
#pragma once

#include "path/pipeline/pipeline_map.hpp"

#include <array>
#include <cstdint>
#include <optional>

namespace midinet::path {

/// Hold 1, sostenuto, soft, hold 2: what stays as it is until it is released.
constexpr bool is_pedal(unsigned controller) noexcept {
    return controller == 64 || controller == 66 || controller == 67 || controller == 69;
}
/// From this value on a pedal is down (MIDI 1.0, table III).
inline constexpr std::uint8_t kPedalDown = 64;

/// Remembers which incoming controller put which outgoing pedal down. Several may hold one: it is
/// up when the last of them is. All of it is RT-safe.
class HeldPedals {
  public:
    HeldPedals() noexcept { clear_all(); }
    /// The pedal that `in` holds down.
    std::optional<Place> find(Place in) const noexcept;
    /// Precondition: `in` holds no other pedal; `to` is one.
    void press(Place in, Place to) noexcept;
    /// True when nobody holds it any more: it is to be released. False also when it was not held.
    bool let_go(Place in) noexcept;
    bool holds(Place to) const noexcept { return holders_[index_of(to)] > 0; }
    /// Incoming controllers that hold one.
    unsigned size() const noexcept { return size_; }
    void clear() noexcept {
        if (size_ > 0) clear_all();
    }

  private:
    static constexpr std::uint8_t kNone = 0xFF;
    static constexpr std::array<std::uint8_t, 4> kPedals{64, 66, 67, 69};
    static unsigned index_of(Place to) noexcept;
    void clear_all() noexcept;

    std::array<std::array<std::uint8_t, 128>, 16> in_{};  ///< index of the pedal, or kNone
    std::array<std::uint16_t, 16 * kPedals.size()> holders_{};
    unsigned size_ = 0;
};

}  // namespace midinet::path
