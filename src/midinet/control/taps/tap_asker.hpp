// The other side: asks boxes to be listened to, and counts what they tell.
#pragma once

#include "base/random.hpp"
#include "control/plane/tap.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace midinet::control {

enum class TapState : std::uint8_t {
    Asked,    ///< not answered yet
    Live,     ///< it tells, of some or all that is wanted
    Refused,  ///< it said why
    Silent,   ///< it does not answer, or not any more
};
std::string_view to_string(TapState state) noexcept;

/// What is new of one box.
struct TapNews {
    SenderId box;
    TapState state = TapState::Asked;
    std::string why{};            ///< Refused, Silent: a sentence
    plane::TapPoints points = 0;  ///< Live: what it tells of
    bool changed = false;  ///< state, reason or points are others than before, or tell_anew()
    std::vector<plane::TapEvent> events{};  ///< `at` on this machine's clock: as it was received
    /// Since the last news: events that the box could not send, or that are too many to be kept
    /// here.
    std::uint64_t dropped = 0;
    std::uint64_t lost = 0;  ///< the same: events that were sent, and did not come
};

/// One lease a box, kept as long as somebody wants it. Pure: the caller sends, and tells the time.
/// Thread: one.
class TapAsker {
  public:
    static constexpr Duration kRenewal = 1s;
    static constexpr Duration kFirstRepeat = 100ms;
    static constexpr Duration kSilence = 3s;  ///< three renewals without an answer
    /// Kept between two calls of take_news(), of one box.
    static constexpr std::size_t kMostEvents = 4096;
    using Wants = std::map<SenderId, plane::TapPoints>;

    /// `own`: random, of this run alone.
    TapAsker(SenderId own, std::uint64_t seed) : own_(own), random_(seed) {}

    /// From now on these are wanted, and no others.
    void want(const Wants& wants, TimePoint now);
    /// The state of each of them is news again, for who may have forgotten it.
    void tell_anew();
    void on_report(const plane::TapReport& report, TimePoint now);
    /// Gives what is to be said now to `send`.
    void say(TimePoint now, const std::function<void(const plane::Tap&)>& send);
    /// Of each box of which there is something new, once.
    std::vector<TapNews> take_news();
    bool has_news() const noexcept;
    /// When say() wants to be called; kNever when nothing is wanted.
    TimePoint next_due() const noexcept;

  private:
    struct Lease {
        plane::Tap tap;
        TimePoint next;
        Duration pause{};
        TimePoint heard;  ///< or, before the first answer, when it was begun
        std::uint32_t run = 0;
        std::uint32_t number = 0;     ///< of the last report
        std::uint64_t accounted = 0;  ///< events that came or were lost
        std::uint64_t dropped = 0;    ///< that the box told of
        TapNews news;
    };
    static void enter(Lease& lease, TapState state, std::string why);
    static void enter_live(Lease& lease, const plane::TapReport& report);
    static void take_events(Lease& lease, const plane::TapReport& report, TimePoint now);

    SenderId own_;
    Random random_;
    std::map<SenderId, Lease> leases_;
    std::vector<plane::Tap> goodbyes_;
};

}  // namespace midinet::control
