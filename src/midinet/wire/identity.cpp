#include "wire/identity.hpp"

#include "wire/utf8.hpp"

#include <algorithm>
#include <array>

namespace midinet::wire {
namespace {

constexpr std::size_t kFixedSize = 22;
constexpr std::size_t kOwnNames = 6;

std::array<const Name*, kOwnNames> own_names(const Identity& identity) noexcept {
    return {&identity.host_name,    &identity.version, &identity.device_name,
            &identity.manufacturer, &identity.product, &identity.serial};
}

void encode_name(ByteWriter& writer, std::string_view text) noexcept {
    writer.u8(static_cast<std::uint8_t>(text.size()));
    writer.bytes(std::as_bytes(std::span(text)));
}

/// The longest limit at which the port names fit into `room`: all ports keep the beginning of
/// theirs, rather than the last ones losing all of it.
std::size_t port_name_limit(const Identity& identity, std::size_t room) noexcept {
    for (std::size_t limit = kMaxNameBytes; limit > 0; --limit) {
        std::size_t size = 0;
        for (const Name& name : identity.ports) size += 1 + std::min(name.view().size(), limit);
        if (size <= room) return limit;
    }
    return 0;
}

bool decode_name(ByteReader& reader, Name& name) noexcept {
    const std::uint8_t size = reader.u8();
    std::array<char, kMaxNameBytes> text{};
    if (size > text.size()) return false;
    const ByteView bytes = reader.take(size);
    std::transform(bytes.begin(), bytes.end(), text.begin(),
                   [](std::byte b) { return static_cast<char>(b); });
    const std::string_view received(text.data(), bytes.size());
    name = Name(received);
    return name.view() == received;  // anything else was not clean text
}

bool decode_names(ByteReader& reader, Identity& identity) noexcept {
    for (Name* name : {&identity.host_name, &identity.version, &identity.device_name,
                       &identity.manufacturer, &identity.product, &identity.serial})
        if (!decode_name(reader, *name)) return false;
    const std::uint8_t ports = reader.u8();
    if (ports > kMaxPorts) return false;
    for (std::uint8_t i = 0; i < ports; ++i) {
        Name name;
        if (!decode_name(reader, name)) return false;
        identity.ports.push_back(name);
    }
    return true;
}

/// Replies as they are sent: in the order of ports, what is equal to the one before as size 0.
struct PackedReplies {
    explicit PackedReplies(const midi::InquiryReplies& replies) noexcept {
        const midi::InquiryReply* before = nullptr;
        for (std::uint8_t p = 0; p < kMaxPorts; ++p) {
            const auto& reply = replies[p];
            const bool same = before != nullptr && *before == reply;
            if (reply.empty() || writer.room() < 2 + (same ? 0 : reply.size())) continue;
            writer.u8(p);
            writer.u8(same ? 0 : static_cast<std::uint8_t>(reply.size()));
            if (!same) writer.bytes(std::as_bytes(reply.view()));
            before = &reply;
            ++count;
        }
    }
    std::array<std::byte, kRepliesRoom> bytes{};
    ByteWriter writer{bytes};
    std::uint8_t count = 0;
};

bool decode_reply(ByteReader& reader, std::uint8_t size, midi::InquiryReply& reply) noexcept {
    reply.clear();
    for (const auto byte : reader.take(size))
        (void)reply.push_back(static_cast<std::uint8_t>(byte));
    return midi::is_inquiry_reply(reply.view());
}

/// Ports in rising order; a size of 0: as the reply before.
bool decode_replies(ByteReader& reader, Identity& identity) noexcept {
    const std::uint8_t count = reader.u8();
    const midi::InquiryReply* before = nullptr;
    for (std::uint8_t i = 0, next = 0; i < count; ++i) {
        const std::uint8_t port = reader.u8();
        const std::uint8_t size = reader.u8();
        if (port < next || port >= kMaxPorts || (size == 0 && before == nullptr)) return false;
        auto& reply = identity.replies[port];
        if (size == 0)
            reply = *before;
        else if (!decode_reply(reader, size, reply) || (before != nullptr && reply == *before))
            return false;
        before = &reply;
        next = static_cast<std::uint8_t>(port + 1);
    }
    return true;
}

}  // namespace

Name::Name(std::string_view text) noexcept {
    while (!text.empty()) {
        const std::size_t size = printable_size(text);
        const std::string_view character = size == 0 ? "?" : text.substr(0, size);
        if (text_.size() + character.size() > kMaxNameBytes) return;
        for (const char c : character) text_.push_back(c);
        text.remove_prefix(std::max<std::size_t>(size, 1));
    }
}

void encode_identity(ByteWriter& writer, const Identity& identity) noexcept {
    writer.u16(identity.source.value);
    writer.u32(identity.epoch.value);
    writer.u8(static_cast<std::uint8_t>(identity.role));
    writer.u32(identity.data_group);
    writer.u16(identity.data_port);
    writer.u16(identity.heartbeat_port);
    writer.u16(identity.unicast_port);
    writer.u8(identity.devices);
    writer.u16(identity.usb_vendor);
    writer.u16(identity.usb_product);

    std::size_t used = kFixedSize + 1;
    for (const Name* name : own_names(identity)) {
        encode_name(writer, name->view());
        used += 1 + name->view().size();
    }
    writer.u8(static_cast<std::uint8_t>(identity.ports.size()));
    const PackedReplies replies(identity.replies);
    used += 1 + replies.writer.size();
    const std::size_t room = writer.room() - std::min(writer.room(), 1 + replies.writer.size());
    const std::size_t limit = port_name_limit(identity, std::min(kMaxPayload - used, room));
    for (const Name& name : identity.ports)
        encode_name(writer, cut_at_character(name.view(), limit));
    writer.u8(replies.count);
    writer.bytes(replies.writer.written());
}

Decoded<Identity> decode_identity(ByteView payload) noexcept {
    ByteReader reader(payload);
    Identity identity;
    identity.source.value = reader.u16();
    identity.epoch.value = reader.u32();
    const std::uint8_t role = reader.u8();
    identity.data_group = reader.u32();
    identity.data_port = reader.u16();
    identity.heartbeat_port = reader.u16();
    identity.unicast_port = reader.u16();
    identity.devices = reader.u8();
    identity.usb_vendor = reader.u16();
    identity.usb_product = reader.u16();
    const bool clean = decode_names(reader, identity) && decode_replies(reader, identity);
    if (!reader.ok()) return tl::unexpected(DecodeError::TooShort);
    const bool counted = identity.devices >= 1 && identity.devices <= kMaxDevices;
    if (!clean || !counted || !is_role(role) || identity.source.value == 0)
        return tl::unexpected(DecodeError::BadValue);
    if (!reader.at_end()) return tl::unexpected(DecodeError::TrailingBytes);
    identity.role = static_cast<Role>(role);
    return identity;
}

}  // namespace midinet::wire
