// Who a host is and what device it reads. Layout: docs/wire_format.md §6.
#pragma once

#include "base/fixed_vector.hpp"
#include "midi/inquiry.hpp"
#include "wire/heartbeat.hpp"

#include <string_view>

namespace midinet::wire {

/// Text of at most kMaxNameBytes bytes of UTF-8, stored inside. Longer text is cut at a character's
/// edge.
class Name {
  public:
    Name() noexcept = default;
    explicit Name(std::string_view text) noexcept;
    std::string_view view() const noexcept { return {text_.begin(), text_.size()}; }
    friend bool operator==(const Name&, const Name&) = default;

  private:
    FixedVector<char, kMaxNameBytes> text_;
};

/// Bytes of an identity that are for what the device says of itself.
inline constexpr std::size_t kRepliesRoom = 192;

struct Identity {
    SourceId source{};
    Epoch epoch{};
    Role role = Role::Primary;
    std::uint32_t data_group = 0;  ///< IPv4, host order
    std::uint16_t data_port = kDataPort;
    std::uint16_t heartbeat_port = kHeartbeatPort;
    std::uint16_t unicast_port =
        0;  ///< where this host takes NACKs and leases; 0 = the sender's own port
    std::uint8_t devices = 1;  ///< how many this host has, each on ports of its own. Range: 1..8
    std::uint16_t usb_vendor = 0;  ///< 0 = unknown
    std::uint16_t usb_product = 0;
    Name host_name{};
    Name version{};
    Name device_name{};
    Name manufacturer{};
    Name product{};  ///< the USB string, of which device_name was made; empty: not a USB device
    Name serial{};
    FixedVector<Name, kMaxPorts> ports{};  ///< port names in the device's order
    midi::InquiryReplies replies{};        ///< to Universal Device Inquiry; empty: none known
    friend bool operator==(const Identity&, const Identity&) = default;
};
/// Names that do not fit a datagram any more are cut short, ports last. Replies that do not fit
/// kRepliesRoom are left out, those of the last ports first. Precondition: replies are
/// midi::is_inquiry_reply or empty.
void encode_identity(ByteWriter& writer, const Identity& identity) noexcept;
Decoded<Identity> decode_identity(ByteView payload) noexcept;

}  // namespace midinet::wire
