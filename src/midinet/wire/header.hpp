// The 40 bytes every datagram begins with. Layout: docs/wire_format.md §2.
#pragma once

#include "base/bytes.hpp"
#include "base/types.hpp"
#include "wire/constants.hpp"

#include <tl/expected.hpp>

#include <array>
#include <cstdint>

namespace midinet::wire {

enum class PacketKind : std::uint8_t {
    Data = 1,       ///< events of the live lane
    Bulk = 2,       ///< a fragment of a long SysEx
    Heartbeat = 3,  ///< the truth about the stream, and repeats
    Identity = 4,   ///< who a host is and what device it reads
    Journal = 5,    ///< a fragment of the state of one port
    Nack = 6,       ///< a client asks for numbers, for the state, or for the identity
    Lease = 7,      ///< a client asks for a unicast copy
    Control = 8,    ///< a message of the control plane, one CBOR map: opaque to this layer
};

enum class DecodeError : std::uint8_t {
    TooShort,
    TooLong,
    BadMagic,
    BadVersion,
    BadLength,
    UnknownKind,
    UnknownKey,
    BadValue,
    TrailingBytes,
    BadCheck,
};
/// The error in a few words, for logs.
const char* to_string(DecodeError error) noexcept;

template <typename T>
using Decoded = tl::expected<T, DecodeError>;

/// The packet number of unicast datagrams: they belong to no leg's count.
inline constexpr std::uint32_t kUncounted = 0;

struct Header {
    PacketKind kind = PacketKind::Data;
    std::uint8_t flags = 0;  ///< none defined in version 1: sent as 0, ignored when received
    /// 0: no key, and the MAC is zero. Others are refused until keys exist.
    std::uint8_t key_id = 0;
    SenderId sender{};  ///< the box: differs from the source when a host relays
    Epoch boot{};       ///< the sender's own run, ordered
    /// Counts a sender's multicasts on one interface from 1, for the receivers' loss counters;
    /// kUncounted for unicast.
    std::uint32_t packet_number = kUncounted;
    friend bool operator==(const Header&, const Header&) = default;
};

/// Bytes 24..39 of the header are the MAC's place. Without a key its first four bytes are a CRC-32
/// of everything but this field and the packet number, so that a datagram damaged on the way (UDP's
/// own sum has 16 bits) changes nothing.
struct Datagram {
    Header header{};
    ByteView payload{};  ///< Lifetime: the received bytes
};

/// Checks magic, version, length, kind and CRC, and splits. Total; RT-safe.
Decoded<Datagram> decode_datagram(ByteView bytes) noexcept;

/// Begins a datagram in `writer`; the length is patched by `end_datagram`. RT-safe.
void begin_datagram(ByteWriter& writer, const Header& header) noexcept;
/// Writes the length and the CRC. False when the datagram did not fit.
bool end_datagram(ByteWriter& writer) noexcept;
/// Overwrites the packet number of an encoded datagram, so one encoding serves several legs.
/// RT-safe.
void set_packet_number(std::span<std::byte> datagram, std::uint32_t number) noexcept;

}  // namespace midinet::wire
