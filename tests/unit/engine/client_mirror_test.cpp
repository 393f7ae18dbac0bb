// One controller split into two hosts: the client plays the performance once, whichever host dies.
#include "base/random.hpp"
#include "sim/allocation_watch.hpp"
#include "unit/engine/rig.hpp"

namespace midinet::engine {
namespace {

constexpr unsigned kSeeds = 200;

/// Two mirrors and a client.
class Stage {
  public:
    Stage(std::uint64_t seed, std::size_t networks = 1) : world(seed, networks) {
        for (auto* host : {&a, &b}) {
            host->role = wire::Role::Mirror;
            host->start();
            host->plug_in();
        }
        client.start();
        client.open_port();
        pass(50ms);
    }
    void pass(Duration time) { world.run_until(world.now() + time); }

    World world;
    Host a{world, 1};
    Host b{world, 2};
    Client client{world, {1, 2}};
};

/// Messages of a performer: chords, sweeps, equal values in a row, program changes and RPNs.
class Performer {
  public:
    explicit Performer(std::uint64_t seed) : random_(seed) {}
    bool ticks = false;
    bool sysex = false;

    Bytes next() {
        const auto c = static_cast<std::uint8_t>(random_.below(3));
        const auto n = static_cast<std::uint8_t>(60 + random_.below(6));
        const auto v = static_cast<std::uint8_t>(1 + random_.below(4));
        switch (random_.below(10)) {
            case 0:
            case 1:
            case 2:
                return {static_cast<std::uint8_t>(0x90 | c), n, v};
            case 3:
            case 4:
                return {static_cast<std::uint8_t>(0x80 | c), n, 64};
            case 5:
                return {static_cast<std::uint8_t>(0xE0 | c), 0, v};
            case 6:
                return {static_cast<std::uint8_t>(0xC0 | c), v};
            case 7:
                if (ticks) return {0xF8};
                return {static_cast<std::uint8_t>(0xB0 | c), 64, v};
            case 8:
                if (sysex) return long_sysex();
                return {static_cast<std::uint8_t>(0xB0 | c), 100, v};
            default:
                return {static_cast<std::uint8_t>(0xB0 | c), 7, v};
        }
    }

