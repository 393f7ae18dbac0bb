// A host whose loss is rehearsed, and one that is played from elsewhere, in the simulated world.
#include "unit/engine/rig.hpp"

#include <gmock/gmock.h>

namespace midinet::engine {
namespace {

using control::plane::PlayedMidi;
using testing::ElementsAre;
using testing::IsEmpty;

PlayedMidi midi_of(const std::vector<midi::Message>& messages) {
    PlayedMidi midi;
    for (const auto& message : messages) EXPECT_TRUE(midi.add(message.bytes()));
    return midi;
}

class HostRehearsalTest : public ::testing::Test {
  protected:
    HostRehearsalTest() {
        for (auto* host : {&one_, &two_}) {
            host->start();
            host->plug_in();
        }
        client_.start();
        client_.open_port();
        pass(2s);
        (void)client_.heard();
    }
    void pass(Duration time) { world_.run_until(world_.now() + time); }
    void hold(Host& host, Duration length) {
        ASSERT_TRUE(host.engine().command(
            {.what = HostCommand::What::Hold, .until = world_.now() + length}));
    }
    void play(Host& host, const PlayedMidi& midi, std::uint8_t port = 0) {
        ASSERT_TRUE(host.engine().command(
            {.what = HostCommand::What::Play, .played_on = PortIndex{port}, .midi = midi}));
        pass(5ms);
    }
    SourceId active() {
        pass(150ms);
        return client_.engine().status().active;
    }

    World world_{4};
    Host one_{world_, 1};
    Host two_{world_, 2};
    Client client_{world_, {1, 2}};
};

TEST_F(HostRehearsalTest, ClientsLeaveAHeldHostAsTheyLeaveADeadOne) {
    ASSERT_EQ(active(), SourceId{1});
    hold(one_, 2s);
    EXPECT_EQ(active(), SourceId{2});
    two_.play({0x90, 61, 1});
    pass(5ms);
    EXPECT_EQ(client_.heard(), (Bytes{0x90, 61, 1}));
}

TEST_F(HostRehearsalTest, HeldHostSaysNothingAtAllAndThenGoesOn) {
    Bystander ear(world_);
    const auto beats = std::move(*ear.node.open_group(group_of(1, wire::kHeartbeatPort), "net0"));
    const auto data = std::move(*ear.node.open_group(group_of(1, wire::kDataPort), "net0"));
    ear.lease(one_.door());
    pass(10ms);
    hold(one_, 1s);
    pass(1ms);
    for (auto* socket : {beats.get(), data.get(), ear.socket.get()}) (void)ear.received(*socket);
    one_.play({0x90, 60, 100});
    ear.ask(one_.door(), {{1}, {1}, wire::nack_flags::kState, {}, {}});
    pass(900ms);
    for (auto* socket : {beats.get(), data.get(), ear.socket.get()})
        EXPECT_TRUE(ear.received(*socket).letters.empty());
    pass(150ms);
    const auto after = ear.received(*beats).beats();
    ASSERT_FALSE(after.empty());
    EXPECT_EQ(after.front().beat.newest, Sequence{1}) << "what was played meanwhile is known";
}

TEST_F(HostRehearsalTest, NumbersOfDatagramsGoOnAsIfNothingHadBeenSent) {
    Bystander ear(world_);
    const auto beats = std::move(*ear.node.open_group(group_of(1, wire::kHeartbeatPort), "net0"));
    pass(10ms);
    hold(one_, 500ms);
    pass(600ms);
    std::vector<std::uint32_t> numbers;
    for (const auto& letter : ear.received(*beats).letters)
        numbers.push_back(letter.decoded().header.packet_number);
    ASSERT_GT(numbers.size(), 2U);
    for (std::size_t i = 1; i < numbers.size(); ++i) EXPECT_EQ(numbers[i], numbers[i - 1] + 1);
}

TEST_F(HostRehearsalTest, EndsSoonerWhenItIsTold) {
    hold(one_, 1h);
    EXPECT_EQ(active(), SourceId{2});
    hold(one_, Duration{});
    pass(1s);
    EXPECT_TRUE(client_.engine().status().sources[0].alive);
}

TEST_F(HostRehearsalTest, NoteThatSoundedWhenItBeganDoesNotHang) {
    one_.play({0x90, 60, 100});
    pass(50ms);
    hold(one_, 500ms);
    one_.play({0x80, 60, 64});
    pass(1s);
    EXPECT_THAT(client_.heard(), testing::AnyOf(Bytes{0x90, 60, 100, 0x80, 60, 64},
                                                Bytes{0x90, 60, 100, 0x80, 60, 0}));
}

TEST_F(HostRehearsalTest, WhatIsPlayedFromElsewhereIsAsIfTheDeviceHadSentIt) {
    midi::PipelineSettings settings;
    settings.transpose = 12;
    ASSERT_TRUE(one_.engine().command(
        {.what = HostCommand::What::SetPipeline, .pipeline = new path::PipelineMap(settings)}));
    one_.engine().tap_feed().want(control::plane::kHostTaps);
    play(one_, midi_of({midi::note_on(0, 60, 100), midi::control_change(0, 7, 1)}));
    EXPECT_EQ(client_.heard(), (Bytes{0x90, 72, 100, 0xB0, 7, 1}));
    std::vector<Bytes> in;
    control::plane::TapEvent event;
    while (one_.engine().tap_feed().poll(event))
        if (event.point == control::plane::TapPoint::In)
            in.emplace_back(event.head.begin(), event.head.end());
    EXPECT_THAT(in, ElementsAre(Bytes{0x90, 60, 100}, Bytes{0xB0, 7, 1}));
}

TEST_F(HostRehearsalTest, APlayedNoteEndsWithTheDevice) {
    play(one_, midi_of({midi::note_on(0, 60, 100)}));
    (void)client_.heard();
    one_.unplug();
    pass(50ms);
    const auto end = client_.heard();
    ASSERT_GE(end.size(), 3U);
    EXPECT_EQ(end[0] & 0xF0U, 0x80U);
    EXPECT_EQ(end[1], 60);
}

TEST_F(HostRehearsalTest, NothingIsPlayedBehindAGoodbye) {
    one_.shut_down();
    pass(1ms);
    (void)client_.heard();
    ASSERT_TRUE(one_.engine().command(
        {.what = HostCommand::What::Play, .midi = midi_of({midi::note_on(0, 60, 100)})}));
    pass(50ms);
    EXPECT_FALSE(one_.running());
    EXPECT_THAT(client_.heard(), IsEmpty());
}

}  // namespace
}  // namespace midinet::engine
