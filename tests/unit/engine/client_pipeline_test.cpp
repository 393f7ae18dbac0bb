// A client's own pipeline: through failovers, full ports and changes of it, nothing hangs.
#include "base/random.hpp"
#include "sim/allocation_watch.hpp"
#include "unit/engine/rig.hpp"

#include <algorithm>

namespace midinet::engine {
namespace {

midi::PipelineSettings transposed(int by) {
    midi::PipelineSettings settings;
    settings.transpose = static_cast<std::int8_t>(by);
    return settings;
}

using Messages = std::vector<midi::Message>;

class ClientPipelineTest : public ::testing::Test {
  protected:
    void SetUp() override {
        for (auto* host : {&a_, &b_}) {
            host->start();
            host->plug_in();
        }
        client_.start();
        client_.open_port();
        pass(50ms);
        (void)client_.heard();
    }
    void use(const midi::PipelineSettings& settings) {
        client_.command({.what = ClientCommand::What::SetPipeline,
                         .pipeline = new path::PipelineMap(settings)});
        pass(2ms);
    }
    void pass(Duration time) { world_.run_until(world_.now() + time); }

    World world_{1};
    Host a_{world_, 1};
    Host b_{world_, 2};
    Client client_{world_, {1, 2}};
};

TEST_F(ClientPipelineTest, ActsFromTheNextEventOnAndTheOldOneComesBack) {
    a_.play({0x90, 60, 100});
    pass(5ms);
    use(transposed(12));
    EXPECT_EQ(client_.told.back(), ClientEvent::What::PipelineReplaced);
    EXPECT_EQ(client_.engine().status().pipeline, midi::fingerprint_of(transposed(12)));
    a_.play({0x90, 61, 100, 0x80, 60, 0, 0x80, 61, 0});
    pass(5ms);
    EXPECT_EQ(client_.heard(), (Bytes{0x90, 60, 100, 0x90, 73, 100, 0x80, 60, 0, 0x80, 73, 0}));
}

TEST_F(ClientPipelineTest, WhoeverHearsThatItIsInForceReadsItInTheStatus) {
    unsigned heard = 0;
    client_.clock.meanwhile = [&] {
        client_.told.clear();
        client_.take_news();
        if (!client_.was_told(ClientEvent::What::PipelineReplaced)) return;
        ++heard;
        EXPECT_EQ(client_.engine().status().pipeline, midi::fingerprint_of(transposed(12)));
    };
    use(transposed(12));
    EXPECT_EQ(heard, 1U);
    client_.clock.meanwhile = {};
}

TEST_F(ClientPipelineTest, ADeadHostsNotesEndWhereTheyBegan) {
    use(transposed(12));
    a_.play({0x90, 60, 100, 0x90, 62, 100});
    pass(20ms);
    use(transposed(-1));
    (void)client_.heard();
    a_.kill();
    pass(15ms);
    EXPECT_EQ(client_.heard(), (Bytes{0x80, 72, 64, 0x80, 74, 64}));
    b_.play({0x90, 60, 1});
    pass(5ms);
    EXPECT_EQ(client_.heard(), (Bytes{0x90, 59, 1}));
    client_.command({.what = ClientCommand::What::Shutdown});
    pass(20ms);
    EXPECT_EQ(client_.heard(), (Bytes{0x80, 59, 64}));
    EXPECT_FALSE(client_.running());
}

TEST_F(ClientPipelineTest, ANewPortIsToldWhatSoundsUnderTheMapInForce) {
    use(transposed(12));
    a_.play({0x90, 60, 100, 0xB0, 7, 99});
    pass(10ms);
    (void)client_.heard();
    use(transposed(1));
    client_.open_port();
    pass(10ms);
    EXPECT_EQ(client_.heard(), (Bytes{0xB0, 7, 99, 0x90, 61, 100}));
    a_.play({0x80, 60, 0});
    pass(10ms);
    EXPECT_EQ(client_.heard(), (Bytes{0x80, 61, 0}));
}

/// What a shutdown still has to write is not cut off by a port that is full for a moment.
TEST_F(ClientPipelineTest, AShutdownWaitsForWhatThePipelineHolds) {
    use(transposed(1));
    Bytes chord;
    for (std::uint8_t note = 60; note < 80; ++note) chord.insert(chord.end(), {0x90, note, 1});
    a_.play(chord);
    pass(10ms);
    client_.port_room = client_.played[0].size() + 6;
    a_.play({0xB0, 123, 0});
    pass(5ms);
    client_.command({.what = ClientCommand::What::Shutdown});
    pass(5ms);
    EXPECT_TRUE(client_.running());
    client_.port_room = ~std::size_t{0};
    pass(20ms);
    EXPECT_FALSE(client_.running());
    midi::PortState heard{PortIndex{0}};
    const auto bytes = client_.heard();
    for (std::size_t i = 0; i < bytes.size(); i += 3)
        heard.apply(midi::Message{bytes[i], bytes[i + 1], bytes[i + 2]}, 0);
    EXPECT_EQ(heard.sounding_total(), 0U);
}

/// Notes that a player holds for a while, from whichever host is played, under maps that change.
class Show {
  public:
    Show(std::uint64_t seed, unsigned events) : random_(seed), left_(events) {}

