// Several hosts play one performance to a client: whatever the skew between them, whenever one dies
// and whatever one loses, the client plays each event once.
#include "base/random.hpp"
#include "path/mirror/pairing.hpp"
#include "property/midi/midi_generators.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <map>

namespace midinet::path {
namespace {

using midi::Message;
using midi::Messages;
using Music = std::vector<wire::Event>;
using Skew = std::chrono::microseconds;

constexpr TimePoint kStart{1000s};
const Message kTick{0xF8};

/// Below the default quiet time: hosts that are well.
constexpr Skew kSmallSkew = 35ms;
/// Below the window, and for it a longer quiet time.
constexpr Skew kLargeSkew = 100ms;
constexpr Duration kLongQuiet = 120ms;

/// What happens to a lane after it brought some more events. While something is missing that it has
/// not told as lost, it is not settled.
enum class Fate : std::uint8_t { Loses, Restarts, Dies };
struct Turn {
    unsigned after = 0;   ///< events brought until then
    unsigned misses = 0;  ///< events not brought then
    Fate fate = Fate::Loses;
};
struct LanePlan {
    unsigned begins = 0;  ///< the first event it brings; 0: it is there from the beginning
    std::vector<Turn> turns{};
};

std::ostream& operator<<(std::ostream& out, const Turn& turn) {
    constexpr std::array kNames{"loses", "restarts", "dies"};
    return out << "after " << turn.after << ' ' << kNames[static_cast<unsigned>(turn.fate)] << ' '
               << turn.misses;
}
struct Step {
    enum class What : std::uint8_t { Brings, Misses, Loses, Begins, Dies };
    TimePoint at;
    LaneId lane;
    What what;
    std::size_t index;
};

std::vector<TimePoint> moments_of(std::size_t count, Random& random) {
    std::vector<TimePoint> moments;
    auto now = kStart;
    for (std::size_t i = 0; i < count; ++i) {
        const auto kind = random.below(40);
        if (kind == 0) now += std::chrono::microseconds{random.below(300'000)};
        if (kind > 25) now += std::chrono::microseconds{random.below(30'000)};
        moments.push_back(now);
    }
    return moments;
}

/// One lane's way through the music. Its skew is drawn anew every few events, so lanes overtake
/// each other, but each keeps its order.
class Way {
  public:
    Way(LaneId lane, const std::vector<TimePoint>& moments, Skew most, Random& random)
        : lane_(lane), moments_(moments), most_(most), random_(random) {}

    std::vector<Step> go(const LanePlan& plan) && {
        if (plan.begins > 0) miss(plan.begins, Fate::Restarts);
        for (const auto& turn : plan.turns) {
            bring(turn.after);
            miss(turn.misses, turn.fate);
            if (turn.fate == Fate::Dies) return std::move(steps_);
        }
        bring(moments_.size());
        return std::move(steps_);
    }

  private:
    void bring(std::size_t count) {
        for (; count > 0 && at_ < moments_.size(); --count, ++at_) {
            step_on(at_);
            if (lost_) add(Step::What::Loses);
            lost_ = false;
            add(Step::What::Brings);
        }
    }
    void miss(std::size_t count, Fate fate) {
        if (fate == Fate::Loses) {
            for (; count > 0 && at_ < moments_.size(); --count, ++at_) {
                step_on(at_);
                if (!std::exchange(lost_, true)) add(Step::What::Misses);
            }
            return;
        }
        add(Step::What::Dies);
        at_ = std::min(at_ + count, moments_.size());
        lost_ = false;
        if (fate == Fate::Dies || at_ == moments_.size()) return;
        last_ = std::max(last_, moments_[at_]);
        add(Step::What::Begins);
    }
    void step_on(std::size_t i) {
        if (random_.below(4) == 0)
            skew_ = Skew{random_.below(static_cast<std::uint32_t>(most_.count()))};
        last_ = std::max<TimePoint>(last_, moments_[i] + skew_);
    }
    void add(Step::What what) { steps_.push_back({last_, lane_, what, at_}); }

    LaneId lane_;
    const std::vector<TimePoint>& moments_;
    Skew most_;
    Random& random_;
    std::vector<Step> steps_;
    TimePoint last_ = kStart;
    Skew skew_{};
    std::size_t at_ = 0;
    bool lost_ = false;
};

unsigned track_of(const wire::Event& event) {
    return 2U * event.port.value + (is_tick(event) ? 1 : 0);
}

/// Each track of what is played, and whether it was said to be uncertain.
struct Played final : EventSink {
    std::map<unsigned, Messages> tracks;
    bool uncertain = false;
    void on_event(const wire::Event& event, TimePoint) noexcept override {
        tracks[track_of(event)].push_back(event.message);
    }
};

std::map<unsigned, Messages> tracks_of(const Music& music) {
    Played played;
    for (const auto& event : music) played.on_event(event, {});
    return played.tracks;
}

struct Conditions {
    Skew skew = kSmallSkew;
    Duration quiet = PairingOptions{}.quiet;
    Duration tick_interval{};  ///< 0: as it comes
};

class Performance {
  public:
    Performance(const Music& music, const std::vector<LanePlan>& plans, const Conditions& how)
        : music_(music),
          plans_(plans),
          how_(how),
          pairing_({.lanes = static_cast<unsigned>(plans.size()), .quiet = how.quiet}, played_) {}

    Played play(std::uint64_t seed) && {
        Random random{seed};
        for (std::uint8_t l = 0; l < plans_.size(); ++l)
            if (plans_[l].begins == 0) pairing_.set_health(LaneId{l}, kWell);
        pairing_.on_timer(now_);
        for (const auto& step : steps(random)) {
            wait_until(step.at);
            take(step);
        }
        wait_until(now_ + 1s);
        return std::move(played_);
    }

  private:
    static constexpr Pairing::Health kWell{.lives = true, .settled = true};

    std::vector<Step> steps(Random& random) const {
        const auto moments = all_moments(random);
        std::vector<Step> all;
        for (std::uint8_t l = 0; l < plans_.size(); ++l) {
            const auto way = Way{LaneId{l}, moments, how_.skew, random}.go(plans_[l]);
            all.insert(all.end(), way.begin(), way.end());
        }
        // A lane's own events keep their order also at one moment; which lane is first then is
        // chance.
        const auto salt = random.below(Pairing::kMaxLanes);
        std::stable_sort(all.begin(), all.end(), [&](const Step& a, const Step& b) {
            return std::pair{a.at, a.lane.value ^ salt} < std::pair{b.at, b.lane.value ^ salt};
        });
        return all;
    }
    std::vector<TimePoint> all_moments(Random& random) const {
        auto moments = moments_of(music_.size(), random);
        for (std::size_t i = 0; how_.tick_interval > 0s && i < moments.size(); ++i)
            moments[i] = kStart + static_cast<int>(i) * how_.tick_interval;
        return moments;
    }
    void wait_until(TimePoint then) {
        for (; now_ < then; now_ = std::min<TimePoint>(now_ + 3ms, then)) turn();
        turn();
    }
    void turn() {
        pairing_.on_timer(now_);
        played_.uncertain |= pairing_.was_uncertain();
    }
    void take(const Step& step) {
        switch (step.what) {
            case Step::What::Brings:
                return pairing_.take(step.lane, {music_[step.index], now_, now_});
            case Step::What::Misses:
                return;  // its next event will tell
            case Step::What::Loses:
                pairing_.set_health(step.lane, kWell);
                for (std::uint8_t port = 0; port < kMaxPorts; ++port)
                    pairing_.lose(step.lane, PortIndex{port}, now_);
                return;
            case Step::What::Begins:
                pairing_.restart(step.lane, now_);
                return pairing_.set_health(step.lane, kWell);
            case Step::What::Dies:
                return pairing_.set_health(step.lane, {});
        }
    }

    const Music& music_;
    const std::vector<LanePlan>& plans_;
    Conditions how_;
    Played played_;
    Pairing pairing_;
    TimePoint now_ = kStart;
};

Played play(const Music& music, const std::vector<LanePlan>& plans, const Conditions& how = {}) {
    return Performance{music, plans, how}.play(*rc::gen::arbitrary<std::uint64_t>());
}

/// On some ports, with repetitions, perhaps with ticks.
Music any_music(unsigned ports, bool ticks) {
    const auto messages = *midi::any_performance();
    Random random{*rc::gen::arbitrary<std::uint64_t>()};
    Music music;
    for (const auto& message : messages) {
        const PortIndex port{static_cast<std::uint8_t>(random.below(ports))};
        if (!ticks && message == kTick) continue;
        if (ticks && random.below(5) == 0) music.push_back({.port = port, .message = kTick});
        for (auto copies = random.below(5) == 0 ? 2 : 1; copies > 0; --copies)
            music.push_back({.port = port, .message = message});
    }
    return music;
}

/// Not two of them are alike.
Music distinct_music() {
    Music music;
    const auto count = *rc::gen::inRange(0U, 400U);
    for (unsigned n = 0; n < count; ++n)
        music.push_back({.message = midi::control_change(n >> 13U, n >> 7U & 63U, n & 127U)});
    return music;
}

rc::Gen<Turn> any_turn(const rc::Gen<Fate>& fate) {
    return rc::gen::apply(
        [](unsigned after, unsigned misses, Fate f) {
            return Turn{after, misses, f};
        },
        rc::gen::oneOf(rc::gen::inRange(0U, 10U), rc::gen::inRange(0U, 100U)),
        rc::gen::inRange(0U, 20U), fate);
}

/// It joins at any time, and loses events and returns any number of times.
LanePlan any_guest() {
    const auto fate = rc::gen::element(Fate::Loses, Fate::Restarts);
    return {.begins = *rc::gen::inRange(0U, 60U),
            .turns = *rc::gen::container<std::vector<Turn>>(any_turn(fate))};
}

LanePlan mortal(std::size_t events) {
    return {.turns = {{.after = *rc::gen::inRange(0U, static_cast<unsigned>(events) + 1),
                       .fate = Fate::Dies}}};
}

RC_GTEST_PROP(PairingProperty, LanesInStepPlayThePerformanceExactlyWheneverOthersDie, ()) {
    const auto music = any_music(3, true);
    const auto count = *rc::gen::inRange<std::size_t>(2, Pairing::kMaxLanes + 1);
    const auto survivor = *rc::gen::inRange<std::size_t>(0, count);
    std::vector<LanePlan> lanes;
    for (std::size_t l = 0; l < count; ++l)
        lanes.push_back(l == survivor ? LanePlan{} : mortal(music.size()));
    // A joined lane keeps its place whatever its skew.
    const auto skew = *rc::gen::element(Skew{kSmallSkew}, Skew{kLargeSkew}, Skew{3s});
    const auto played = play(music, lanes, {.skew = skew});
    RC_ASSERT(played.tracks == tracks_of(music));
    RC_ASSERT(!played.uncertain);
}

/// One brings all, the others come and go.
std::vector<LanePlan> host_with_guests() {
    std::vector<LanePlan> lanes{{}};
    const auto guests = *rc::gen::inRange(1U, Pairing::kMaxLanes);
    while (lanes.size() <= guests) lanes.push_back(any_guest());
    return lanes;
}

RC_GTEST_PROP(PairingProperty, GuestsThatJoinLoseAndReturnAreNotHeardWhileOneLaneBringsAll, ()) {
    const auto music = any_music(2, false);
    const auto lanes = host_with_guests();
    const auto played = play(music, lanes);
    RC_ASSERT(played.tracks == tracks_of(music));
    RC_ASSERT(!played.uncertain);
}

RC_GTEST_PROP(PairingProperty, GuestsMayBeAsFarApartAsTheQuietTimeAllows, ()) {
    const auto music = any_music(2, false);
    const auto lanes = host_with_guests();
    const auto played = play(music, lanes, {.skew = kLargeSkew, .quiet = kLongQuiet});
    RC_ASSERT(played.tracks == tracks_of(music));
    RC_ASSERT(!played.uncertain);
}

RC_GTEST_PROP(PairingProperty, GuestsTicksAreCountedWhereTheyAreNearerThanHalfTheirRhythm, ()) {
    const Music music(*rc::gen::inRange<std::size_t>(0, 300), {.message = kTick});
    const auto lanes = host_with_guests();
    const auto played = play(music, lanes, {.skew = 9ms, .tick_interval = 20ms});
    RC_ASSERT(played.tracks == tracks_of(music));
}

RC_GTEST_PROP(PairingProperty, NoEventIsPlayedTwiceWithoutSayingSoWhateverHappens, ()) {
    const auto music = distinct_music();
    std::vector<LanePlan> lanes;
    const auto fate = rc::gen::element(Fate::Loses, Fate::Restarts, Fate::Dies);
    for (auto left = *rc::gen::inRange(1U, Pairing::kMaxLanes + 1); left > 0; --left)
        lanes.push_back({.begins = *rc::gen::inRange(0U, 60U),
                         .turns = *rc::gen::container<std::vector<Turn>>(any_turn(fate))});
    const auto played = play(music, lanes, {.skew = kLargeSkew, .quiet = kLongQuiet});
    std::map<std::vector<std::uint8_t>, unsigned> times;
    for (const auto& [track, messages] : played.tracks)
        for (const auto& m : messages) ++times[{m.bytes().begin(), m.bytes().end()}];
    for (const auto& [message, count] : times) RC_ASSERT(count == 1U || played.uncertain);
}

}  // namespace
}  // namespace midinet::path
