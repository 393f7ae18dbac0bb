// A host that says again what another one says, and clients that hear it.
#include "base/random.hpp"
#include "sim/allocation_watch.hpp"
#include "unit/engine/rig.hpp"

namespace midinet::engine {
namespace {

class HostRelayTest : public ::testing::Test {
  protected:
    void SetUp() override {
        b_.relay_of = 1;
        b_.role = wire::Role::Relay;
        b_.start();
        a_.start();
        a_.plug_in();
        for (auto* client : {&near_, &far_}) {
            client->start();
            client->open_port();
        }
        pass(50ms);
    }
    void pass(Duration time) { world_.run_until(world_.now() + time); }
    Bytes note(std::uint8_t n) { return {0x90, n, 1}; }

    World world_{3, 2};
    Host a_{world_, 1, 2};
    Host b_{world_, 2, 2};
    Client near_{world_, {1, 2}, 2};  ///< hears both groups
    Client far_{world_, {2}, 2};      ///< hears the relay only
};

TEST_F(HostRelayTest, ClientThatHearsOnlyTheRelayPlaysTheSource) {
    Bytes sysex(5000, 7);
    sysex.front() = 0xF0;
    sysex.back() = 0xF7;
    Bytes expected = sysex;
    a_.play(sysex);
    pass(50ms);
    for (std::uint8_t n = 0; n < 100; ++n) {
        a_.play(note(n));
        const auto bytes = note(n);
        expected.insert(expected.end(), bytes.begin(), bytes.end());
        pass(1ms);
    }
    pass(5ms);
    EXPECT_EQ(far_.heard(), expected);
    EXPECT_EQ(far_.engine().active(), SourceId{1});
}

TEST_F(HostRelayTest, ClientThatHearsBothPlaysOnce) {
    a_.play({0x90, 60, 1, 0x90, 61, 1});
    pass(20ms);
    EXPECT_EQ(near_.heard(), (Bytes{0x90, 60, 1, 0x90, 61, 1}));
    EXPECT_EQ(near_.engine().active(), SourceId{1});
    EXPECT_EQ(b_.engine().status().relay.malformed, 0U);
}

TEST_F(HostRelayTest, DeadSourcesLastWordsAreDeliveredOnceAndThenItsNotesEnd) {
    for (std::uint64_t seed = 1; seed <= 200; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        World world{seed};
        Random random{seed};
        Host a{world, 1};
        Host b{world, 2};
        b.relay_of = 1;
        b.role = wire::Role::Relay;
        b.start();
        a.start();
        a.plug_in();
        const bool lossy = seed % 2 == 0;
        Client client{world,
                      lossy ? std::vector<std::uint16_t>{1, 2} : std::vector<std::uint16_t>{2}};
        client.start();
        client.open_port();
        world.run_until(world.now() + 50ms);
        if (lossy) world.weather(0).loss = 0.05;
        const simtest::AllocationWatch watch{world.in_program()};
        const auto allocations = simtest::AllocationWatch::counted();
        Bytes expected;
        Bytes ends;
        const auto notes = 1 + random.below(100);
        for (std::uint8_t n = 0; n < notes; ++n) {
            a.play({0x90, n, 1});
            expected.insert(expected.end(), {0x90, n, 1});
            ends.insert(ends.end(), {0x80, n, 64});
            world.run_until(world.now() + Duration{random.below(2'000'000)});
        }
        // Read from the device and on the wire; or said often enough for a network that loses.
        world.run_until(world.now() + (lossy ? 10ms : 20us));
        a.kill();
        world.run_until(world.now() + 250ms);
        expected.insert(expected.end(), ends.begin(), ends.end());
        ASSERT_EQ(client.heard(), expected);
        ASSERT_EQ(simtest::AllocationWatch::counted(), allocations);
        ASSERT_EQ(client.engine().active(), SourceId{1}) << "the relay has nothing to play";
    }
}

TEST_F(HostRelayTest, LateClientOfTheRelayIsToldTheState) {
    a_.play({0xB0, 7, 3, 0x90, 60, 1});
    pass(1s);
    Client late{world_, {2}, 2};
    late.start();
    late.open_port();
    pass(50ms);
    EXPECT_EQ(late.heard(), (Bytes{0xB0, 7, 3, 0x90, 60, 1}));
    pass(150ms);
    EXPECT_GT(b_.engine().status().relay.journals, 0U);
}

TEST_F(HostRelayTest, RelayThatStartsLateKnowsTheStateAndTellsIt) {
    a_.play({0xB0, 7, 3});
    pass(1s);
    b_.kill();
    pass(100ms);
    b_.start(2);
    pass(500ms);
    Client late{world_, {2}, 2};
    late.start();
    late.open_port();
    pass(100ms);
    EXPECT_EQ(late.heard(), (Bytes{0xB0, 7, 3}));
}

TEST_F(HostRelayTest, LossIsRepairedByTheRelaysAnswers) {
    for (std::uint8_t n = 0; n < 2; ++n) world_.weather(n).loss = 0.2;
    Bytes expected;
    for (unsigned i = 0; i < 500; ++i) {
        const Bytes bytes{0xB0, 7, static_cast<std::uint8_t>(i % 128)};
        a_.play(bytes);
        expected.insert(expected.end(), bytes.begin(), bytes.end());
        pass(i % 50 == 0 ? 60ms : 1ms);
    }
    pass(100ms);
    EXPECT_EQ(far_.heard(), expected);
}

TEST_F(HostRelayTest, RestartOfTheSourceIsHeardThroughTheRelay) {
    a_.play({0x90, 60, 1});
    pass(50ms);
    (void)far_.heard();
    a_.kill();
    pass(500ms);
    EXPECT_EQ(far_.heard(), (Bytes{0x80, 60, 64}));
    a_.start(2);
    a_.plug_in();
    pass(50ms);
    a_.play({0x90, 61, 1});
    pass(5ms);
    EXPECT_EQ(far_.heard(), (Bytes{0x90, 61, 1}));
    EXPECT_EQ(near_.engine().active(), SourceId{1});
}

TEST_F(HostRelayTest, ClientThatHeardTheIdleRelayFirstPlaysTheSourceWhenItComes) {
    a_.kill();
    Client early{world_, {1, 2}, 2};
    early.start();
    early.open_port();
    pass(3s);
    a_.start(2);
    a_.plug_in();
    pass(50ms);
    a_.play({0x90, 61, 1});
    pass(5ms);
    EXPECT_EQ(early.heard(), (Bytes{0x90, 61, 1}));
}

TEST_F(HostRelayTest, RelayWithADeviceOfItsOwnTakesOver) {
    b_.plug_in();
    pass(50ms);
    a_.play({0x90, 60, 1});
    pass(20ms);
    (void)near_.heard();
    a_.kill();
    pass(20ms);
    EXPECT_EQ(near_.heard(), (Bytes{0x80, 60, 64}));
    b_.play({0x90, 61, 1});
    pass(5ms);
    EXPECT_EQ(near_.heard(), (Bytes{0x90, 61, 1}));
}

TEST(HostRelayLoops, TwoHostsThatRelayEachOtherSayEverythingTwice) {
    World world{9};
    Host a{world, 1};
    Host b{world, 2};
    a.relay_of = 2;
    b.relay_of = 1;
    for (auto* host : {&a, &b}) {
        host->start();
        host->plug_in();
    }
    Client client{world, {1, 2}};
    client.start();
    client.open_port();
    world.run_until(world.now() + 100ms);
    const auto before = world.datagrams();
    a.play({0x90, 60, 1});
    world.run_until(world.now() + 1s);
    EXPECT_LT(world.datagrams() - before, 1400U) << "4 x 333 beats and a note";
    EXPECT_EQ(client.heard(), (Bytes{0x90, 60, 1}));
}

}  // namespace
}  // namespace midinet::engine
