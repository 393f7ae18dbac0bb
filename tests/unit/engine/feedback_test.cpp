// Feedback in the simulated world: from an application behind a client to the devices of the hosts.
#include "base/random.hpp"
#include "midi/inquiry.hpp"
#include "unit/engine/rig.hpp"

#include <gmock/gmock.h>

namespace midinet::engine {
namespace {

/// What is lit, by status and first data byte; a note that is off is not in it.
using Lights = std::map<std::pair<unsigned, unsigned>, unsigned>;

void light(Lights& lights, std::span<const std::uint8_t> message) {
    if (message[0] >= 0xC0) return;
    const bool note = message[0] < 0xA0;
    const std::pair<unsigned, unsigned> key{note ? message[0] | 0x10U : message[0], message[1]};
    if (note && (message[0] < 0x90 || message[2] == 0))
        lights.erase(key);
    else
        lights[key] = message[2];
}

/// A host whose device takes feedback.
class LitHost : public Host {
  public:
    LitHost(World& world, std::uint16_t id) : Host(world, id), world_(world) {
        hears_feedback = true;
    }
    void plug_in_surface() {
        answer = io::WriteResult::Taken;
        lights.clear();
        auto* port = new platform::sim::Port(
            world_, [this](PortIndex, std::span<const std::uint8_t> bytes, TimePoint) {
                if (answer != io::WriteResult::Taken) return answer;
                if (all.size() >= room) return io::WriteResult::Full;
                all.insert(all.end(), bytes.begin(), bytes.end());
                if (midi::is_inquiry(midi::Message(bytes))) {
                    ++asked;
                    return answer;
                }
                heard.emplace_back(bytes.begin(), bytes.end());
                light(lights, bytes);
                return answer;
            });
        ASSERT_TRUE(engine().command({.what = HostCommand::What::UseSurface, .port = port}));
    }
    void set_focus(const wire::Focus& focus) {
        ASSERT_TRUE(engine().command({.what = HostCommand::What::SetFocus, .focus = focus}));
    }
    io::WriteResult answer = io::WriteResult::Taken;
    Lights lights;             ///< of the device
    std::vector<Bytes> heard;  ///< without the host's own questions
    unsigned asked = 0;
    Bytes all;                           ///< every byte
    std::size_t room = ~std::size_t{0};  ///< bytes in `all` at which it is full

  private:
    World& world_;
};

/// A client, and an application that lights what it can.
class LightingClient : public Client {
  public:
    LightingClient(World& world, std::vector<std::uint16_t> hosts, std::uint64_t number)
        : Client(world, std::move(hosts)) {
        options.client = {(std::uint64_t{1} << 63U) + number};
        options.focus_group = kFocusGroup;
        options.auto_claim = false;
    }
    void open(std::uint32_t epoch = 1) {
        options.feedback_epoch = {epoch};
        lights.clear();
        start();
        app_ = new platform::sim::Source(node());
        command({.what = ClientCommand::What::UseFeedback, .feedback = app_});
    }
    void say(const Bytes& bytes) { app_->push(bytes); }
    void lit(const Bytes& message) {
        light(lights, message);
        say(message);
    }
    SenderId id() const { return options.client; }

    Lights lights;  ///< as the application wants them