    Bytes next() {
        if (left_ == 0 || (!down_.empty() && random_.below(2) == 0)) return release();
        --left_;
        const auto note = static_cast<std::uint8_t>(40 + random_.below(40));
        if (std::find(down_.begin(), down_.end(), note) != down_.end()) return {};
        down_.push_back(note);
        return {0x90, note, static_cast<std::uint8_t>(1 + random_.below(127))};
    }
    bool over() const { return left_ == 0 && down_.empty(); }
    midi::PipelineSettings any_map() {
        auto settings = transposed(static_cast<int>(random_.below(25)) - 12);
        settings.channel_map[0] = static_cast<std::uint8_t>(1 + random_.below(3));
        if (random_.below(4) == 0) settings = {};
        if (random_.below(8) == 0) settings.types = 0;
        return settings;
    }
    Random& random() { return random_; }

  private:
    Bytes release() {
        if (down_.empty()) return {};
        const auto at = random_.below(static_cast<std::uint32_t>(down_.size()));
        const auto note = down_[at];
        down_.erase(down_.begin() + static_cast<std::ptrdiff_t>(at));
        return {0x80, note, 64};
    }
    Random random_;
    unsigned left_;
    std::vector<std::uint8_t> down_;
};

Messages messages_of(const Bytes& bytes) {
    Messages all;
    for (std::size_t i = 0; i + 2 < bytes.size(); i += 3)
        all.push_back(midi::Message{bytes[i], bytes[i + 1], bytes[i + 2]});
    return all;
}

struct Sounds final : midi::MessageSink {
    void on_message(const midi::Message& message) noexcept override {
        all.push_back(message);
        state.apply({0}, message, 0);
    }
    Messages all;
    midi::StreamState state;
};

TEST_F(ClientPipelineTest, WhatIsPlayedIsWhatThePipelineMakesOfTheSource) {
    Show show(7, 300);
    Sounds expected;
    path::Pipeline model;
    const simtest::AllocationWatch watch{world_.in_program()};
    const auto allocations = simtest::AllocationWatch::counted();
    while (!show.over()) {
        if (show.random().below(10) == 0) {
            const auto settings = show.any_map();
            pass(30ms);  // all that was played before is there
            (void)model.use(std::make_unique<const path::PipelineMap>(settings), expected.state);
            use(settings);
        }
        const auto event = show.next();
        if (event.empty()) continue;
        a_.play(event);
        model.process({0}, midi::Message{event[0], event[1], event[2]}, expected);
        if (show.random().below(3) == 0) pass(1ms);
    }
    pass(50ms);
    EXPECT_EQ(simtest::AllocationWatch::counted(), allocations);
    EXPECT_EQ(messages_of(client_.heard()), expected.all);
    EXPECT_EQ(expected.state.sounding_total(), 0U);
}

TEST_F(ClientPipelineTest, NothingHangsWhateverDiesWhileItChanges) {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        Show show(seed, 120);
        Host* active = &a_;
        Host* other = &b_;
        midi::StreamState heard;
        std::uint32_t epoch = static_cast<std::uint32_t>(seed) * 100;
        while (!show.over()) {
            if (show.random().below(6) == 0) {
                const auto settings = show.any_map();
                client_.command({.what = ClientCommand::What::SetPipeline,
                                 .pipeline = new path::PipelineMap(settings)});
            }
            const auto event = show.next();
            if (!event.empty()) (client_.engine().active() == SourceId{1} ? a_ : b_).play(event);
            if (show.random().below(40) == 0) {
                active->kill();
                pass(Duration{show.random().below(20'000'000)});
                active->start(++epoch);
                active->plug_in();
                std::swap(active, other);
            }
            if (show.random().below(12) == 0) client_.port_room = client_.played[0].size() + 4;
            pass(Duration{show.random().below(3'000'000)});
            client_.port_room = ~std::size_t{0};
        }
        // What a note's end was lost with: its host's death or the end of the show ends it.
        a_.kill();
        b_.kill();
        pass(2s);
        for (const auto& message : messages_of(client_.heard())) heard.apply({0}, message, 0);
        EXPECT_EQ(heard.sounding_total(), 0U) << "seed " << seed;
        EXPECT_EQ(client_.engine().told().sounding_total(), 0U) << "seed " << seed;
        for (auto* host : {&a_, &b_}) {
            host->start(++epoch);
            host->plug_in();
        }
        pass(100ms);
        (void)client_.heard();
    }
}

}  // namespace
}  // namespace midinet::engine
