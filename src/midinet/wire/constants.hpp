// The protocol's defaults and limits, in one place. docs/wire_format.md names them all.
#pragma once

#include "base/time.hpp"

#include <cstddef>
#include <cstdint>

namespace midinet::wire {

inline constexpr std::uint16_t kMagic = 0x4D4E;  ///< "MN"
inline constexpr std::uint8_t kVersion = 1;
/// Largest datagram. Leaves room for tunnels and tags below the 1,500-byte Ethernet payload: never
/// fragmented by IP.
inline constexpr std::size_t kMaxDatagram = 1200;
inline constexpr std::size_t kHeaderSize = 40;
inline constexpr std::size_t kMacSize = 16;
inline constexpr std::size_t kMaxPayload = kMaxDatagram - kHeaderSize;

/// Bytes of a long SysEx that one fragment carries.
inline constexpr std::size_t kFragmentBytes = 1024;
/// One event on the wire takes its message and this much more.
inline constexpr std::size_t kEventOverhead = 4;
/// Unit of an event's age field; its range is 0 .. 65535 units = 1.05 s, and more is told as the
/// most.
inline constexpr std::uint64_t kAgeUnitUs = 16;
/// Most events one datagram can hold: one-byte messages, one block.
inline constexpr std::size_t kMaxEventsPerDatagram = kMaxPayload / (kEventOverhead + 1);
inline constexpr std::size_t kMaxNackRanges = 32;
inline constexpr std::size_t kMaxJournalFragments = 255;
inline constexpr std::size_t kMaxNameBytes = 63;  ///< a DNS-SD label (RFC 6763 §4.1.1)

inline constexpr std::uint16_t kDataPort = 5004;
inline constexpr std::uint16_t kHeartbeatPort = 5005;
inline constexpr std::uint16_t kControlPort = 5006;
inline constexpr std::uint16_t kFocusPort = 5007;
/// Most devices one host has, and how much higher each one's ports are than those of the one
/// before.
inline constexpr std::uint8_t kMaxDevices = 8;
inline constexpr std::uint16_t kDevicePortStep = 10;
inline constexpr const char* kPrimaryGroup = "239.69.83.1";
inline constexpr const char* kStandbyGroup = "239.69.83.2";
inline constexpr const char* kControlGroup = "239.69.83.100";

inline constexpr Duration kHeartbeatInterval = 3ms;
/// The wire has 16 bits for its microseconds.
inline constexpr Duration kMaxHeartbeatInterval = 60ms;
inline constexpr unsigned kMissThreshold = 3;
inline constexpr Duration kIdentityInterval = 5s;
inline constexpr Duration kLeaseTerm = 5s;     ///< a host copies to a lease holder for this long
inline constexpr Duration kLeaseRenewal = 1s;  ///< a holder asks again this often

}  // namespace midinet::wire