  private:
    platform::sim::Source* app_ = nullptr;  ///< the engine's
};

class FeedbackTest : public ::testing::Test {
  protected:
    void SetUp() override {
        for (auto* host : {&one_, &two_}) begin(*host, 1);
        a_.open();
        b_.open();
        give_focus(a_);
    }
    void begin(LitHost& host, std::uint32_t epoch) {
        host.start(epoch);
        host.plug_in();
        host.plug_in_surface();
    }
    void pass(Duration time) { world_.run_until(world_.now() + time); }
    void give_focus(const LightingClient& client) {
        focus_ = {client.id(), focus_.term + 1, HostId{1}, true};
        for (auto* host : {&one_, &two_}) host->set_focus(focus_);
        pass(50ms);
    }
    void play_random(LightingClient& client, unsigned messages, Random& random) {
        for (unsigned n = 0; n < messages; ++n) {
            const auto channel = static_cast<std::uint8_t>(random.below(3));
            const auto what = static_cast<std::uint8_t>(random.below(90));
            const auto value = static_cast<std::uint8_t>(random.below(128));
            const bool note = random.chance(0.7);
            if (!note && (what == 6 || what == 38)) continue;
            const auto kind = static_cast<std::uint8_t>(note ? 0x90 : 0xB0);
            client.lit({static_cast<std::uint8_t>(kind | channel), what, value});
            pass(Duration{500us});
        }
    }
    void expect_lit_as(const LightingClient& client) {
        EXPECT_EQ(one_.lights, client.lights);
        EXPECT_EQ(two_.lights, client.lights);
    }

