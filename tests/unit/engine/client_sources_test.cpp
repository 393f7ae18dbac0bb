// Hosts that die and return, networks that lose and are cut, strangers that replay.
#include "unit/engine/rig.hpp"

namespace midinet::engine {
namespace {

class ClientSourcesTest : public ::testing::Test {
  protected:
    void SetUp() override {
        for (auto* host : {&a_, &b_}) {
            host->start();
            host->plug_in();
        }
        client_.start();
        client_.open_port();
        pass(50ms);
        client_.told.clear();  // whichever host was heard first: A is played now
        switches_before_ = client_.engine().counts().switches;
    }
    std::uint64_t switches() { return client_.engine().counts().switches - switches_before_; }
    /// What `a_` sends while it plays a note.
    std::vector<std::vector<std::byte>> recording_of_a() {
        std::vector<std::vector<std::byte>> all;
        world_.tap([&](ByteView bytes) {
            const auto datagram = wire::decode_datagram(bytes);
            if (datagram && datagram->header.sender == SenderId{1})
                all.emplace_back(bytes.begin(), bytes.end());
        });
        a_.play({0x90, 60, 100});
        pass(20ms);
        world_.tap({});
        return all;
    }
    void pass(Duration time) { world_.run_until(world_.now() + time); }
    unsigned count(ClientEvent::What what) const {
        return static_cast<unsigned>(std::count(client_.told.begin(), client_.told.end(), what));
    }
    using What = ClientEvent::What;

