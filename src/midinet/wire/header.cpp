#include "wire/header.hpp"

#include "base/crc32.hpp"

#include <algorithm>

namespace midinet::wire {
namespace {

constexpr std::size_t kLengthAt = 6;
constexpr std::size_t kPacketNumberAt = 20;
constexpr std::size_t kCheckAt = 24;

/// Of what is fixed when a datagram is encoded: the packet number differs from leg to leg.
/// Precondition: at least a header.
std::uint32_t check_of(ByteView datagram) noexcept {
    const auto state = crc32_update(kCrc32Init, datagram.first(kPacketNumberAt));
    return crc32_finish(crc32_update(state, datagram.subspan(kHeaderSize)));
}

constexpr bool is_known(std::uint8_t kind) noexcept {
    return kind >= static_cast<std::uint8_t>(PacketKind::Data) &&
           kind <= static_cast<std::uint8_t>(PacketKind::Control);
}

/// The fixed fields up to the length, in the order in which a stranger's datagram should fail.
Decoded<Header> decode_preamble(ByteReader& reader, std::size_t datagram_size) noexcept {
    if (reader.u16() != kMagic) return tl::unexpected(DecodeError::BadMagic);
    if (reader.u8() != kVersion) return tl::unexpected(DecodeError::BadVersion);
    const std::uint8_t kind = reader.u8();
    Header header;
    header.flags = reader.u8();
    header.key_id = reader.u8();
    if (reader.u16() != datagram_size) return tl::unexpected(DecodeError::BadLength);
    if (header.key_id != 0) return tl::unexpected(DecodeError::UnknownKey);
    if (!is_known(kind)) return tl::unexpected(DecodeError::UnknownKind);
    header.kind = static_cast<PacketKind>(kind);
    return header;
}

}  // namespace

const char* to_string(DecodeError error) noexcept {
    switch (error) {
        case DecodeError::TooShort:
            return "too short";
        case DecodeError::TooLong:
            return "too long";
        case DecodeError::BadMagic:
            return "not a MIDInet datagram";
        case DecodeError::BadVersion:
            return "another protocol version";
        case DecodeError::BadLength:
            return "length differs from the datagram's";
        case DecodeError::UnknownKind:
            return "unknown kind of datagram";
        case DecodeError::UnknownKey:
            return "unknown key";
        case DecodeError::BadValue:
            return "value out of range";
        case DecodeError::TrailingBytes:
            return "bytes after the end";
        case DecodeError::BadCheck:
            return "damaged on the way";
    }
    return "unknown error";
}

Decoded<Datagram> decode_datagram(ByteView bytes) noexcept {
    if (bytes.size() < kHeaderSize) return tl::unexpected(DecodeError::TooShort);
    if (bytes.size() > kMaxDatagram) return tl::unexpected(DecodeError::TooLong);
    ByteReader reader(bytes);
    auto header = decode_preamble(reader, bytes.size());
    if (!header) return tl::unexpected(header.error());
    header->sender.value = reader.u64();
    header->boot.value = reader.u32();
    header->packet_number = reader.u32();
    const bool checks = reader.u32() == check_of(bytes);
    const ByteView mac_rest = reader.take(kMacSize - sizeof(std::uint32_t));
    if (!checks) return tl::unexpected(DecodeError::BadCheck);
    if (std::any_of(mac_rest.begin(), mac_rest.end(),
                    [](std::byte b) { return b != std::byte{0}; }))
        return tl::unexpected(DecodeError::BadValue);
    return Datagram{*header, reader.rest()};
}

void begin_datagram(ByteWriter& writer, const Header& header) noexcept {
    writer.u16(kMagic);
    writer.u8(kVersion);
    writer.u8(static_cast<std::uint8_t>(header.kind));
    writer.u8(header.flags);
    writer.u8(header.key_id);
    writer.u16(0);  // the length, known last
    writer.u64(header.sender.value);
    writer.u32(header.boot.value);
    writer.u32(header.packet_number);
    writer.bytes(std::array<std::byte, kMacSize>{});
}

bool end_datagram(ByteWriter& writer) noexcept {
    if (!writer.ok() || writer.size() < kHeaderSize || writer.size() > kMaxDatagram) return false;
    writer.patch_u16(kLengthAt, static_cast<std::uint16_t>(writer.size()));
    writer.patch_u32(kCheckAt, check_of(writer.written()));
    return true;
}

void set_packet_number(std::span<std::byte> datagram, std::uint32_t number) noexcept {
    if (datagram.size() < kHeaderSize) return;
    ByteWriter(datagram.subspan(kPacketNumberAt)).u32(number);
}

}  // namespace midinet::wire
