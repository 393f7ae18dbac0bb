// Asks the kernel which cards there are.
#include "platform/linux/alsa_devices.hpp"

#include <alsa/asoundlib.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <memory>

namespace midinet::platform {
namespace {

namespace fs = std::filesystem;

std::string first_line(const fs::path& file) {
    std::string line;
    std::ifstream in(file);
    std::getline(in, line);
    return line;
}

std::uint16_t hex_number(const std::string& text) {
    std::uint16_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value, 16);
    return value;
}

/// The card's device in sysfs is a USB interface; the USB device above it knows the ids and names.
void add_usb_facts(AlsaCard& card) {
    std::error_code error;
    const fs::path interface =
        fs::canonical("/sys/class/sound/card" + std::to_string(card.number) + "/device", error);
    const fs::path device = interface.parent_path();
    if (error || !fs::exists(device / "idVendor", error)) return;
    card.usb = true;
    card.usb_path = interface.filename().string();
    card.usb_vendor = hex_number(first_line(device / "idVendor"));
    card.usb_product = hex_number(first_line(device / "idProduct"));
    card.manufacturer = first_line(device / "manufacturer");
    card.serial = first_line(device / "serial");
    card.product = first_line(device / "product");
    if (!card.product.empty())
        card.name = card.product.starts_with(card.manufacturer)
                        ? card.product
                        : card.manufacturer + " " + card.product;
}

AlsaPort& port_at(AlsaCard& card, unsigned device, unsigned subdevice) {
    for (AlsaPort& port : card.ports)
        if (port.device == device && port.subdevice == subdevice) return port;
    return card.ports.emplace_back(AlsaPort{.device = device, .subdevice = subdevice, .name = {}});
}

void add_ports(AlsaCard& card, snd_ctl_t* control, unsigned device, snd_rawmidi_stream_t way) {
    snd_rawmidi_info_t* raw = nullptr;
    if (snd_rawmidi_info_malloc(&raw) < 0) return;
    const std::unique_ptr<snd_rawmidi_info_t, decltype(&snd_rawmidi_info_free)> info(
        raw, &snd_rawmidi_info_free);
    snd_rawmidi_info_set_device(raw, device);
    snd_rawmidi_info_set_stream(raw, way);
    unsigned count = 1;  // the first answer tells how many there really are
    for (unsigned subdevice = 0; subdevice < count; ++subdevice) {
        snd_rawmidi_info_set_subdevice(raw, subdevice);
        if (snd_ctl_rawmidi_info(control, raw) < 0) return;
        count = snd_rawmidi_info_get_subdevices_count(raw);
        AlsaPort& port = port_at(card, device, subdevice);
        port.name = snd_rawmidi_info_get_subdevice_name(raw);
        if (port.name.empty()) port.name = snd_rawmidi_info_get_name(raw);
        (way == SND_RAWMIDI_STREAM_INPUT ? port.input : port.output) = true;
    }
}

void add_names(AlsaCard& card, snd_ctl_t* control) {
    snd_ctl_card_info_t* raw = nullptr;
    if (snd_ctl_card_info_malloc(&raw) < 0) return;
    const std::unique_ptr<snd_ctl_card_info_t, decltype(&snd_ctl_card_info_free)> info(
        raw, &snd_ctl_card_info_free);
    if (snd_ctl_card_info(control, raw) < 0) return;
    card.id = snd_ctl_card_info_get_id(raw);
    card.name = snd_ctl_card_info_get_name(raw);
}

AlsaCard read_card(int number, snd_ctl_t* control) {
    AlsaCard card;
    card.number = number;
    add_names(card, control);
    add_usb_facts(card);
    for (int device = -1; snd_ctl_rawmidi_next_device(control, &device) == 0 && device >= 0;) {
        add_ports(card, control, static_cast<unsigned>(device), SND_RAWMIDI_STREAM_INPUT);
        add_ports(card, control, static_cast<unsigned>(device), SND_RAWMIDI_STREAM_OUTPUT);
    }
    std::sort(card.ports.begin(), card.ports.end(), [](const AlsaPort& a, const AlsaPort& b) {
        return std::pair{a.device, a.subdevice} < std::pair{b.device, b.subdevice};
    });
    return card;
}

}  // namespace

std::vector<AlsaCard> list_alsa_cards() {
    std::vector<AlsaCard> cards;
    for (int number = -1; snd_card_next(&number) == 0 && number >= 0;) {
        snd_ctl_t* raw = nullptr;
        if (snd_ctl_open(&raw, ("hw:" + std::to_string(number)).c_str(), SND_CTL_READONLY) < 0)
            continue;
        const std::unique_ptr<snd_ctl_t, decltype(&snd_ctl_close)> control(raw, &snd_ctl_close);
        AlsaCard card = read_card(number, raw);
        if (!card.ports.empty()) cards.push_back(std::move(card));
    }
    return cards;
}

}  // namespace midinet::platform
