// The truth about the stream, every few milliseconds. Layout: docs/wire_format.md §5.
#pragma once

#include "wire/data.hpp"

namespace midinet::wire {

enum class Role : std::uint8_t { Primary = 0, Standby = 1, Relay = 2, Mirror = 3 };
/// Whether a byte of the wire is a Role.
constexpr bool is_role(std::uint8_t byte) noexcept {
    return byte <= static_cast<std::uint8_t>(Role::Mirror);
}

namespace heartbeat_flags {
inline constexpr std::uint8_t kGoodbye = 1U << 0U;        ///< the host is leaving on purpose
inline constexpr std::uint8_t kDevicePresent = 1U << 1U;  ///< the source's device is open
inline constexpr std::uint8_t kActiveSensing = 1U << 2U;  ///< the source uses active sensing (FE)
/// `digest` is of a later state than the one after `newest`: events wait to be sent.
inline constexpr std::uint8_t kNoDigest = 1U << 3U;
}  // namespace heartbeat_flags

struct Heartbeat {
    SourceId source{};
    Epoch epoch{};
    StreamTime sent_us = 0;
    std::uint32_t beat = 0;  ///< counts up by one a beat
    std::uint16_t interval_us = 3000;
    Role role = Role::Primary;
    std::uint8_t flags = 0;
    std::uint8_t health = 100;  ///< Range: 0..100
    std::uint8_t ports = 1;     ///< how many ports the stream has
    Sequence newest{};          ///< highest live number sent
    Sequence newest_bulk{};     ///< highest bulk number sent
    std::uint64_t digest = 0;   ///< of the source's state after `newest`
    friend bool operator==(const Heartbeat&, const Heartbeat&) = default;
};
struct HeartbeatView {
    Heartbeat beat{};
    ByteView blocks{};  ///< repeats of recent events, as in Data; already validated
};
void encode_heartbeat(ByteWriter& writer, const Heartbeat& heartbeat) noexcept;
Decoded<HeartbeatView> decode_heartbeat(ByteView payload) noexcept;

}  // namespace midinet::wire
