// Which MIDI hardware there is, and which of it a configuration means.
#pragma once

#include "base/result.hpp"
#include "io/midi_source.hpp"

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace midinet::platform {

enum class MidiDirection : std::uint8_t { Input, Output };

/// One raw MIDI stream of a card.
struct AlsaPort {
    unsigned device = 0;
    unsigned subdevice = 0;
    std::string name{};  ///< as the driver calls it, e.g. "Akai APC40 MIDI 1"
    bool input = false;
    bool output = false;
};

/// One sound card.
struct AlsaCard {
    int number = -1;
    std::string id{};  ///< e.g. "APC40"; stays when numbers change, unless there are two of a kind
    std::string name{};  ///< e.g. "Akai APC40"
    bool usb = false;
    std::string usb_path{};  ///< where it is plugged in, e.g. "1-1.4:1.0"
    std::string manufacturer{};
    std::string product{};
    std::string serial{};
    std::uint16_t usb_vendor = 0;
    std::uint16_t usb_product = 0;
    std::vector<AlsaPort> ports;  ///< by device and subdevice
};

/// "hw:CARD", "hw:CARD,DEVICE" or "hw:CARD,DEVICE,SUBDEVICE". CARD is a number or an id; what is
/// left out means all of it.
struct HwAddress {
    std::string card;
    std::optional<unsigned> device;
    std::optional<unsigned> subdevice;
    friend bool operator==(const HwAddress&, const HwAddress&) = default;
};

/// Errors (exit code 2): anything else, with an example.
Result<HwAddress> parse_hw_address(const std::string& text);

/// Which device a configuration means.
struct AlsaWish {
    std::optional<HwAddress> address;  ///< absent: auto
    std::string
        name_part;  ///< auto: only cards whose name contains this, in any letter case; empty = any
    MidiDirection direction = MidiDirection::Input;
};

/// A card, with those of its ports that are meant (at most kMaxPorts).
struct AlsaChoice {
    AlsaCard card;
    std::vector<AlsaPort> ports;
};

/// How strong a claim to a card is.
struct AlsaClaim {
    int sameness = 0;  ///< 3: the device that was had, by its serial; 2: by its place; 1: its kind
    int named = 0;     ///< 2: by its address; 1: by its name
    friend auto operator<=>(const AlsaClaim&, const AlsaClaim&) = default;
};
/// Nothing where the card is not meant, or has no such ports. `before`: as for choose_device.
std::optional<AlsaClaim> claim_of(const AlsaCard& card, const AlsaWish& wish,
                                  const std::optional<AlsaCard>& before);

/// The first card that fits the wish. "Auto" takes USB controllers only: HDMI, built-in and virtual
/// ports are never meant by it. Once a USB device has been in use (`before`), only the same device
/// is taken, whatever its card number has become: equal serial, else equal place, else equal kind.
/// Errors: what was looked for, and the cards there are.
Result<AlsaChoice> choose_device(const std::vector<AlsaCard>& cards, const AlsaWish& wish,
                                 const std::optional<AlsaCard>& before);

/// How a choice presents itself to the network.
io::DeviceInfo describe(const AlsaChoice& choice);

/// The cards of this machine that have raw MIDI.
std::vector<AlsaCard> list_alsa_cards();

}  // namespace midinet::platform
