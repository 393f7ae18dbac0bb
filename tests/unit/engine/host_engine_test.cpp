// The host's engine in the simulated world.
#include "unit/engine/rig.hpp"
#include "unit/midi/midi_printing.hpp"

namespace midinet::engine {
namespace {

using wire::PacketKind;

class HostEngineTest : public ::testing::Test {
  protected:
    HostEngineTest() {
        data_ = std::move(*ear_.node.open_group(group_of(1, wire::kDataPort), "net0"));
        beats_ = std::move(*ear_.node.open_group(group_of(1, wire::kHeartbeatPort), "net0"));
        data_1_ = std::move(*ear_.node.open_group(group_of(1, wire::kDataPort), "net1"));
        host_.start();
    }
    void pass(Duration time) { world_.run_until(world_.now() + time); }
    path::Sent data() { return ear_.received(*data_); }
    path::Sent beats() { return ear_.received(*beats_); }
    const HostStatus& status() {
        pass(150ms);
        return host_.engine().status();
    }
    wire::Nack nack(std::uint8_t flags = 0) { return {{1}, {1}, flags, {}, {}}; }

    World world_{1, 2};
    Host host_{world_, 1, 2};
    Bystander ear_{world_};
    std::unique_ptr<io::DatagramSocket> data_;
    std::unique_ptr<io::DatagramSocket> data_1_;
    std::unique_ptr<io::DatagramSocket> beats_;
};

TEST_F(HostEngineTest, WhatTheDevicePlaysIsOnEveryNetworkAtOnce) {
    host_.plug_in();
    pass(10ms);
    host_.play({0x90, 60, 100, 62, 101});  // running status
    pass(500us);
    for (auto* socket : {data_.get(), data_1_.get()}) {
        const auto sent = ear_.received(*socket).data();
        ASSERT_EQ(sent.size(), 1U);
        ASSERT_EQ(sent[0].events.size(), 2U);
        EXPECT_EQ(sent[0].events[1].message, midi::note_on(0, 62, 101));
    }
}

class HostPipelineTest : public HostEngineTest {
  protected:
    void use(const midi::PipelineSettings& settings) {
        ASSERT_TRUE(host_.engine().command(
            {.what = HostCommand::What::SetPipeline, .pipeline = new path::PipelineMap(settings)}));
        pass(5ms);
    }
    /// What went out since, in order.
    midi::Messages played() {
        midi::Messages messages;
        std::uint32_t last = last_;
        for (const auto& datagram : data().data())
            for (std::size_t i = 0; i < datagram.events.size(); ++i) {
                const auto number = datagram.events[i].sequence.value;
                if (number <= last) continue;
                last = number;
                messages.push_back(datagram.events[i].message);
            }
        last_ = last;
        return messages;
    }
    std::uint32_t last_ = 0;
};

TEST_F(HostPipelineTest, APipelineActsFromTheNextEventOnAndTheOldOneComesBack) {
    host_.plug_in();
    pass(10ms);
    host_.play({0x90, 60, 100, 0xB0, 64, 127});
    pass(5ms);
    midi::PipelineSettings settings;
    settings.transpose = 12;
    settings.channel_map[0] = 3;
    use(settings);
    EXPECT_EQ(host_.told.back(), HostEvent::What::PipelineReplaced);
    EXPECT_EQ(status().pipeline, midi::fingerprint_of(settings));
    (void)played();
    host_.play({0x90, 61, 100, 0x80, 60, 0, 0xB0, 64, 0, 0x80, 61, 0});
    pass(5ms);
    EXPECT_EQ(played(), (midi::Messages{midi::note_on(2, 73, 100), midi::note_off(0, 60, 0),
                                        midi::control_change(0, 64, 0), midi::note_off(2, 73, 0)}));
}

TEST_F(HostPipelineTest, WhoeverHearsThatItIsInForceReadsItInTheStatus) {
    midi::PipelineSettings settings;
    settings.transpose = 12;
    unsigned heard = 0;
    host_.clock.meanwhile = [&] {
        host_.told.clear();
        host_.take_news();
        if (std::count(host_.told.begin(), host_.told.end(), HostEvent::What::PipelineReplaced) ==
            0)
            return;
        ++heard;
        EXPECT_EQ(host_.engine().status().pipeline, midi::fingerprint_of(settings));
    };
    use(settings);
    EXPECT_EQ(heard, 1U);
    host_.clock.meanwhile = {};
}

TEST_F(HostPipelineTest, ADeviceThatComesBackStartsWithNothingDown) {
    midi::PipelineSettings settings;
    settings.transpose = 12;
    use(settings);
    host_.plug_in();
    pass(10ms);
    host_.play({0x90, 60, 100});
    pass(5ms);
    host_.unplug();
    pass(10ms);
    use({});
    host_.plug_in();
    pass(10ms);
    (void)played();
    host_.play({0x80, 60, 0});
    pass(5ms);
    EXPECT_EQ(played(), (midi::Messages{midi::note_off(0, 60, 0)}));
}

TEST_F(HostPipelineTest, ALongSysExIsPlayedWholeOrNotAtAll) {
    host_.plug_in();
    pass(10ms);
    const auto events = [this] { return status().transmit.events; };
    midi::PipelineSettings none;
    none.sysex = false;
    const auto before = events();
    host_.play(Bytes(1, 0xF0));
    host_.play(Bytes(500, 1));
    pass(5ms);
    use(none);
    host_.play(Bytes(500, 2));
    host_.play(Bytes(1, 0xF7));
    EXPECT_EQ(events(), before + 1) << "it had begun";
    host_.play(Bytes(1, 0xF0));
    host_.play(Bytes(500, 1));
    pass(5ms);
    use({});
    host_.play(Bytes(500, 2));
    host_.play({0xF7, 0x90, 60, 1});
    EXPECT_EQ(events(), before + 2) << "the note alone";
}

TEST_F(HostEngineTest, HeartbeatsComeEveryThreeMillisecondsFromTheStart) {
    pass(300ms);
    const auto beats = ear_.received(*beats_).beats();
    EXPECT_NEAR(static_cast<double>(beats.size()), 100, 2);
    EXPECT_EQ(beats.back().beat.beat - beats.front().beat.beat + 1, beats.size());
}

TEST_F(HostEngineTest, PacketNumbersCountPerInterfaceOverAllKindsFromOne) {
    host_.plug_in();
    pass(20ms);
    host_.play({0x90, 60, 100});
    pass(20ms);
    std::vector<std::uint32_t> numbers;
    for (const auto& sent : {data(), beats()})
        for (const auto& letter : sent.letters)
            numbers.push_back(letter.decoded().header.packet_number);
    std::sort(numbers.begin(), numbers.end());
    for (std::size_t i = 0; i < numbers.size(); ++i) EXPECT_EQ(numbers[i], i + 1);
    EXPECT_GT(numbers.size(), 10U);
}

TEST_F(HostEngineTest, DeviceFlagFollowsTheDevice) {
    using wire::heartbeat_flags::kDevicePresent;
    pass(20ms);
    EXPECT_EQ(beats().beats().back().beat.flags & kDevicePresent, 0);
    host_.plug_in(3);
    pass(20ms);
    const auto beat = beats().beats().back().beat;
    EXPECT_NE(beat.flags & kDevicePresent, 0);
    EXPECT_EQ(beat.ports, 3);
    host_.unplug();
    pass(20ms);
    EXPECT_EQ(beats().beats().back().beat.flags & kDevicePresent, 0);
}

TEST_F(HostEngineTest, UnpluggedDevicesNotesEndAndTheDeadObjectComesBack) {
    host_.plug_in();
    pass(10ms);
    host_.play({0x90, 60, 100, 0xB0, 64, 127, 0x90, 61});
    pass(10ms);
    host_.unplug();
    pass(10ms);
    const auto events = data().data().back().events;
    ASSERT_GE(events.size(), 2U);
    EXPECT_EQ(events[events.size() - 2].message, midi::note_off(0, 60));
    EXPECT_EQ(events.back().message, midi::control_change(0, 64, 0));
    EXPECT_EQ(host_.told, std::vector{HostEvent::What::SourceLost});
    EXPECT_FALSE(status().source_open);
}

TEST_F(HostEngineTest, HalfAMessageOfAnUnpluggedDeviceDoesNotMeetTheNextOnes) {
    host_.plug_in();
    pass(10ms);
    host_.play({0x90, 61});
    pass(10ms);
    host_.unplug();
    pass(10ms);
    host_.plug_in();
    pass(10ms);
    host_.play({100, 0xB0, 7, 1});
    pass(10ms);
    const auto events = data().data().back().events;
    ASSERT_EQ(events.size(), 1U);
    EXPECT_EQ(events[0].message, midi::control_change(0, 7, 1));
}

TEST_F(HostEngineTest, ReplacedDeviceComesBackAndItsNotesEnd) {
    host_.plug_in();
    pass(10ms);
    host_.play({0x90, 60, 100});
    pass(10ms);
    host_.plug_in();
    pass(10ms);
    EXPECT_EQ(host_.told, std::vector{HostEvent::What::SourceReplaced});
    EXPECT_EQ(data().data().back().events.back().message, midi::note_off(0, 60));
}

TEST_F(HostEngineTest, ActiveSensingIsAFlagAndNoEvent) {
    using wire::heartbeat_flags::kActiveSensing;
    host_.plug_in();
    pass(10ms);
    host_.play({0xFE});
    pass(10ms);
    EXPECT_TRUE(data().letters.empty());
    EXPECT_NE(beats().beats().back().beat.flags & kActiveSensing, 0);
    pass(1100ms);
    EXPECT_EQ(beats().beats().back().beat.flags & kActiveSensing, 0);
}

TEST_F(HostEngineTest, AnswersGoToTheAskerAloneAndAreNotCounted) {
    host_.plug_in();
    pass(10ms);
    host_.play({0x90, 60, 100});
    pass(10ms);
    (void)data();
    auto question = nack(wire::nack_flags::kState);
    (void)question.live.push_back({{1}, {1}});
    ear_.ask(host_.door(), question);
    pass(1ms);
    const auto answers = ear_.received();
    ASSERT_EQ(answers.letters.size(), 2U);
    EXPECT_EQ(answers.data().at(0).events.at(0).message, midi::note_on(0, 60, 100));
    EXPECT_EQ(answers.of(PacketKind::Journal).size(), 1U);
    for (const auto& letter : answers.letters)
        EXPECT_EQ(letter.decoded().header.packet_number, wire::kUncounted);
    EXPECT_TRUE(data().letters.empty());
}

TEST_F(HostEngineTest, QuestionForTheIdentityIsHandedToControlWhateverTheSource) {
    ear_.ask(host_.door(), {{}, {}, wire::nack_flags::kIdentity, {}, {}});
    pass(1ms);
    EXPECT_EQ(host_.told, std::vector{HostEvent::What::IdentityAsked});
    EXPECT_TRUE(ear_.received().letters.empty());
}

TEST_F(HostEngineTest, LeaseHolderGetsACopyOfEveryMulticastForFiveSeconds) {
    host_.plug_in();
    pass(10ms);
    ear_.lease(host_.door());
    pass(1ms);
    (void)beats();
    host_.play({0x90, 60, 100});
    pass(300ms);
    const auto copies = ear_.received();
    EXPECT_EQ(copies.data().size(), 2U) << "the note, and its echo into the silence after it";
    EXPECT_NEAR(static_cast<double>(copies.beats().size()),
                static_cast<double>(beats().beats().size()), 1);
    for (const auto& letter : copies.letters)
        EXPECT_EQ(letter.decoded().header.packet_number, wire::kUncounted);
    pass(5s);
    (void)ear_.received();
    pass(100ms);
    EXPECT_TRUE(ear_.received().letters.empty());
}

TEST_F(HostEngineTest, ReleasedLeaseEndsAtOnce) {
    ear_.lease(host_.door());
    pass(20ms);
    ear_.lease(host_.door(), true);
    pass(1ms);
    (void)ear_.received();
    pass(100ms);
    EXPECT_TRUE(ear_.received().letters.empty());
}

TEST_F(HostEngineTest, LeasesAreBoundedAndRefusalsCounted) {
    std::vector<std::unique_ptr<io::DatagramSocket>> many;
    for (std::size_t i = 0; i < Leases::kMax + 5; ++i) {
        ear_.socket.swap(many.emplace_back(std::move(*ear_.node.open_unicast("net0", 0, false))));
        ear_.lease(host_.door());
    }
    EXPECT_EQ(status().leases, Leases::kMax);
    EXPECT_EQ(status().leases_refused, 5U);
}

TEST_F(HostEngineTest, GarbageAndKindsForClientsAreCountedAndNothingElse) {
    const std::array<std::byte, 3> garbage{};
    ear_.socket->send(host_.door(), garbage);
    ear_.send(host_.door(), PacketKind::Heartbeat,
              [](ByteWriter& w) { wire::encode_heartbeat(w, {.source = {1}, .epoch = {1}}); });
    ear_.send(host_.door(), PacketKind::Nack, [](ByteWriter& w) { w.u8(1); });
    EXPECT_EQ(status().garbage, 3U);
    EXPECT_EQ(status().received, 3U);
    EXPECT_TRUE(ear_.received().letters.empty());
}

TEST_F(HostEngineTest, ShutdownReleasesNotesSaysGoodbyeThriceAndEnds) {
    host_.plug_in();
    pass(10ms);
    host_.play({0x90, 60, 100});
    pass(10ms);
    (void)beats();
    host_.shut_down();
    host_.shut_down();
    pass(50ms);
    EXPECT_FALSE(host_.running());
    EXPECT_EQ(host_.told, std::vector{HostEvent::What::Finished});
    unsigned goodbyes = 0;
    const auto last_beats = beats().beats();
    for (const auto& b : last_beats)
        goodbyes += (b.beat.flags & wire::heartbeat_flags::kGoodbye) != 0 ? 1U : 0U;
    EXPECT_EQ(goodbyes, 3U);
    EXPECT_EQ(last_beats.back().beat.flags & wire::heartbeat_flags::kGoodbye, 1);
    EXPECT_EQ(last_beats.back().beat.newest, Sequence{2});
    EXPECT_EQ(last_beats.back().events.back().message, midi::note_off(0, 60));
}

TEST_F(HostEngineTest, WhatTheDeviceSendsAfterTheFirstGoodbyeIsNotPlayed) {
    host_.plug_in();
    pass(10ms);
    host_.shut_down();
    pass(1ms);
    host_.play({0x90, 60, 100});
    pass(50ms);
    EXPECT_FALSE(host_.running());
    EXPECT_EQ(beats().beats().back().beat.newest, Sequence{0}) << "nobody would end that note";
}

TEST_F(HostEngineTest, ADeviceFasterThanTheNetworkIsHeldBackAndLosesNothing) {
    host_.plug_in();
    pass(10ms);
    constexpr unsigned kCount = 20'000;
    Bytes flood{0x90};
    for (unsigned i = 0; i < kCount; ++i) {
        flood.push_back(static_cast<std::uint8_t>(i % 128));
        flood.push_back(static_cast<std::uint8_t>(1 + i / 128 % 127));
    }
    host_.play(flood);
    pass(1s);
    std::map<std::uint32_t, midi::Message> seen;
    for (const auto& letter : data().data())
        for (const auto& event : letter.events) seen[event.sequence.value] = event.message;
    ASSERT_EQ(seen.size(), kCount);
    for (unsigned i = 0; i < kCount; ++i)
        ASSERT_EQ(seen[i + 1], midi::note_on(0, i % 128, 1 + i / 128 % 127));
}

TEST_F(HostEngineTest, StatusTellsWhatWasDone) {
    host_.plug_in();
    host_.play({0x90, 60, 100, 7});
    const auto& s = status();
    EXPECT_TRUE(s.source_open);
    EXPECT_EQ(s.transmit.events, 1U);
    EXPECT_EQ(s.parser.messages, 1U);
    EXPECT_GT(s.turns, 10U);
    EXPECT_LE(world_.now() - host_.engine().last_turn(), 4ms);
}

}  // namespace
}  // namespace midinet::engine
