// How each controller of a port may be restored. What a number means is the user's knowledge, not
// the protocol's.
#pragma once

#include "base/result.hpp"

#include <array>
#include <cstdint>
#include <string_view>

namespace midinet::midi {

enum class ControlClass : std::uint8_t {
    Absolute,   ///< its last value is its state (the default)
    Relative,   ///< an encoder that sends turns: never restored, since 65 again is another turn
    Momentary,  ///< a button: only ever restored to 0, and only where it was told to be down
};

/// The classes of one port's controllers, and whether 32-63 are the low halves of 0-31. Value type.
class ControlProfile {
  public:
    static constexpr unsigned kChannels = 16;
    static constexpr unsigned kControllers = 120;

    /// Gives every control that `rule` names this class; a later rule wins over an earlier one. A
    /// rule is "channels:controllers", each "*" or a list of numbers and ranges, as in "1:16-23",
    /// "*:47", "1,3-4:0-119". Range: channels 1..16 (as people count), controllers 0..119. Spaces
    /// are allowed. The class of 6, 38 and 98-101 decides about parameters (RPN, NRPN): they are
    /// restored on channels where all six are Absolute. Errors: says what is wrong with which part;
    /// nothing is changed then. Thread: control; allocates only for the error.
    Result<void> add(ControlClass control_class, std::string_view rule);

    /// False: 32-63 are controllers of their own (many surfaces use them so). True by default. Bank
    /// (0, 32) always is a pair.
    void set_lsb_pairs(bool paired) noexcept { lsb_pairs_ = paired; }
    bool lsb_pairs() const noexcept { return lsb_pairs_; }

    /// Absolute when out of range. RT-safe.
    ControlClass of(unsigned channel, unsigned controller) const noexcept {
        return channel < kChannels && controller < kControllers ? classes_[channel][controller]
                                                                : ControlClass::Absolute;
    }
    friend bool operator==(const ControlProfile&, const ControlProfile&) = default;

  private:
    std::array<std::array<ControlClass, kControllers>, kChannels> classes_{};
    bool lsb_pairs_ = true;
};

}  // namespace midinet::midi
