// Where a box takes requests to be listened to, and who is told what.
#pragma once

#include "base/random.hpp"
#include "control/plane/tap.hpp"
#include "io/datagram_socket.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

namespace midinet::control {

/// Leases of a few seconds, and reports to who holds them, as many a second as are allowed. Pure:
/// the caller sends, and tells the time. Thread: one, not a hot one.
class TapDesk {
  public:
    static constexpr std::size_t kMostAskers = 4;
    /// Reports leave together, so often: 29 times a second.
    static constexpr Duration kRound = 34ms;
    /// To one asker. With 100 short messages each, 8,800 of them a second, and 100 KB/s.
    static constexpr unsigned kReportsPerRound = 3;

    /// The address that a request came from, and by which interface.
    struct Seat {
        io::Endpoint from;
        std::size_t interface = 0;
        friend bool operator==(const Seat&, const Seat&) = default;
    };
    using Send = std::function<void(const Seat&, const plane::TapReport&)>;

    /// `offered`: what this box can be listened to at.
    TapDesk(SenderId own, plane::TapPoints offered, std::uint64_t seed)
        : own_(own), offered_(offered), random_(seed) {}

    /// A request. Gives the answer, to be sent where it came from; nothing for one that is
    /// another's, and for a copy of one that was answered. `overflowed`: see report().
    std::optional<plane::TapReport> on_tap(const plane::Tap& tap, const Seat& from, TimePoint now,
                                           std::uint64_t overflowed);
    /// What is asked for now. Ends leases that are over.
    plane::TapPoints wanted(TimePoint now);
    /// Tells what passed since the last round. `overflowed`: events ever that did not even get
    /// here.
    void report(std::span<const plane::TapEvent> events, std::uint64_t overflowed, TimePoint now,
                const Send& send);
    /// When report() wants to be called: kNever when nobody listens.
    TimePoint next_due() const noexcept { return leases_.empty() ? kNever : next_round_; }
    std::size_t askers() const noexcept { return leases_.size(); }

  private:
    struct Lease {
        std::uint64_t id = 0;
        SenderId asker;
        Seat seat;
        plane::TapPoints points = 0;
        TimePoint until;
        std::uint32_t again = 0;
        std::uint32_t run = 0;
        std::uint32_t reports = 0;
        std::uint64_t events = 0;
        std::uint64_t dropped = 0;
        std::uint64_t overflow_seen = 0;
        std::uint64_t dropped_told = 0;
    };
    Lease* find(const plane::Tap& tap) noexcept;
    plane::TapReport next_report(Lease& lease, TimePoint now) const;
    plane::TapReport refusal(const plane::Tap& tap, std::string_view why) const;
    void report_to(Lease& lease, std::span<const plane::TapEvent> events, TimePoint now,
                   const Send& send) const;

    SenderId own_;
    plane::TapPoints offered_;
    Random random_;
    std::vector<Lease> leases_;
    TimePoint next_round_{};
};

}  // namespace midinet::control
