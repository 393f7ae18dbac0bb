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

/// What a client does with the values of a host it changes over to.
enum class Takeover : std::uint8_t {
    Adopt = 0,   ///< it sends those that are known and differ
    Keep = 1,    ///< it sends none
    Pickup = 2,  ///< it sends none, and a control acts once it reaches the value in force
};

/// What the clients of a host are to do when hosts come and go. The whole show should agree; a
/// client obeys the host it plays.
struct FailoverPolicy {
    std::uint8_t misses = kMissThreshold;  ///< beats missing until a host is silent. Range: 1..100
    bool automatic = true;                 ///< leave a silent host for a living one
    bool returns = false;                  ///< go back to the preferred host when it lives again
    Takeover takeover = Takeover::Adopt;
    std::uint16_t lockout_s = 5;  ///< a preferred host must live this long before it is returned to
    friend bool operator==(const FailoverPolicy&, const FailoverPolicy&) = default;
};

/// Registers' terms above are nobody's: so that a host can always count on from one that it heard.
inline constexpr std::uint32_t kMostTerm = 0xFFFD'FFFF;

/// The outcome of the last manual switch: a register that every host repeats in every heartbeat.
/// The highest term is in force, and between equal ones the lower source.
struct Appointment {
    SourceId source{};       ///< 0: nobody was appointed yet
    std::uint32_t term = 0;  ///< counts manual switches; 0 when nobody was appointed
    /// Whether this one is in force rather than `other`.
    constexpr bool overrules(const Appointment& other) const noexcept {
        return term != other.term ? term > other.term
                                  : source.value != 0 && source.value < other.source.value;
    }
    /// Whether a heartbeat may say it.
    constexpr bool is_sound() const noexcept {
        return (source.value == 0) == (term == 0) && term <= kMostTerm;
    }
    friend bool operator==(const Appointment&, const Appointment&) = default;
};

/// Whose feedback the controllers take: a register like the appointment. A term is of one run of
/// one host, so that no two clients ever hold the same.
struct Focus {
    /// A choice by hand, and the end of one, takes the next multiple of this, everything else the
    /// next number: what was chosen by hand overrules what hosts granted that did not hear of it.
    static constexpr std::uint32_t kChoice = 0x1'0000;

    SenderId holder{};       ///< a client; 0: nobody
    std::uint32_t term = 0;  ///< counts grants and ends of grants; 0: none yet
    HostId by{};             ///< who assigned the term; 0 exactly when there is none
    bool manual = false;     ///< by hand: nobody takes it by himself
    Epoch epoch{};           ///< of `by`, when it assigned the term: a restarted one begins anew
    /// Whether this one is in force rather than `other`.
    constexpr bool overrules(const Focus& other) const noexcept {
        if (term != other.term) return term > other.term;
        return by != other.by ? by.value != 0 && by < other.by : epoch > other.epoch;
    }
    /// Whether a heartbeat may say it.
    constexpr bool is_sound() const noexcept {
        return (by.value == 0) == (term == 0) && term <= kMostTerm &&
               (term != 0 || (holder.value == 0 && epoch.value == 0));
    }
    friend bool operator==(const Focus&, const Focus&) = default;
};

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
    FailoverPolicy failover{};
    Appointment appointment{};
    Focus focus{};
    friend bool operator==(const Heartbeat&, const Heartbeat&) = default;
};
struct HeartbeatView {
    Heartbeat beat{};
    ByteView blocks{};  ///< repeats of recent events, as in Data; already validated
};
void encode_heartbeat(ByteWriter& writer, const Heartbeat& heartbeat) noexcept;
Decoded<HeartbeatView> decode_heartbeat(ByteView payload) noexcept;

}  // namespace midinet::wire
