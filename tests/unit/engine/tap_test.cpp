// Engines that are looked at, in the simulated world: what is seen, and that nothing changes by it.
#include "unit/engine/rig.hpp"

#include <gmock/gmock.h>

namespace midinet::engine {
namespace {

using control::plane::TapEvent;
using control::plane::TapPoint;
using testing::ElementsAre;
using testing::IsEmpty;

std::vector<Bytes> seen(TapFeed& feed, TapPoint point) {
    std::vector<Bytes> all;
    TapEvent event;
    while (feed.poll(event))
        if (event.point == point) all.emplace_back(event.head.begin(), event.head.end());
    return all;
}

/// What a client's port is told of a small performance.
Bytes perform(bool tapped, std::vector<Bytes>* in, std::vector<Bytes>* out,
              std::vector<Bytes>* delivered) {
    World world{1};
    Host host(world, 1);
    host.start();
    host.plug_in();
    Client client(world, {1});
    client.start();
    client.open_port();
    midi::PipelineSettings settings;
    settings.transpose = 12;
    EXPECT_TRUE(host.engine().command(
        {.what = HostCommand::What::SetPipeline, .pipeline = new path::PipelineMap(settings)}));
    if (tapped) {
        host.engine().tap_feed().want(control::plane::kHostTaps);
        client.engine().tap_feed().want(control::plane::kClientTaps);
    }
    world.run_until(world.now() + 1s);
    host.play({0x90, 60, 100});
    world.run_until(world.now() + 10ms);
    host.play({0xF8, 0xFE, 0x80, 60, 64});
    Bytes sysex(300, 0x11);
    sysex.front() = 0xF0;
    sysex.back() = 0xF7;
    host.play(sysex);
    world.run_until(world.now() + 10ms);
    host.play({0x91, 40, 1});
    world.run_until(world.now() + 100ms);
    host.unplug();
    world.run_until(world.now() + 1s);
    const auto collect = [](TapFeed& feed, std::vector<Bytes>* to, TapPoint point) {
        if (to != nullptr) *to = seen(feed, point);
    };
    if (in != nullptr && out != nullptr) {
        TapEvent event;
        while (host.engine().tap_feed().poll(event)) {
            auto* to = event.point == TapPoint::In ? in : out;
            to->emplace_back(event.head.begin(), event.head.end());
        }
    }
    collect(client.engine().tap_feed(), delivered, TapPoint::Delivered);
    return client.heard();
}

TEST(Taps, InIsBeforeThePipelineOutAfterItAndDeliveredIsWhatThePortTook) {
    std::vector<Bytes> in;
    std::vector<Bytes> out;
    std::vector<Bytes> delivered;
    (void)perform(true, &in, &out, &delivered);
    Bytes head(TapEvent::kMaxHead, 0x11);
    head.front() = 0xF0;
    EXPECT_THAT(in, ElementsAre(Bytes{0x90, 60, 100}, Bytes{0xF8}, Bytes{0xFE}, Bytes{0x80, 60, 64},
                                head, Bytes{0x91, 40, 1}));
    const auto is_sensing = [](const Bytes& bytes) { return bytes == Bytes{0xFE}; };
    std::erase_if(delivered, is_sensing);  // the client's own
    const auto expected = ElementsAre(Bytes{0x90, 72, 100}, Bytes{0xF8}, Bytes{0x80, 72, 64}, head,
                                      Bytes{0x91, 52, 1}, testing::Contains(52));
    EXPECT_THAT(out, expected);  // the last one releases what the unplugged device held
    EXPECT_THAT(delivered, expected);
}

TEST(Taps, ThatSomebodyLooksChangesNothingInWhatIsPlayed) {
    EXPECT_EQ(perform(true, nullptr, nullptr, nullptr), perform(false, nullptr, nullptr, nullptr));
}

TEST(Taps, NothingIsKeptWhereNobodyLooks) {
    std::vector<Bytes> in;
    std::vector<Bytes> out;
    std::vector<Bytes> delivered;
    (void)perform(false, &in, &out, &delivered);
    EXPECT_THAT(in, IsEmpty());
    EXPECT_THAT(out, IsEmpty());
    EXPECT_THAT(delivered, IsEmpty());
}

TEST(TapFeed, CountsWhatFindsItFull) {
    TapFeed feed;
    feed.want(control::plane::kHostTaps);
    const Bytes note{0x90, 60, 100};
    for (std::size_t n = 0; n < TapFeed::kDepth + 7; ++n) feed.take(TapPoint::In, {}, note, {});
    EXPECT_EQ(feed.overflowed(), 7U);
    EXPECT_EQ(seen(feed, TapPoint::In).size(), TapFeed::kDepth);
}

TEST(TapFeed, ASysExThatIsCutOffIsToldAsFarAsItCame) {
    TapFeed feed;
    feed.want(control::plane::kClientTaps);
    feed.take_written(TapPoint::Delivered, {}, Bytes{0xF0, 1, 2}, {});
    feed.take_written(TapPoint::Delivered, {}, Bytes{3, 4}, {});
    feed.take_written(TapPoint::Delivered, {}, Bytes{0xF8}, {});
    feed.take_written(TapPoint::Delivered, {}, Bytes{0x90, 1, 1}, {});
    TapEvent event;
    ASSERT_TRUE(feed.poll(event));
    EXPECT_EQ(event.head[0], 0xF8);
    ASSERT_TRUE(feed.poll(event));
    EXPECT_TRUE(event.cut_off);
    EXPECT_EQ(event.length, 5U);
    ASSERT_TRUE(feed.poll(event));
    EXPECT_EQ(event.head[0], 0x90);
    EXPECT_FALSE(feed.poll(event));
}

}  // namespace
}  // namespace midinet::engine
