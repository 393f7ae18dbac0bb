// Several hosts play one performance to a client: whatever the skew between them, whenever one dies
// and whatever one loses, the client plays each event once.
#include "base/random.hpp"
#include "path/mirror/pairing.hpp"
#include "property/midi/midi_generators.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

namespace midinet::path {
namespace {

using midi::Messages;

constexpr TimePoint kStart{1000s};
/// Below the window, also on top of the waits that keeping the order adds.
constexpr std::uint32_t kMostSkewUs = 70'000;

/// Which part of the performance a lane brings, and with what numbers. Its skew is drawn anew every
/// few events, so lanes overtake each other.
struct LanePlan {
    std::uint32_t first_number = 1;
    std::size_t in_step = 0;  ///< before this event it has no skew
    std::size_t joins = 0;
    std::size_t dies = 0;       ///< the first event it does not bring
    std::vector<bool> loses{};  ///< empty: none
    bool brings(std::size_t i) const {
        return i >= joins && i < dies && (loses.empty() || !loses[i]);
    }
};

struct Arrival {
    TimePoint at;
    LaneId lane;
    std::size_t index;
};

std::vector<TimePoint> moments_of(std::size_t count, Random& random) {
    std::vector<TimePoint> moments;
    auto now = kStart;
    for (std::size_t i = 0; i < count; ++i) {
        now += std::chrono::microseconds{random.below(3) == 0 ? random.below(30'000) : 0};
        moments.push_back(now);
    }
    return moments;
}

std::vector<Arrival> arrivals_of(const std::vector<LanePlan>& lanes,
                                 const std::vector<TimePoint>& moments, Random& random) {
    std::vector<Arrival> all;
    for (std::uint8_t l = 0; l < lanes.size(); ++l) {
        auto last = kStart;
        std::uint32_t skew_us = 0;
        for (std::size_t i = 0; i < moments.size(); ++i) {
            if (i >= lanes[l].in_step && random.below(4) == 0) skew_us = random.below(kMostSkewUs);
            last = std::max(last, moments[i] + std::chrono::microseconds{skew_us});
            if (lanes[l].brings(i)) all.push_back({last, LaneId{l}, i});
        }
    }
    // A lane's own events keep their order also at one moment; which lane is first then is chance.
    const auto salt = random.below(Pairing::kMaxLanes);
    std::stable_sort(all.begin(), all.end(), [&](const Arrival& a, const Arrival& b) {
        return std::pair{a.at, a.lane.value ^ salt} < std::pair{b.at, b.lane.value ^ salt};
    });
    return all;
}

struct Played {
    Messages all;           ///< what the lanes brought and was let through
    Messages with_closing;  ///< and what had to be said behind it
    Messages superseded;    ///< pieces of parameters that came too late

    /// All that was brought, whether or not it was too late.
    Messages accounted_for() const {
        Messages both = all;
        both.insert(both.end(), superseded.begin(), superseded.end());
        return both;
    }
};

Played play(const Messages& music, const std::vector<LanePlan>& lanes, std::uint64_t seed) {
    Random random{seed};
    Pairing pairing{{.lanes = static_cast<unsigned>(lanes.size())}};
    Played played;
    const auto moments = moments_of(music.size(), random);
    for (const auto& arrival : arrivals_of(lanes, moments, random)) {
        const auto number = lanes[arrival.lane.value].first_number + arrival.index;
        const wire::Event event{.sequence = {static_cast<std::uint32_t>(number)},
                                .message = music[arrival.index]};
        const auto superseded = pairing.counters().superseded;
        const bool first = pairing.first(arrival.lane, event, arrival.at);
        if (pairing.counters().superseded > superseded) played.superseded.push_back(event.message);
        if (!first) continue;
        played.all.push_back(event.message);
        played.with_closing.push_back(event.message);
        if (!pairing.closing().empty()) played.with_closing.push_back(pairing.closing());
    }
    return played;
}

rc::Gen<Messages> any_music() {
    return rc::gen::map(rc::gen::pair(midi::any_performance(), rc::gen::arbitrary<std::uint64_t>()),
                        [](const std::pair<Messages, std::uint64_t>& drawn) {
                            Random random{drawn.second};
                            Messages music;
                            for (const auto& message : drawn.first) {
                                if (random.below(5) == 0) music.push_back(midi::Message{0xF8});
                                music.push_back(message);
                                if (random.below(5) == 0) music.push_back(message);
                            }
                            return music;
                        });
}

LanePlan any_lane(std::size_t dies) {
    return {.first_number = *rc::gen::arbitrary<std::uint32_t>(), .dies = dies};
}

std::vector<std::vector<std::uint8_t>> sorted(const Messages& messages) {
    std::vector<std::vector<std::uint8_t>> all;
    for (const auto& m : messages) all.emplace_back(m.bytes().begin(), m.bytes().end());
    std::sort(all.begin(), all.end());
    return all;
}

RC_GTEST_PROP(PairingProperty, PlaysThePerformanceExactlyWhateverTheSkewAndWheneverOtherLanesDie,
              ()) {
    const auto music = *any_music();
    const auto count = *rc::gen::inRange<std::size_t>(2, Pairing::kMaxLanes + 1);
    const auto survivor = *rc::gen::inRange<std::size_t>(0, count);
    std::vector<LanePlan> lanes;
    for (std::size_t l = 0; l < count; ++l)
        lanes.push_back(any_lane(
            l == survivor ? music.size() : *rc::gen::inRange<std::size_t>(0, music.size() + 1)));
    const auto played = play(music, lanes, *rc::gen::arbitrary<std::uint64_t>());
    RC_ASSERT(played.all == music);
    RC_ASSERT(played.with_closing == music);
}

std::ptrdiff_t note_offs(const Messages& messages) {
    return std::count_if(messages.begin(), messages.end(), [](const midi::Message& m) {
        return m.is_channel_message() && m.is_note_off();
    });
}

RC_GTEST_PROP(PairingProperty,
              NothingIsLostAndNothingButANoteOffDoubledWhenALaneJoinsLateOrIsSilentForAWhile, ()) {
    const auto music = *any_music();
    auto always = any_lane(music.size());
    auto guest = any_lane(music.size());
    guest.joins = *rc::gen::inRange<std::size_t>(0, music.size() + 1);
    const auto silent = *rc::gen::inRange<std::size_t>(0, music.size() + 1);
    const auto back = *rc::gen::inRange<std::size_t>(silent, music.size() + 1);
    guest.loses.resize(music.size());
    for (auto i = silent; i < back; ++i) guest.loses[i] = true;
    const auto played = play(music, {always, guest}, *rc::gen::arbitrary<std::uint64_t>());
    const auto heard = sorted(played.accounted_for());
    const auto meant = sorted(music);
    RC_ASSERT(std::includes(heard.begin(), heard.end(), meant.begin(), meant.end()));
    RC_ASSERT(std::ssize(heard) - std::ssize(meant) == note_offs(played.all) - note_offs(music));
    for (const auto& piece : played.superseded)
        RC_ASSERT(midi::is_parameter_control(piece.data1()));
}

constexpr unsigned kLesson = Pairing::kAgreements + 1;

/// Notes, plain controls and bend, of which the last value counts. The first ones teach the
/// distance of the numberings, with more than two lanes while they are in step.
Messages with_lesson(const Messages& music) {
    Messages all;
    for (unsigned v = 0; v < kLesson; ++v) all.push_back(midi::control_change(0, 20, v));
    for (const auto& m : music) {
        const bool plain = m.kind() == midi::Kind::ControlChange && m.data1() < 96 &&
                           m.data1() != 0 && m.data1() != 32 &&
                           !midi::is_parameter_control(m.data1());
        if (plain || m.kind() == midi::Kind::NoteOn || m.kind() == midi::Kind::NoteOff ||
            m.kind() == midi::Kind::PitchBend)
            all.push_back(m);
    }
    return all;
}

/// Some events are lost by one of the lanes for good; none by all.
void lose_some(std::vector<LanePlan>& lanes, std::size_t count, Random& random) {
    for (auto& lane : lanes) lane.loses.resize(count);
    for (std::size_t i = kLesson; i < count; ++i) {
        const auto spared = random.below(static_cast<std::uint32_t>(lanes.size()));
        for (std::uint32_t l = 0; l < lanes.size(); ++l)
            lanes[l].loses[i] = l != spared && random.below(8) == 0;
    }
}

RC_GTEST_PROP(PairingProperty, EveryEventThatAnyLaneBringsIsPlayedOnceThoughAllLoseSome, ()) {
    const auto music = with_lesson(*midi::any_performance());
    std::vector<LanePlan> lanes;
    for (auto left = *rc::gen::inRange(2U, Pairing::kMaxLanes + 1); left > 0; --left)
        lanes.push_back(any_lane(music.size()));
    for (auto& lane : lanes) lane.in_step = lanes.size() > 2 ? kLesson : 0;
    const auto seed = *rc::gen::arbitrary<std::uint64_t>();
    Random random{seed};
    lose_some(lanes, music.size(), random);
    const auto played = play(music, lanes, seed);
    RC_ASSERT(sorted(played.all) == sorted(music));

    const auto heard = midi::state_after(played.with_closing);
    const auto meant = midi::state_after(music);
    for (unsigned channel = 0; channel < 2; ++channel) {
        for (unsigned note = 0; note < 128; ++note)
            RC_ASSERT(heard.sounding(channel, note) <= meant.sounding(channel, note));
        for (unsigned control = 1; control < 96; ++control)
            RC_ASSERT(heard.control(channel, control) == meant.control(channel, control));
        RC_ASSERT(heard.bend(channel) == meant.bend(channel));
    }
}

}  // namespace
}  // namespace midinet::path
