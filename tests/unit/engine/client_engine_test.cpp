// The client's engine with a real host's in the simulated world: playing, the port, the end.
// Sources that die and networks that fail: client_sources_test.cpp.
#include "unit/engine/rig.hpp"

namespace midinet::engine {
namespace {

constexpr std::uint8_t kTick = 0xF8;

class ClientEngineTest : public ::testing::Test {
  protected:
    void SetUp() override {
        host_.start();
        host_.plug_in(2);
        client_.start();
        client_.open_port();
        pass(50ms);
    }
    void pass(Duration time) { world_.run_until(world_.now() + time); }

    World world_{1};
    Host host_{world_, 1};
    Client client_{world_, {1}};
};

TEST_F(ClientEngineTest, PlaysWhatTheHostsDevicePlaysOnTheSamePort) {
    host_.play({0x90, 60, 100, 0xF8, 0xB0, 7, 1});
    host_.play({0xC0, 5}, 1);
    pass(1ms);
    EXPECT_EQ(client_.heard(0), (Bytes{0x90, 60, 100, 0xF8, 0xB0, 7, 1}));
    EXPECT_EQ(client_.heard(1), (Bytes{0xC0, 5}));
    EXPECT_EQ(client_.engine().corrections(), 0U);
}

TEST_F(ClientEngineTest, PlaysALongSysExByteForByte) {
    const auto sysex = path::sysex_of(300'000);
    host_.play(sysex);
    host_.play({0x90, 60, 100});
    pass(1s);
    auto expected = sysex;
    expected.insert(expected.end(), {0x90, 60, 100});
    EXPECT_EQ(client_.heard(), expected);
}

TEST_F(ClientEngineTest, LiveNotesOfAnotherPortDoNotWaitForALongSysEx) {
    const auto sysex = path::sysex_of(200'000);
    for (std::size_t at = 0; at < sysex.size(); at += 10'000) {
        const auto piece = sysex.begin() + static_cast<std::ptrdiff_t>(at);
        EXPECT_TRUE(client_.heard(0).empty()) << "it is not played before it is whole";
        host_.play(Bytes(piece, piece + 10'000), 0);
        // Its end is another matter: the host reads no further until all of it is sent.
        if (at + 10'000 == sysex.size()) break;
        host_.play({0x90, 60, 100}, 1);
        pass(500us);
        EXPECT_EQ(client_.heard(1), (Bytes{0x90, 60, 100}));
        pass(1ms);
    }
    pass(50ms);
    EXPECT_EQ(client_.heard(0), sysex);
}

TEST_F(ClientEngineTest, LateJoinerHasTheWholeStateWithinFiftyMilliseconds) {
    host_.play({0xB0, 7, 99, 0x90, 60, 100, 0xC0, 3, 0xE0, 1, 2});
    pass(2s);
    Client late{world_, {1}};
    late.start();
    late.open_port();
    pass(50ms);
    EXPECT_EQ(late.heard(), (Bytes{0xC0, 3, 0xB0, 7, 99, 0xE0, 1, 2, 0x90, 60, 100}));
}

TEST_F(ClientEngineTest, PortOpenedLaterIsToldTheStateHeldNotesToo) {
    host_.play({0xB0, 7, 99, 0x90, 60, 100});
    pass(5s);
    (void)client_.heard();
    client_.open_port();
    pass(5ms);
    EXPECT_EQ(client_.heard(), (Bytes{0xB0, 7, 99, 0x90, 60, 100}));
    EXPECT_TRUE(client_.was_told(ClientEvent::What::PortReplaced));
}

TEST_F(ClientEngineTest, WhatIsReadInTheTurnThatTakesAPortComesBehindTheState) {
    host_.play({0x90, 60, 100});
    pass(5s);
    (void)client_.heard();
    client_.node().stall_until(world_.now() + 2ms);
    client_.open_port();
    host_.play({0x80, 60, 33});
    pass(5ms);
    EXPECT_EQ(client_.heard(), (Bytes{0x90, 60, 100, 0x80, 60, 33}));
}

TEST_F(ClientEngineTest, PortOpenedWhileTheStateIsUnknownIsToldHeldNotesHoweverOldOnceItIsKnown) {
    host_.play({0x90, 60, 100});
    pass(5s);
    Bytes flood;  // more than beats repeat
    for (std::uint8_t round = 0; round < 5; ++round)
        for (std::uint8_t value = 0; value < 100; ++value)
            flood.insert(flood.end(), {0xB0, 7, value});
    world_.set_paths([](auto, auto) { return false; });
    host_.play(flood);
    pass(4ms);
    const auto client = client_.node().address();
    world_.set_paths([client](auto from, auto) { return from != client; });
    pass(1s);
    ASSERT_FALSE(client_.engine().stream_of({1})->whole()) << "its questions are not answered";
    ASSERT_FALSE(client_.was_told(ClientEvent::What::SourceSilent));
    (void)client_.heard();
    client_.open_port();
    pass(2ms);
    world_.set_paths({});
    pass(50ms);
    EXPECT_EQ(client_.heard(), (Bytes{0xB0, 7, 99, 0x90, 60, 100}));
}

TEST_F(ClientEngineTest, LostPortIsHandedBackAndTheNextOneIsToldTheStateOfThen) {
    host_.play({0xB0, 7, 99});
    pass(5ms);
    (void)client_.heard();
    client_.port_answer = io::WriteResult::Lost;
    host_.play({0xB0, 7, 100});
    pass(5ms);
    EXPECT_TRUE(client_.was_told(ClientEvent::What::PortLost));
    host_.play({0xB0, 8, 1});
    pass(5ms);
    client_.open_port();
    pass(5ms);
    EXPECT_EQ(client_.heard(), (Bytes{0xB0, 7, 100, 0xB0, 8, 1}));
}

TEST_F(ClientEngineTest, WhenThePortIsFullTransportWaitsAndClockIsDroppedAndCounted) {
    client_.port_answer = io::WriteResult::Full;
    host_.play({kTick, kTick});
    pass(5ms);
    host_.play({0xFA, 0x90, 60, 100});
    pass(5ms);
    EXPECT_TRUE(client_.heard().empty());
    client_.port_answer = io::WriteResult::Taken;
    pass(5ms);
    EXPECT_EQ(client_.heard(), (Bytes{0xFA, 0x90, 60, 100}));
    EXPECT_EQ(client_.engine().output_counters().port_full, 2U);
}

TEST_F(ClientEngineTest, NoteWhoseReleaseStillWaitedWhenTheHostFellSilentEndsAllTheSame) {
    host_.play({0x90, 60, 100});
    pass(5ms);
    client_.port_answer = io::WriteResult::Full;
    host_.play({0x80, 60, 33});
    pass(5ms);
    host_.kill();
    pass(150ms);
    client_.port_answer = io::WriteResult::Taken;
    pass(10ms);
    EXPECT_EQ(client_.heard(), (Bytes{0x90, 60, 100, 0x80, 60, 64}));
}

TEST_F(ClientEngineTest, NoteWhoseReleaseStillWaitedWhenTheHostReturnedEndsThoughItPlaysOn) {
    Client buffered{world_, {1}};
    buffered.options.jitter_buffer = 5ms;
    buffered.start();
    buffered.open_port();
    pass(50ms);
    host_.play({0x90, 60, 100});
    pass(10ms);
    EXPECT_EQ(buffered.heard(), (Bytes{0x90, 60, 100}));
    buffered.port_answer = io::WriteResult::Full;
    host_.play({0x80, 60, 33});
    pass(5500us);
    host_.kill();
    host_.start(2);
    host_.plug_in();
    buffered.port_answer = io::WriteResult::Taken;
    // So densely that the buffer is never empty.
    for (std::uint8_t n = 0; n < 20; ++n, pass(2ms)) host_.play({0xB0, 7, n});
    const auto heard = buffered.heard();
    const Bytes release{0x80, 60, 64};
    EXPECT_NE(std::search(heard.begin(), heard.end(), release.begin(), release.end()), heard.end());
}

TEST_F(ClientEngineTest, NoteWhoseReleaseWaitsBehindALongSysExEndsWhenTheClientDoes) {
    host_.play({0x90, 60, 100});
    pass(5ms);
    client_.largest_write = 3;
    host_.play(path::sysex_of(5000));
    host_.play({0x80, 60, 33, 0xB0, 7, 1});
    pass(20ms);
    EXPECT_EQ(client_.heard(), (Bytes{0x90, 60, 100}));
    client_.command({ClientCommand::What::Shutdown});
    pass(105ms);
    EXPECT_FALSE(client_.running());
    EXPECT_EQ(client_.heard(), (Bytes{0x80, 60, 64}));
}

TEST_F(ClientEngineTest, JitterBufferDelaysByItsLengthWhateverTheNetworkDoes) {
    Client buffered{world_, {1}};
    buffered.options.jitter_buffer = 10ms;
    buffered.start();
    buffered.open_port();
    pass(50ms);
    world_.weather(0).jitter = 4ms;
    for (int i = 0; i < 20; ++i) {
        const auto played_at = world_.now();
        host_.play({0x90, 60, 100});
        pass(20ms);
        EXPECT_EQ(buffered.heard(), (Bytes{0x90, 60, 100}));
        EXPECT_NEAR(to_ms(buffered.last_write - played_at), 10, 0.2);
    }
}

TEST_F(ClientEngineTest, WhatCameWhileTheTurnWasInterruptedIsDatedByWhenItWasRead) {
    Client buffered{world_, {1}};
    buffered.options.jitter_buffer = 10ms;
    buffered.start();
    buffered.open_port();
    pass(50ms);
    buffered.clock.interruption = 2ms;
    pass(20ms);
    buffered.clock.interruption = {};
    const auto played_at = world_.now();
    host_.play({0x90, 60, 100});
    pass(20ms);
    EXPECT_EQ(buffered.heard(), (Bytes{0x90, 60, 100}));
    EXPECT_NEAR(to_ms(buffered.last_write - played_at), 10, 0.2);
}

TEST_F(ClientEngineTest, SensesForTheSourceWhileItSenses) {
    pass(2s);
    EXPECT_TRUE(client_.sensed.empty()) << "the source does not use it";
    for (int i = 0; i < 20; ++i) {
        host_.play({0xFE});
        pass(250ms);
    }
    ASSERT_GT(client_.sensed.size(), 10U);
    for (std::size_t i = 2; i < client_.sensed.size(); i += 2)
        EXPECT_LE(client_.sensed[i] - client_.sensed[i - 2], 300ms);
    pass(2s);
    const auto before = client_.sensed.size();
    pass(2s);
    EXPECT_EQ(client_.sensed.size(), before);
}

TEST_F(ClientEngineTest, ShutdownReleasesWhatSoundsAndEnds) {
    host_.play({0x90, 60, 100, 0xB0, 7, 1});
    pass(5ms);
    (void)client_.heard();
    client_.command({ClientCommand::What::Shutdown});
    pass(5ms);
    EXPECT_EQ(client_.heard(), (Bytes{0x80, 60, 64}));
    EXPECT_FALSE(client_.running());
    EXPECT_EQ(client_.told.back(), ClientEvent::What::Finished);
}

TEST_F(ClientEngineTest, ShutdownWaitsABoundedTimeForAFullPort) {
    host_.play({0x90, 60, 100});
    pass(5ms);
    client_.port_answer = io::WriteResult::Full;
    client_.command({ClientCommand::What::Shutdown});
    pass(90ms);
    EXPECT_TRUE(client_.running());
    pass(20ms);
    EXPECT_FALSE(client_.running());
}

TEST_F(ClientEngineTest, AskedForAnIdentityItAsksTheHost) {
    client_.command({.what = ClientCommand::What::AskIdentity, .source = {1}});
    pass(5ms);
    EXPECT_EQ(host_.told, std::vector{HostEvent::What::IdentityAsked});
}

TEST_F(ClientEngineTest, GarbageAndKindsForHostsAreCountedAndChangeNothing) {
    Bystander stranger{world_};
    const auto group = group_of(1, wire::kDataPort);
    stranger.lease(group);
    stranger.ask(group, {{1}, {1}, 0, {}, {}});
    const std::array<std::byte, 3> garbage{};
    stranger.socket->send(group, garbage);
    pass(5ms);
    EXPECT_EQ(client_.engine().counts().garbage, 3U);
    EXPECT_TRUE(client_.heard().empty());
}

TEST_F(ClientEngineTest, StatusTellsOfSourcesPortAndLegs) {
    host_.play({0x90, 60, 100});
    pass(200ms);
    const auto& status = client_.engine().status();
    EXPECT_EQ(status.active, SourceId{1});
    ASSERT_EQ(status.source_count, 1);
    EXPECT_TRUE(status.sources[0].alive);
    EXPECT_TRUE(status.sources[0].whole);
    EXPECT_EQ(status.sources[0].counters.delivered, 1U);
    EXPECT_EQ(status.sources[0].beat.ports, 2);
    EXPECT_TRUE(status.port_open);
    EXPECT_EQ(status.output.messages, 1U);
    EXPECT_EQ(status.transit.count(), 1U);
    ASSERT_EQ(status.legs.end() - status.legs.begin(), 1);
    EXPECT_EQ(status.legs.begin()->missing, 0U);
}

}  // namespace
}  // namespace midinet::engine
