#include "platform/linux/alsa_devices.hpp"

#include "base/types.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>

namespace midinet::platform {
namespace {

std::optional<unsigned> parse_index(const std::string& text) {
    unsigned value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || value > 255)
        return std::nullopt;
    return value;
}

std::vector<std::string> split(const std::string& text, char mark) {
    std::vector<std::string> parts(1);
    for (const char c : text) {
        if (c == mark)
            parts.emplace_back();
        else
            parts.back() += c;
    }
    return parts;
}

std::string lower(std::string text) {
    for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return text;
}

bool has_direction(const AlsaPort& port, MidiDirection direction) noexcept {
    return direction == MidiDirection::Input ? port.input : port.output;
}

bool is_named(const AlsaCard& card, const HwAddress& address) {
    return card.id == address.card || std::to_string(card.number) == address.card;
}

bool fits(const AlsaCard& card, const AlsaWish& wish) {
    if (wish.address) return is_named(card, *wish.address);
    return card.usb && lower(card.name).find(lower(wish.name_part)) != std::string::npos;
}

std::vector<AlsaPort> ports_meant(const AlsaCard& card, const AlsaWish& wish) {
    std::vector<AlsaPort> meant;
    for (const AlsaPort& port : card.ports) {
        const auto& at = wish.address;
        const bool named = !at || ((!at->device || *at->device == port.device) &&
                                   (!at->subdevice || *at->subdevice == port.subdevice));
        if (named && has_direction(port, wish.direction) && meant.size() < kMaxPorts)
            meant.push_back(port);
    }
    return meant;
}

/// How surely `card` is the device that was in use: 0 = it is another one.
int sameness(const AlsaCard& card, const AlsaCard& before) {
    if (card.usb_vendor != before.usb_vendor || card.usb_product != before.usb_product ||
        card.usb != before.usb)
        return 0;
    if (!before.serial.empty() && card.serial == before.serial) return 3;
    return card.usb_path == before.usb_path ? 2 : 1;
}

std::string wish_text(const AlsaWish& wish) {
    const std::string way = wish.direction == MidiDirection::Input ? "input" : "output";
    if (wish.address) return "raw MIDI " + way + " on card \"" + wish.address->card + "\"";
    if (wish.name_part.empty()) return "USB controller with a MIDI " + way;
    return "USB controller named like \"" + wish.name_part + "\" with a MIDI " + way;
}

std::string cards_text(const std::vector<AlsaCard>& cards) {
    std::string text;
    for (const AlsaCard& card : cards)
        text += (text.empty() ? "hw:" : ", hw:") + std::to_string(card.number) + " \"" + card.name +
                "\"" + (card.usb ? "" : " (not USB)");
    return text.empty() ? "none" : text;
}

}  // namespace

Result<HwAddress> parse_hw_address(const std::string& text) {
    const auto wrong = [&] {
        return fail("\"" + text +
                        "\" is no raw MIDI address: write hw:CARD,DEVICE,SUBDEVICE, such as "
                        "\"hw:1,0,0\"; `amidi -l` lists them",
                    2);
    };
    if (!text.starts_with("hw:")) return wrong();
    const auto parts = split(text.substr(3), ',');
    if (parts.size() > 3 || parts[0].empty()) return wrong();
    HwAddress address{.card = parts[0], .device = std::nullopt, .subdevice = std::nullopt};
    if (parts.size() > 1 && !(address.device = parse_index(parts[1]))) return wrong();
    if (parts.size() > 2 && !(address.subdevice = parse_index(parts[2]))) return wrong();
    return address;
}

std::optional<AlsaClaim> claim_of(const AlsaCard& card, const AlsaWish& wish,
                                  const std::optional<AlsaCard>& before) {
    if (ports_meant(card, wish).empty()) return std::nullopt;
    // A USB device is known by what it is: its number may have gone to another one meanwhile.
    if (before && before->usb) {
        const int same = sameness(card, *before);
        return same > 0 ? std::optional(AlsaClaim{.sameness = same}) : std::nullopt;
    }
    if (!fits(card, wish)) return std::nullopt;
    return AlsaClaim{.sameness = 0, .named = wish.address ? 2 : wish.name_part.empty() ? 0 : 1};
}

Result<AlsaChoice> choose_device(const std::vector<AlsaCard>& cards, const AlsaWish& wish,
                                 const std::optional<AlsaCard>& before) {
    const bool known = before && before->usb;
    std::optional<AlsaClaim> best;
    const AlsaCard* chosen = nullptr;
    for (const AlsaCard& card : cards) {
        const auto claim = claim_of(card, wish, before);
        if (!claim || (best && *claim <= *best)) continue;
        best = claim;
        chosen = &card;
    }
    if (chosen != nullptr) return AlsaChoice{*chosen, ports_meant(*chosen, wish)};
    return fail("there is no " +
                (known ? "\"" + before->name + "\" (it was unplugged)" : wish_text(wish)) +
                "; cards with MIDI: " + cards_text(cards));
}

io::DeviceInfo describe(const AlsaChoice& choice) {
    io::DeviceInfo info{.name = choice.card.name,
                        .manufacturer = choice.card.manufacturer,
                        .product = choice.card.product,
                        .serial = choice.card.serial,
                        .usb_vendor = choice.card.usb_vendor,
                        .usb_product = choice.card.usb_product,
                        .ports = {}};
    for (const AlsaPort& port : choice.ports)
        info.ports.push_back(port.name.empty() ? choice.card.name : port.name);
    return info;
}

}  // namespace midinet::platform