    World world_{1, 2};
    Host a_{world_, 1, 2};
    Host b_{world_, 2, 2};
    Client client_{world_, {1, 2}, 2};
    std::uint64_t switches_before_ = 0;
};

TEST_F(ClientSourcesTest, OnlyTheActiveSourceIsPlayed) {
    b_.play({0x90, 61, 1});
    a_.play({0x90, 60, 1});
    pass(5ms);
    EXPECT_EQ(client_.heard(), (Bytes{0x90, 60, 1}));
    EXPECT_EQ(client_.engine().active(), SourceId{1});
}

TEST_F(ClientSourcesTest, DeadHostsNotesEndWithinTenMillisecondsAndTheStandbyPlays) {
    a_.play({0x90, 60, 100, 0xB0, 7, 5});
    b_.play({0xB0, 8, 6});
    pass(20ms);
    (void)client_.heard();
    const auto died = world_.now();
    a_.kill();
    pass(10ms);
    EXPECT_EQ(client_.heard(), (Bytes{0x80, 60, 64, 0xB0, 8, 6}));
    EXPECT_LE(client_.last_write - died, 10ms);
    EXPECT_EQ(count(What::Switched), 1U);
    b_.play({0x90, 61, 1});
    pass(1ms);
    EXPECT_EQ(client_.heard(), (Bytes{0x90, 61, 1}));
}

TEST_F(ClientSourcesTest, GoodbyeIsFasterThanSilence) {
    a_.play({0x90, 60, 100});
    pass(20ms);
    (void)client_.heard();
    const auto left = world_.now();
    a_.shut_down();
    pass(20ms);
    EXPECT_EQ(client_.heard(), (Bytes{0x80, 60, 64}));
    EXPECT_LE(client_.last_write - left, 1ms);
    EXPECT_EQ(client_.engine().active(), SourceId{2});
}

TEST_F(ClientSourcesTest, ReturnedHostDoesNotTakeBackTheShow) {
    a_.kill();
    pass(1100ms);
    a_.start(2);
    a_.plug_in();
    pass(100ms);
    a_.play({0x90, 60, 1});
    pass(5ms);
    EXPECT_TRUE(client_.heard().empty());
    EXPECT_EQ(client_.engine().active(), SourceId{2});
}

TEST_F(ClientSourcesTest, LoneHostThatDiesIsReleasedAndItsRestartIsPlayedOn) {
    b_.kill();
    a_.play({0x90, 60, 100});
    pass(200ms);
    (void)client_.heard();
    a_.kill();
    pass(150ms);
    EXPECT_EQ(client_.heard(), (Bytes{0x80, 60, 64}));
    EXPECT_EQ(count(What::SourceSilent), 1U);
    a_.start(2);
    a_.plug_in();
    pass(50ms);
    EXPECT_EQ(count(What::SourceBack), 1U);
    a_.play({0x90, 62, 100});
    pass(5ms);
    EXPECT_EQ(client_.heard(), (Bytes{0x90, 62, 100}));
}

TEST_F(ClientSourcesTest, QuickRestartEndsTheOldEpochsNotes) {
    a_.play({0x90, 60, 100});
    pass(20ms);
    (void)client_.heard();
    a_.kill();
    a_.start(2);
    a_.plug_in();
    pass(5ms);
    EXPECT_EQ(client_.heard(), (Bytes{0x80, 60, 64}));
    EXPECT_EQ(client_.engine().active(), SourceId{1}) << "it was never silent for long";
}

TEST_F(ClientSourcesTest, CutNetworkLosesAndDoublesNothingWhileTheOtherOneStands) {
    Bytes expected;
    for (unsigned i = 0; i < 200; ++i) {
        world_.set_link(0, i % 40 < 20);
        world_.set_link(1, i % 40 >= 15);
        const Bytes message{0x90, static_cast<std::uint8_t>(i % 128), 1};
        a_.play(message);
        expected.insert(expected.end(), message.begin(), message.end());
        pass(1ms);
    }
    pass(10ms);
    EXPECT_EQ(client_.heard(), expected);
    EXPECT_EQ(switches(), 0U);
    EXPECT_EQ(client_.stream().nacks, 0U);
}

TEST_F(ClientSourcesTest, LostEventIsAskedForAndPlayedInItsPlace) {
    world_.set_link(0, false);
    world_.set_link(1, false);
    a_.play({0x90, 60, 1});
    pass(100us);
    world_.set_link(0, true);
    world_.set_link(1, true);
    pass(35ms);
    a_.play({0x90, 61, 1});
    pass(10ms);
    EXPECT_EQ(client_.heard(), (Bytes{0x90, 60, 1, 0x90, 61, 1}));
    EXPECT_EQ(client_.stream().lost, 0U);
}

TEST_F(ClientSourcesTest, OwnStallIsNobodysDeath) {
    a_.play({0x90, 60, 100});
    pass(20ms);
    (void)client_.heard();
    client_.node().stall_until(world_.now() + 700ms);
    a_.play({0x90, 61, 100});
    pass(1s);
    EXPECT_EQ(client_.heard(), (Bytes{0x90, 61, 100}));
    EXPECT_EQ(switches(), 0U);
    EXPECT_EQ(count(What::SourceSilent), 0U);
}

TEST_F(ClientSourcesTest, DatagramsOfAnOlderEpochAreNotPlayedAndKeepNobodyAlive) {
    const auto old = recording_of_a();
    a_.kill();
    a_.start(2);
    a_.plug_in();
    b_.kill();
    pass(500ms);
    (void)client_.heard();
    a_.kill();
    for (int i = 0; i < 150; ++i) {
        for (const auto& bytes : old) world_.inject_everywhere({0x0A0000FE, 5004}, bytes);
        pass(1ms);
    }
    EXPECT_TRUE(client_.heard().empty());
    EXPECT_EQ(count(What::SourceSilent), 1U);
    EXPECT_GT(client_.stream().old_epochs, 0U);
}

TEST_F(ClientSourcesTest, DeadHostsDatagramsSentAgainKeepItsNotesNoLonger) {
    b_.kill();
    const auto recorded = recording_of_a();
    a_.play({0x90, 61, 100});
    pass(500ms);
    (void)client_.heard();
    const auto died = world_.now();
    a_.kill();
    for (int i = 0; i < 200; ++i) {
        for (const auto& bytes : recorded) world_.inject_everywhere({0x0A0000FE, 5004}, bytes);
        pass(1ms);
    }
    EXPECT_EQ(client_.heard(), (Bytes{0x80, 60, 64, 0x80, 61, 64}));
    EXPECT_LE(client_.last_write - died, 110ms);
    EXPECT_EQ(count(What::SourceSilent), 1U);
    EXPECT_EQ(count(What::SourceBack), 0U);
}

TEST_F(ClientSourcesTest, StrangerWhoReplaysOldDatagramsIsNotAskedInPlaceOfTheHost) {
    Client client{world_, {1}};
    client.start();
    client.open_port();
    const auto old = recording_of_a();
    pass(1s);
    std::deque<Bystander> strangers;
    for (int i = 0; i < 8; ++i) strangers.emplace_back(world_);
    for (auto& stranger : strangers)
        for (const auto& bytes : old) world_.inject_everywhere(stranger.socket->local(), bytes);
    pass(5ms);
    for (auto& stranger : strangers) (void)stranger.received();
    world_.set_link(0, false);
    a_.play({0x90, 62, 100});
    pass(40ms);  // past the repeats: only an answer brings it
    world_.set_link(0, true);
    pass(20ms);
    EXPECT_EQ(client.engine().stream_of({1})->truth().find(PortIndex{0})->sounding(0, 62), 1);
    EXPECT_GT(client.stream().nacks, 0U);
    for (auto& stranger : strangers) EXPECT_TRUE(stranger.received().letters.empty());
}

TEST_F(ClientSourcesTest, HostWhoseMulticastDoesNotArriveIsHeardByALease) {
    Client deaf{world_, {1}};
    deaf.hears_multicast = false;
    deaf.start();
    deaf.open_port();
    deaf.command({.what = ClientCommand::What::KnowHost, .host = a_.door()});
    a_.play({0xB0, 7, 99});
    pass(500ms);
    EXPECT_EQ(deaf.heard(), (Bytes{0xB0, 7, 99}));
    for (int i = 0; i < 100; ++i) {
        a_.play({0xB0, 7, static_cast<std::uint8_t>(i)});
        pass(100ms);
        EXPECT_EQ(deaf.heard(), (Bytes{0xB0, 7, static_cast<std::uint8_t>(i)})) << "renewed";
    }
    deaf.command({ClientCommand::What::Shutdown});
    pass(200ms);
    EXPECT_EQ(a_.engine().status().leases, 0U) << "and given back";
}

TEST_F(ClientSourcesTest, ClientThatHearsTheMulticastAsksForNoLease) {
    client_.command({.what = ClientCommand::What::KnowHost, .host = a_.door()});
    pass(3s);
    EXPECT_EQ(client_.engine().counts().leases_asked, 0U);
}

TEST_F(ClientSourcesTest, SourcesHeardAreBounded) {
    Bystander stranger{world_};
    for (std::uint16_t id = 10; id < 60; ++id)
        stranger.send(
            group_of(1, wire::kHeartbeatPort), wire::PacketKind::Heartbeat,
            [&](ByteWriter& w) { wire::encode_heartbeat(w, {.source = {id}, .epoch = {1}}); });
    pass(200ms);
    EXPECT_EQ(client_.engine().status().source_count, control::FailoverPolicy::kMaxSources);
    a_.play({0x90, 60, 1});
    pass(5ms);
    EXPECT_EQ(client_.heard(), (Bytes{0x90, 60, 1}));
}

}  // namespace
}  // namespace midinet::engine