  private:
    Bytes long_sysex() {
        Bytes bytes(50 + random_.below(4000), static_cast<std::uint8_t>(random_.below(100)));
        bytes.front() = 0xF0;
        bytes.back() = 0xF7;
        return bytes;
    }
    Random random_;
};

struct Show {
    Duration skew = 10ms;  ///< each host gets each byte up to this late
    double loss = 0;
    bool ticks = false;
    bool sysex = false;
    Duration longest_gap = 8ms;
    unsigned messages = 300;
    Duration stall{};   ///< the client stops for so long in the middle
    bool exact = true;  ///< else only the state in the end is compared
};

/// Plays a show to both hosts, kills one of them at some moment, and compares.
void play(std::uint64_t seed, const Show& show) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Stage stage{seed};
    Random random{seed * 7 + 1};
    Performer performer{seed};
    performer.ticks = show.ticks;
    performer.sysex = show.sysex;
    stage.world.weather(0).loss = show.loss;
    Bytes expected;
    auto& world = stage.world;
    std::array<Host*, 2> hosts{&stage.a, &stage.b};
    std::array<TimePoint, 2> last{};
    auto dead = std::make_shared<const Host*>(nullptr);
    auto at = world.now();
    const auto until = [&](Duration most) {
        return Duration{
            static_cast<std::int64_t>(random.below(static_cast<std::uint32_t>(most.count() + 1)))};
    };
    for (unsigned i = 0; i < show.messages; ++i) {
        at += random.below(3) == 0 ? until(show.longest_gap) : until(300us);
        const auto bytes = performer.next();
        expected.insert(expected.end(), bytes.begin(), bytes.end());
        for (unsigned h = 0; h < 2; ++h) {
            last[h] = std::max(last[h], at + until(show.skew));
            world.at(last[h], [bytes, dead, host = hosts[h]] {
                if (*dead != host) host->play(bytes);
            });
        }
    }
    const auto length = at - world.now();
    auto* victim = hosts[random.below(2)];
    world.at(world.now() + until(length), [dead, victim] {
        *dead = victim;
        victim->kill();
    });
    if (show.stall > Duration{})
        world.at(world.now() + until(length),
                 [&] { stage.client.node().stall_until(world.now() + show.stall); });
    const simtest::AllocationWatch watch{world.in_program()};
    const auto allocations = simtest::AllocationWatch::counted();
    stage.pass(length + 500ms);
    world.weather(0).loss = 0;
    stage.pass(500ms);
    EXPECT_EQ(simtest::AllocationWatch::counted(), allocations);
    EXPECT_EQ(stage.client.engine().counts().silences, 0U);
    const auto& survivor = *hosts[victim == hosts[0] ? 1 : 0];
    EXPECT_EQ(stage.client.engine().active(), SourceId{survivor.id()});
    if (show.exact) {
        EXPECT_EQ(stage.client.heard(), expected);
        EXPECT_EQ(stage.client.engine().corrections(), 0U);
    } else {
        const auto& told = stage.client.engine().told();
        EXPECT_EQ(told.digest(),
                  stage.client.engine().stream_of({survivor.id()})->truth().digest());
        (void)stage.client.heard();
    }
    survivor.device().push({0x9F, 1, 1, 0x8F, 1, 64}, {});
    stage.pass(5ms);
    EXPECT_EQ(stage.client.heard(), (Bytes{0x9F, 1, 1, 0x8F, 1, 64})) << "it plays on";
}

void play_all(const Show& show) {
    for (std::uint64_t seed = 1; seed <= kSeeds && !::testing::Test::HasFailure(); ++seed)
        play(seed, show);
}

TEST(ClientMirror, PerformanceIsHeardOnceWhoeverLeadsAndDies) { play_all({}); }

TEST(ClientMirror, SurvivorThatTrailsByMoreThanADetectionEndsNothingThatItWillBring) {
    play_all({.skew = 60ms});
}

TEST(ClientMirror, SoItIsWithClock) { play_all({.skew = 3ms, .ticks = true}); }

TEST(ClientMirror, SoItIsInAFlood) { play_all({.longest_gap = 400us, .messages = 2000}); }

TEST(ClientMirror, SoItIsWithLongSysExThatIsPlayedWhereItWasWholeFirst) {
    play_all({.sysex = true});
}

TEST(ClientMirror, SoItIsOnANetworkThatLosesWhatIsRepairedInTime) { play_all({.loss = 0.03}); }

TEST(ClientMirror, SoItIsWhenTheClientItselfStops) { play_all({.skew = 5ms, .stall = 300ms}); }

TEST(ClientMirror, WhereEventsAreLostForGoodTheStateIsRightInTheEnd) {
    play_all({.loss = 0.4, .exact = false});
}

class ClientMirrorTest : public ::testing::Test {
  protected:
    void both(const Bytes& bytes) {
        stage_.a.play(bytes);
        stage_.b.play(bytes);
    }
    Bytes heard(Duration after = 5ms) {
        stage_.pass(after);
        return stage_.client.heard();
    }
    Stage stage_{5};
};

TEST_F(ClientMirrorTest, HeldNoteGoesOnWhenItsHostDiesAndEndsOnce) {
    both({0x90, 60, 100, 0xB0, 7, 3});
    EXPECT_EQ(heard(700ms), (Bytes{0x90, 60, 100, 0xB0, 7, 3}));
    stage_.a.kill();
    EXPECT_EQ(heard(300ms), Bytes{});
    EXPECT_EQ(stage_.client.engine().active(), SourceId{2});
    stage_.b.play({0x80, 60, 64});
    EXPECT_EQ(heard(), (Bytes{0x80, 60, 64}));
}

TEST_F(ClientMirrorTest, HostThatLeavesOnPurposeCutsNothing) {
    both({0x90, 60, 100});
    (void)heard(50ms);
    stage_.a.shut_down();
    EXPECT_EQ(heard(300ms), Bytes{});
    EXPECT_EQ(stage_.client.engine().active(), SourceId{2});
    stage_.b.shut_down();
    EXPECT_EQ(heard(300ms), (Bytes{0x80, 60, 64})) << "nobody is left to hold it";
}

TEST_F(ClientMirrorTest, ReturnedHostTakesPartAgainAndCutsNothing) {
    both({0x90, 60, 100});
    (void)heard(50ms);
    stage_.a.kill();
    (void)heard(2s);
    stage_.a.start(2);
    stage_.a.plug_in();
    EXPECT_EQ(heard(2s), Bytes{});
    both({0x90, 61, 1});
    EXPECT_EQ(heard(), (Bytes{0x90, 61, 1}));
    stage_.b.kill();
    stage_.a.play({0x90, 62, 1});
    EXPECT_EQ(heard(), (Bytes{0x90, 62, 1})) << "before the death was noticed";
}

TEST_F(ClientMirrorTest, ReturnedHostThatLeadsOvertakesNothing) {
    stage_.a.kill();
    stage_.pass(500ms);
    stage_.b.play({0xB0, 7, 1});
    stage_.a.start(2);
    stage_.a.plug_in();
    EXPECT_EQ(heard(20ms), (Bytes{0xB0, 7, 1}));
    stage_.a.play({0x90, 60, 1});  // 0x80 60 was played just before it listened
    EXPECT_EQ(heard(2ms), Bytes{});
    stage_.a.play({0xB0, 7, 2});
    stage_.b.play({0x80, 60, 64, 0x90, 60, 1});
    EXPECT_EQ(heard(), (Bytes{0x80, 60, 64, 0x90, 60, 1})) << "its place is not certain yet";
    stage_.b.play({0xB0, 7, 2});
    EXPECT_EQ(heard(200ms), (Bytes{0xB0, 7, 2}));
    stage_.a.play({0xB0, 7, 3});
    EXPECT_EQ(heard(), (Bytes{0xB0, 7, 3})) << "now it may lead";
    stage_.b.play({0xB0, 7, 3});
    EXPECT_EQ(heard(300ms), Bytes{});
}

TEST_F(ClientMirrorTest, ReturnedHostMayLeadAfterAMomentWithoutMusic) {
    stage_.a.kill();
    stage_.pass(500ms);
    stage_.b.play({0xB0, 7, 1});
    stage_.a.start(2);
    stage_.a.plug_in();
    EXPECT_EQ(heard(60ms), (Bytes{0xB0, 7, 1}));
    stage_.a.play({0xB0, 7, 2, 0xB0, 7, 1, 0x90, 60, 1});
    EXPECT_EQ(heard(2ms), (Bytes{0xB0, 7, 2, 0xB0, 7, 1, 0x90, 60, 1}));
    stage_.b.play({0xB0, 7, 2, 0xB0, 7, 1, 0x90, 60, 1});
    EXPECT_EQ(heard(300ms), Bytes{});
}

TEST_F(ClientMirrorTest, ReturnedHostThatTrailsIsNotHeardTwice) {
    stage_.a.kill();
    stage_.pass(500ms);
    stage_.b.play({0xB0, 7, 1, 0xB0, 7, 1});
    stage_.a.start(2);
    stage_.a.plug_in();
    EXPECT_EQ(heard(20ms), (Bytes{0xB0, 7, 1, 0xB0, 7, 1}));
    stage_.a.play({0xB0, 7, 1});
    stage_.a.play({0xB0, 7, 1});
    EXPECT_EQ(heard(300ms), Bytes{});
}

TEST_F(ClientMirrorTest, WhatAReturnedHostLeadsWithIsPlayedWhenTheOtherNeverBringsIt) {
    stage_.a.kill();
    stage_.pass(500ms);
    stage_.b.play({0xB0, 7, 1});
    stage_.a.start(2);
    stage_.a.plug_in();
    EXPECT_EQ(heard(20ms), (Bytes{0xB0, 7, 1}));
    stage_.a.play({0xB0, 7, 2});
    EXPECT_EQ(heard(20ms), Bytes{});
    EXPECT_EQ(heard(50ms), (Bytes{0xB0, 7, 2})) << "the other lives, and does not bring it";
    stage_.a.kill();
    (void)heard(500ms);
    stage_.b.play({0xB0, 7, 3});
    stage_.a.start(3);
    stage_.a.plug_in();
    EXPECT_EQ(heard(20ms), (Bytes{0xB0, 7, 3}));
    stage_.a.play({0xB0, 7, 4});
    EXPECT_EQ(heard(2ms), Bytes{});
    stage_.b.kill();
    EXPECT_EQ(heard(20ms), (Bytes{0xB0, 7, 4})) << "the other died";
}

TEST_F(ClientMirrorTest, QuickRestartOfTheActiveHostCutsNothing) {
    both({0x90, 60, 100});
    (void)heard(50ms);
    stage_.a.kill();
    stage_.a.start(2);
    stage_.a.plug_in();
    EXPECT_EQ(heard(300ms), Bytes{});
    both({0x80, 60, 64});
    EXPECT_EQ(heard(), (Bytes{0x80, 60, 64}));
}

TEST_F(ClientMirrorTest, WithoutAutomaticSwitchesTheOtherMirrorGoesOnAllTheSame) {
    Stage stage{6};
    for (auto* host : {&stage.a, &stage.b}) {
        host->kill();
        host->failover.automatic = false;
        host->start(2);
        host->plug_in();
    }
    stage.pass(2s);
    stage.a.play({0x90, 60, 1});
    stage.b.play({0x90, 60, 1});
    stage.pass(50ms);
    (void)stage.client.heard();
    stage.a.kill();
    stage.pass(300ms);
    EXPECT_EQ(stage.client.heard(), Bytes{});
    EXPECT_EQ(stage.client.engine().active(), SourceId{2});
}

TEST_F(ClientMirrorTest, BothDeadIsSilenceAndTheNotesEnd) {
    both({0x90, 60, 100});
    (void)heard(50ms);
    stage_.a.kill();
    stage_.b.kill();
    EXPECT_EQ(heard(300ms), (Bytes{0x80, 60, 64}));
}

TEST_F(ClientMirrorTest, LateClientIsToldTheStateOnce) {
    both({0x90, 60, 100, 0xB0, 7, 3});
    stage_.pass(1s);
    Client late{stage_.world, {1, 2}};
    late.start();
    late.open_port();
    stage_.pass(300ms);
    EXPECT_EQ(late.heard(), (Bytes{0xB0, 7, 3, 0x90, 60, 100}));
    both({0x80, 60, 64});
    stage_.pass(5ms);
    EXPECT_EQ(late.heard(), (Bytes{0x80, 60, 64}));
}

/// Both hosts are young, so a late client hears all that they said. Which of them it hears first is
/// the seed's.
TEST(ClientMirror, LateClientKnowsWhatTheOlderHostSaidBeforeTheOtherBegan) {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        World world{seed};
        Host a{world, 1};
        Host b{world, 2};
        for (auto* host : {&a, &b}) host->role = wire::Role::Mirror;
        auto* older = seed % 2 == 0 ? &a : &b;
        older->start();
        older->plug_in();
        world.run_until(world.now() + 20ms);
        older->play({0xB0, 33, 63});
        world.run_until(world.now() + 8ms);
        auto* younger = older == &a ? &b : &a;
        younger->start();
        younger->plug_in();
        for (std::uint8_t n = 0; n < 100; ++n) {
            world.run_until(world.now() + 4ms);
            for (auto* host : {&a, &b}) host->play({0xB0, 7, n});
        }
        Client late{world, {1, 2}};
        late.start();
        late.open_port();
        world.run_until(world.now() + 100us);
        late.node().stall_until(world.now() + 4ms);  // it meets both hosts at once
        world.run_until(world.now() + 300ms);
        EXPECT_EQ(late.engine().told().digest(),
                  late.engine().stream_of(SourceId{older->id()})->truth().digest());
    }
}

TEST_F(ClientMirrorTest, HostThatOnlyTheOtherHearsIsMissedByNobody) {
    stage_.b.play({0x90, 60, 1});
    EXPECT_EQ(heard(), (Bytes{0x90, 60, 1})) << "a wire to one of them was pulled";
    stage_.a.play({0x90, 61, 1});
    EXPECT_EQ(heard(), (Bytes{0x90, 61, 1}));
}

TEST_F(ClientMirrorTest, StandbyBesideMirrorsIsNotPlayed) {
    Host c{stage_.world, 3};
    c.start();
    c.plug_in();
    Client client{stage_.world, {1, 2, 3}};
    client.start();
    client.open_port();
    stage_.pass(50ms);
    c.play({0x90, 70, 1});
    both({0x90, 60, 1});
    stage_.pass(5ms);
    EXPECT_EQ(client.heard(), (Bytes{0x90, 60, 1}));
}

}  // namespace
}  // namespace midinet::engine