    World world_{3};
    LitHost one_{world_, 1};
    LitHost two_{world_, 2};
    LightingClient a_{world_, {1, 2}, 1};
    LightingClient b_{world_, {1, 2}, 2};
    wire::Focus focus_;
};

TEST_F(FeedbackTest, WhatTheApplicationSendsIsPlayedByEveryDevice) {
    const std::vector<Bytes> said{
        {0x90, 60, 5}, {0xB0, 7, 0}, {0xE0, 0, 64}, {0x80, 60, 64}, {0xF0, 0x7D, 1, 0xF7}};
    for (const auto& message : said) a_.say(message);
    pass(10ms);
    EXPECT_EQ(one_.heard, said);
    EXPECT_EQ(two_.heard, said);
}

TEST_F(FeedbackTest, WhatTheDeviceTookIsSeenByTheTapOfLights) {
    one_.engine().tap_feed().want(bit(control::plane::TapPoint::Lights));
    a_.say({0x90, 60, 5});
    pass(10ms);
    one_.answer = io::WriteResult::Full;
    a_.say({0x90, 61, 5});
    pass(10ms);
    std::vector<Bytes> seen;
    control::plane::TapEvent event;
    while (one_.engine().tap_feed().poll(event)) {
        EXPECT_EQ(event.point, control::plane::TapPoint::Lights);
        seen.emplace_back(event.head.begin(), event.head.end());
    }
    EXPECT_EQ(seen, (std::vector<Bytes>{{0x90, 60, 5}})) << "not what it had no room for";
}

TEST_F(FeedbackTest, LossLeavesNoWrongLight) {
    for (const double loss : {0.1, 0.2}) {
        world_.weather(0).loss = loss;
        Random random(11);
        play_random(a_, 2000, random);
        pass(500ms);
        expect_lit_as(a_);
        EXPECT_GT(a_.lights.size(), 100U);
    }
}

TEST_F(FeedbackTest, ALongSysExArrivesWhole) {
    const auto sysex = path::sysex_of(100'000);
    a_.say(sysex);
    a_.say({0x90, 60, 1});
    pass(1s);
    Bytes all;
    for (const auto& piece : one_.heard) all.insert(all.end(), piece.begin(), piece.end());
    auto expected = sysex;
    expected.insert(expected.end(), {0x90, 60, 1});
    EXPECT_TRUE(all == expected) << all.size() << " bytes";
}

TEST_F(FeedbackTest, OneWithoutTheFocusSaysNothing) {
    b_.say({0x90, 60, 1});
    pass(100ms);
    EXPECT_TRUE(one_.heard.empty());
    EXPECT_EQ(one_.engine().status().surface.foreign, 0U);
}

/// It hears no host but one, which was not told yet.
TEST_F(FeedbackTest, OneThatBelievesInAnOldRegisterIsCountedAndNotPlayed) {
    LightingClient late(world_, {2}, 3);
    late.open();
    give_focus(late);
    one_.set_focus({b_.id(), focus_.term + 1, HostId{1}, true});
    pass(50ms);
    late.say({0x90, 60, 1});
    pass(200ms);
    EXPECT_TRUE(one_.heard.empty());
    EXPECT_EQ(two_.heard, (std::vector<Bytes>{{0x90, 60, 1}}));
    EXPECT_GT(one_.engine().status().surface.foreign, 0U);
}

/// Somebody recorded a run of the holder, and sends it again after the holder began anew.
TEST_F(FeedbackTest, AnOldRunSentAgainIsCountedAndNotPlayed) {
    std::vector<std::vector<std::byte>> recorded;
    world_.tap([&](ByteView bytes) {
        if (const auto datagram = wire::decode_datagram(bytes);
            datagram && datagram->header.sender == a_.id())
            recorded.emplace_back(bytes.begin(), bytes.end());
    });
    for (std::uint8_t note = 40; note < 60; ++note) a_.lit({0x90, note, 5});
    pass(50ms);
    world_.tap({});
    a_.node().kill();
    a_.open(2);
    pass(100ms);
    a_.lit({0x90, 60, 7});
    pass(100ms);
    one_.heard.clear();
    for (const auto& old : recorded) world_.inject_everywhere({0x0A000063, 5007}, old);
    pass(100ms);
    EXPECT_TRUE(one_.heard.empty());
    expect_lit_as(a_);
    EXPECT_GT(recorded.size(), 5U);
    EXPECT_GT(one_.engine().status().surface.stream.old_epochs, 0U);
}

TEST_F(FeedbackTest, TheSameRunSentAgainIsNotPlayedAgain) {
    std::vector<std::vector<std::byte>> recorded;
    world_.tap([&](ByteView bytes) { recorded.emplace_back(bytes.begin(), bytes.end()); });
    a_.lit({0x90, 60, 7});
    pass(20ms);
    a_.lit({0x80, 60, 64});
    pass(200ms);
    world_.tap({});
    one_.heard.clear();
    for (const auto& old : recorded) world_.inject_everywhere({0x0A000063, 5007}, old);
    pass(100ms);
    EXPECT_TRUE(one_.heard.empty());
    expect_lit_as(a_);
}

/// With a right check sum, but nonsense within; and from ids that no client has.
TEST_F(FeedbackTest, ForgedFeedbackIsGarbageOrForeign) {
    Bystander forger(world_);
    const auto before = one_.engine().status();
    const auto send = [&](SenderId sender, wire::PacketKind kind) {
        std::array<std::byte, wire::kMaxDatagram> buffer;
        ByteWriter writer{buffer};
        wire::begin_datagram(writer, {.kind = kind, .sender = sender});
        writer.u32(0xFFFFFFFF);
        ASSERT_TRUE(wire::end_datagram(writer));
        forger.socket->send(kFocusGroup, writer.written());
    };
    for (const auto kind : {wire::PacketKind::Data, wire::PacketKind::Bulk,
                            wire::PacketKind::Heartbeat, wire::PacketKind::Journal})
        for (const auto sender : {a_.id(), b_.id(), SenderId{2}, SenderId{77}}) send(sender, kind);
    pass(200ms);
    const auto& after = one_.engine().status();
    EXPECT_TRUE(one_.heard.empty());
    EXPECT_EQ(after.garbage - before.garbage, 12U) << "the holder's own nonsense, and hosts'";
    EXPECT_EQ(after.surface.foreign - before.surface.foreign, 4U) << "another client's";
    a_.lit({0x90, 60, 7});
    pass(50ms);
    expect_lit_as(a_);
}

/// The controller says again what it is told, the application what it hears.
TEST_F(FeedbackTest, ALoopEndsAndEverythingElseGoesOn) {
    a_.open_port();
    pass(50ms);
    std::size_t rounds = 0;
    const auto go_round = [&](unsigned ms) {
        for (unsigned i = 0; i < ms; ++i) {
            pass(1ms);
            const auto played = a_.heard();
            rounds += played.size() / 3;
            if (!played.empty()) a_.say(played);
            for (const auto& message : std::exchange(one_.heard, {})) one_.play(message);
        }
    };
    one_.play({0xB0, 7, 64});
    go_round(2000);
    EXPECT_GE(rounds, path::LoopGuard::kMostTurns);
    EXPECT_LE(rounds, path::LoopGuard::kMostTurns + 1);
    EXPECT_EQ(a_.engine().counts().loops.cut, 1U);
    two_.heard.clear();
    a_.say({0x90, 1, 2});
    pass(20ms);
    EXPECT_EQ(two_.heard, (std::vector<Bytes>{{0x90, 1, 2}}));
}

/// Of no stall: what waited meanwhile is old.
TEST_F(FeedbackTest, AHolderThatWasStalledKnowsThatItsFocusIsOver) {
    a_.node().stall_until(world_.now() + 5s);
    pass(1s);
    one_.kill();
    two_.kill();
    pass(4s + 50ms);
    EXPECT_FALSE(a_.engine().seat().holds(world_.now()));
}

/// More heartbeats than one turn reads, and of runs whose clocks only they tell.
TEST_F(FeedbackTest, AHolderThatWasStalledBelievesNothingThatWaitedHoweverMuchItIs) {
    for (const bool late : {true, false}) {  // stalled before it looked at the clock, or after
        const auto woken = world_.now() + 8s;
        a_.clock.interruption = late ? Duration{} : Duration{8s};
        a_.node().stall_until(woken);
        pass(100ms);
        for (auto* host : {&one_, &two_}) {
            host->kill();
            begin(*host, late ? 2 : 3);
            host->set_focus(focus_);
        }
        pass(6s);
        one_.kill();
        two_.kill();
        world_.run_until(woken);
        a_.clock.interruption = {};
        for (unsigned ms = 0; ms < 100; ++ms) {
            pass(1ms);
            ASSERT_FALSE(a_.engine().seat().holds(world_.now())) << late << ", after " << ms;
        }
        for (auto* host : {&one_, &two_}) {
            begin(*host, late ? 12 : 13);
            host->set_focus(focus_);
        }
        pass(100ms);
        EXPECT_TRUE(a_.engine().seat().holds(world_.now())) << "what comes now is of now";
    }
}

TEST_F(FeedbackTest, WhoStartsIsNotToldThatNobodyHasTheFocus) {
    const auto changes = [](const LightingClient& client) {
        return std::count(client.told.begin(), client.told.end(), ClientEvent::What::FocusChanged);
    };
    EXPECT_EQ(changes(b_), 1) << "a has it";
    focus_ = {{}, focus_.term + 1, HostId{1}, true};
    for (auto* host : {&one_, &two_}) host->set_focus(focus_);
    pass(50ms);
    EXPECT_EQ(changes(b_), 2) << "that a has it no more is news";
    LightingClient late(world_, {1, 2}, 3);
    late.open();
    pass(200ms);
    EXPECT_EQ(changes(late), 0);
    EXPECT_EQ(late.engine().seat().focus(), focus_) << "it knows";
}

TEST_F(FeedbackTest, WithTheFocusComesTheDifferenceAndNothingStale) {
    for (const auto note : {std::uint8_t{60}, std::uint8_t{61}}) a_.lit({0x90, note, 5});
    b_.lit({0x90, 61, 5});
    b_.lit({0x90, 62, 7});
    for (std::uint8_t v = 1; v < 100; ++v) b_.lit({0x90, 63, v});
    b_.lit({0x80, 63, 64});
    pass(100ms);
    one_.heard.clear();
    give_focus(b_);
    expect_lit_as(b_);
    EXPECT_THAT(one_.heard,
                ::testing::UnorderedElementsAre(Bytes{0x80, 60, 64}, Bytes{0x90, 62, 7}));
}

TEST_F(FeedbackTest, NobodysLightsGoOutBecauseNobodyHasTheFocus) {
    a_.lit({0x90, 60, 5});
    pass(10ms);
    focus_ = {{}, focus_.term + 1, HostId{1}, true};
    one_.set_focus(focus_);
    two_.set_focus(focus_);
    pass(5s);
    expect_lit_as(a_);
}

TEST_F(FeedbackTest, ADeviceThatComesBackIsPaintedCompletely) {
    Random random(5);
    play_random(a_, 300, random);
    one_.answer = io::WriteResult::Lost;
    play_random(a_, 50, random);
    EXPECT_THAT(one_.told, ::testing::Contains(HostEvent::What::SurfaceLost));
    one_.plug_in_surface();
    const auto began = world_.now();
    while (one_.lights != a_.lights && world_.now() < began + 1s) pass(1ms);
    EXPECT_LT(world_.now() - began, 100ms);
    expect_lit_as(a_);
}

TEST_F(FeedbackTest, AHostThatComesBackPaintsItsDevice) {
    Random random(6);
    play_random(a_, 300, random);
    one_.kill();
    play_random(a_, 50, random);
    begin(one_, 2);
    one_.set_focus(focus_);
    pass(100ms);
    expect_lit_as(a_);
}

TEST_F(FeedbackTest, AClientThatStartsAnewPaintsWhatItsApplicationWantsNow) {
    for (std::uint8_t note = 40; note < 60; ++note) a_.lit({0x90, note, 5});
    a_.lit({0x90, 60, 7});
    pass(20ms);
    one_.heard.clear();
    a_.node().kill();
    a_.open(2);
    pass(100ms);
    a_.lit({0x90, 60, 7});
    pass(200ms);
    expect_lit_as(a_);
    EXPECT_GE(one_.heard.size(), 21U);
}

TEST_F(FeedbackTest, ASlowDeviceGetsTheNewestValueOfEachLight) {
    one_.answer = io::WriteResult::Full;
    for (unsigned n = 0; n < 1000; ++n) {
        a_.lit({0xB0, static_cast<std::uint8_t>(20 + n % 10), static_cast<std::uint8_t>(n % 128)});
        pass(200us);
    }
    one_.answer = io::WriteResult::Taken;
    pass(100ms);
    expect_lit_as(a_);
    EXPECT_EQ(one_.heard.size(), 10U);
    EXPECT_EQ(two_.heard.size(), 1000U) << "the other one's is not slow";
}

const Bytes kLiveMode{0xF0, 0x47, 0x7F, 0x73, 0x60, 0, 4, 0x42, 8, 1, 1, 0xF7};
const Bytes kGenericMode{0xF0, 0x47, 0x7F, 0x73, 0x60, 0, 4, 0x40, 8, 1, 1, 0xF7};

TEST_F(FeedbackTest, ADeviceThatComesBackIsSetToItsModeBeforeItIsPainted) {
    a_.say(kLiveMode);
    a_.lit({0x90, 60, 5});
    pass(50ms);
    one_.heard.clear();
    one_.plug_in_surface();
    pass(100ms);
    EXPECT_EQ(one_.heard, (std::vector<Bytes>{kLiveMode, {0x90, 60, 5}}));
}

TEST_F(FeedbackTest, AnApplicationMaySetTheSameModeAgain) {
    a_.say(kLiveMode);
    a_.say(kLiveMode);
    pass(50ms);
    EXPECT_EQ(one_.heard, (std::vector<Bytes>{kLiveMode, kLiveMode}));
}

TEST_F(FeedbackTest, WithTheFocusComesTheHoldersMode) {
    a_.say(kGenericMode);
    a_.lit({0x90, 60, 5});
    b_.say(kLiveMode);
    b_.lit({0x90, 60, 5});
    pass(50ms);
    one_.heard.clear();
    give_focus(b_);
    EXPECT_EQ(one_.heard, (std::vector<Bytes>{kLiveMode, {0x90, 60, 5}}));
    one_.heard.clear();
    pass(1s);
    EXPECT_TRUE(one_.heard.empty()) << "once";
}

TEST_F(FeedbackTest, AHostThatComesBackSetsTheMode) {
    a_.say(kLiveMode);
    a_.lit({0x90, 60, 5});
    pass(50ms);
    one_.kill();
    begin(one_, 2);
    one_.heard.clear();
    one_.set_focus(focus_);
    pass(100ms);
    EXPECT_EQ(one_.heard, (std::vector<Bytes>{kLiveMode, {0x90, 60, 5}}));
}

const Bytes kReply{0xF0, 0x7E, 0x00, 0x06, 0x02, 0x47, 0x29, 0, 0x19, 0, 1, 0, 0, 5, 0xF7};
const Bytes kQuestion{0xF0, 0x7E, 0x7F, 0x06, 0x01, 0xF7};

midi::InquiryReplies replies() {
    midi::InquiryReplies replies{};
    for (const auto byte : kReply) (void)replies[0].push_back(byte);
    return replies;
}

TEST_F(FeedbackTest, ADeviceIsAskedWhoItIsAndItsReplyIsNotPlayed) {
    EXPECT_EQ(one_.asked, 1U);
    a_.open_port();
    pass(500ms);
    a_.heard();
    one_.plug_in();
    pass(10ms);
    EXPECT_EQ(one_.asked, 2U) << "asked again when it is plugged in again";
    one_.play(kReply);
    one_.play({0x90, 60, 100});
    pass(100ms);
    EXPECT_EQ(a_.heard(), (Bytes{0x90, 60, 100}));
    EXPECT_THAT(one_.told, ::testing::Contains(HostEvent::What::DeviceAnswered));
    pass(10s);
    EXPECT_EQ(one_.asked, 2U);
    EXPECT_THAT(one_.told,
                ::testing::Not(::testing::Contains(HostEvent::What::DeviceUnidentified)));
    EXPECT_THAT(two_.told, ::testing::Contains(HostEvent::What::DeviceUnidentified));
    one_.play(kReply);
    pass(100ms);
    EXPECT_EQ(a_.heard(), kReply) << "nobody waits for it any more: music";
}

TEST_F(FeedbackTest, AQuestionWaitsForTheEndOfALongSysEx) {
    pass(5s);
    const auto sysex = path::sysex_of(100'000);
    one_.all.clear();
    one_.room = 2000;
    a_.say(sysex);
    pass(100ms);
    ASSERT_GT(one_.all.size(), 1000U);
    one_.plug_in();
    pass(100ms);
    EXPECT_EQ(one_.asked, 3U) << "not now";
    one_.room = ~std::size_t{0};
    pass(900ms);
    EXPECT_EQ(one_.asked, 4U);
    auto expected = sysex;
    expected.insert(expected.end(), kQuestion.begin(), kQuestion.end());
    EXPECT_TRUE(one_.all == expected) << one_.all.size() << " bytes";
}

TEST_F(FeedbackTest, ApplicationsAreAnsweredWithoutTheFocusToo) {
    for (auto* client : {&a_, &b_}) {
        client->open_port();
        client->engine().know_replies(replies());
        client->say(kQuestion);
    }
    pass(100ms);
    EXPECT_EQ(a_.heard(), kReply);
    EXPECT_EQ(b_.heard(), kReply);
    EXPECT_TRUE(one_.heard.empty());
    EXPECT_EQ(one_.asked, 1U) << "no application's question reached it";
}

TEST_F(FeedbackTest, AnAnswerWaitsForTheEndOfALongSysEx) {
    a_.open_port();
    a_.engine().know_replies(replies());
    const auto sysex = path::sysex_of(100'000);
    a_.port_room = 2000;
    one_.play(sysex);
    pass(100ms);
    ASSERT_GT(a_.played[0].size(), 1000U);
    a_.say(kQuestion);
    pass(100ms);
    a_.port_room = ~std::size_t{0};
    pass(1s);
    auto expected = sysex;
    expected.insert(expected.end(), kReply.begin(), kReply.end());
    const auto heard = a_.heard();
    EXPECT_TRUE(heard == expected) << heard.size() << " bytes";
}

}  // namespace
}  // namespace midinet::engine
