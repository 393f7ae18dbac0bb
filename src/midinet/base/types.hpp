// Identifiers that travel through every layer. Each is its own type, so that a host id cannot be
// passed as an epoch.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>

namespace midinet {

/// Makes a distinct integer type; `Tag` is never defined.
template <typename Tag, typename Rep>
struct Strong {
    Rep value{};
    friend constexpr auto operator<=>(const Strong&, const Strong&) = default;
};

/// A host's configured id. Range: 1..65535; lower means higher priority.
using HostId = Strong<struct HostIdTag, std::uint16_t>;
/// The performance a stream carries: the id of the host that numbered the events, also when another
/// relays them.
using SourceId = Strong<struct SourceIdTag, std::uint16_t>;
/// One run of a source's numbering. Ordered: a restarted host takes a higher one. 0 = none.
using Epoch = Strong<struct EpochTag, std::uint32_t>;
/// A sender of datagrams: a host's id, or a client's random 64-bit id (top bit set).
using SenderId = Strong<struct SenderIdTag, std::uint64_t>;
/// A port of a multi-port device, in the device's order. Range: 0..kMaxPorts-1.
using PortIndex = Strong<struct PortIndexTag, std::uint8_t>;

/// Which of a host's devices, counted from 1. Each is a show of its own, on ports of its own.
/// Range: 1..8 (wire::kMaxDevices).
using DeviceSlot = Strong<struct DeviceSlotTag, std::uint8_t>;

/// Most ports one stream carries. 16 covers every surface we know (an 8-in interface has 8).
inline constexpr std::uint8_t kMaxPorts = 16;

}  // namespace midinet
