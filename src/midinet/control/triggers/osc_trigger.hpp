// Whether a datagram asks for a switch in Open Sound Control. Source: OSC 1.0.
#pragma once

#include "base/bytes.hpp"
#include "control/ip_range.hpp"
#include "io/ip_address.hpp"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace midinet::control {

enum class OscVerdict : std::uint8_t {
    Fire,
    NotForUs,    ///< good OSC, for another address, or the release of a button
    NotAllowed,  ///< from a sender who may not; nothing was read
    Malformed,
};

struct OscCounters {
    std::uint64_t fired = 0;
    std::uint64_t not_for_us = 0;
    std::uint64_t not_allowed = 0;
    std::uint64_t malformed = 0;
    std::uint64_t releases = 0;  ///< of not_for_us: our address, with a first argument of zero
    friend bool operator==(const OscCounters&, const OscCounters&) = default;
};

/// Judges datagrams; it opens no socket.
///
/// A message with our address fires, with or without arguments. Surfaces send a button's release to
/// the same address: a first argument that is a zero of any numeric type, not a number, or False
/// does not fire. Nothing else of the arguments is looked at. An address pattern that matches our
/// address fires too (osc_pattern.hpp). A bundle fires once, however many of its messages do, at
/// once, whatever its time tag, and up to kMaxOscDepth bundles deep; a bundle with anything
/// malformed in it is malformed as a whole. A message without type tags, as old senders make them,
/// is good only when it has no arguments. Thread: control.
class OscTrigger {
  public:
    /// Longer ones are malformed: no surface says so much, and time spent is bounded. Offer a
    /// listener a buffer of one byte more.
    static constexpr std::size_t kMaxPacket = 8192;

    /// `address` is an OSC address, not a pattern. Nobody is allowed when `allowed` is empty.
    OscTrigger(std::string address, std::vector<IpRange> allowed)
        : address_(std::move(address)), allowed_(std::move(allowed)) {}

    OscVerdict judge(ByteView packet, const io::IpAddress& from);
    const OscCounters& counters() const noexcept { return counters_; }

  private:
    std::string address_;
    std::vector<IpRange> allowed_;
    OscCounters counters_;
};

}  // namespace midinet::control
