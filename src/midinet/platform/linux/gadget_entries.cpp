// What a USB MIDI gadget is made of.
#include "base/types.hpp"
#include "platform/linux/usb_gadget.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace midinet::platform {
namespace {

/// USB_MAX_STRING_LEN. Units: bytes of UTF-8; the kernel cuts there, through a character if need
/// be.
constexpr std::size_t kMaxStringBytes = 126;

std::string usb_string(std::string text) {
    for (char& c : text)
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = '?';
    if (text.size() <= kMaxStringBytes) return text;
    std::size_t end = kMaxStringBytes;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
    text.resize(end);
    return text;
}

std::string hex(unsigned number) { return fmt::format("0x{:04x}", number); }

}  // namespace

Result<std::vector<GadgetEntry>> gadget_entries(const io::DeviceInfo& device) {
    using Kind = GadgetEntry::Kind;
    if (device.ports.size() > kMaxPorts)
        return fail(fmt::format("\"{}\" has {} ports, and a USB MIDI gadget {} at most",
                                device.name, device.ports.size(), kMaxPorts));
    const bool is_usb = device.usb_vendor != 0;
    const auto ports = std::to_string(std::max<std::size_t>(device.ports.size(), 1));
    return std::vector<GadgetEntry>{
        {Kind::Text, "idVendor", hex(is_usb ? device.usb_vendor : kGadgetVendor)},
        {Kind::Text, "idProduct", hex(is_usb ? device.usb_product : kGadgetProduct)},
        {Kind::Text, "bcdUSB", "0x0200"},
        {Kind::Text, "bcdDevice", "0x0100"},
        {Kind::Folder, "strings/0x409"},
        // The kernel's table of strings ends at the first that was never written: all are.
        {Kind::Text, "strings/0x409/manufacturer",
         usb_string(is_usb ? device.manufacturer : "MIDInet")},
        {Kind::Text, "strings/0x409/product",
         usb_string(device.product.empty() ? device.name : device.product)},
        {Kind::Text, "strings/0x409/serialnumber", usb_string(device.serial)},
        {Kind::Folder, "configs/c.1"},
        {Kind::Folder, "functions/midi.usb0"},
        {Kind::Text, "functions/midi.usb0/id", "midinet"},
        {Kind::Text, "functions/midi.usb0/in_ports", ports},
        {Kind::Text, "functions/midi.usb0/out_ports", ports},
        // Small and few. What a computer does not fetch waits in them, and is old when it does; and
        // a long SysEx goes out at a pace that its applications keep up with. Range: 2 at least.
        {Kind::Text, "functions/midi.usb0/buflen", "256"},
        {Kind::Text, "functions/midi.usb0/qlen", "2"},
        {Kind::Link, "configs/c.1/midi.usb0", "functions/midi.usb0"},
    };
}

}  // namespace midinet::platform
