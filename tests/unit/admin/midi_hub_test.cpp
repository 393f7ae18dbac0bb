#include "admin/ws/midi_hub.hpp"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

namespace midinet::admin {
namespace {

using control::TapNews;
using control::TapState;
using control::plane::TapEvent;
using control::plane::TapPoint;

constexpr SenderId kHost{1};
constexpr SenderId kClient{control::plane::kClientBit + 7};

/// Takes so many messages before it is full.
struct Line : SocketLine {
    std::size_t room = 1000;
    std::vector<control::JsonValue> got;
    bool send(SocketText text) override {
        if (room == 0) return false;
        --room;
        got.push_back(control::JsonValue::parse(*text));
        return true;
    }
    std::size_t queued() const noexcept override { return 0; }
};

TapEvent event(std::vector<std::uint8_t> bytes, TapPoint point = TapPoint::Out,
               TimePoint at = TimePoint{1h}) {
    TapEvent event{.at = at, .point = point, .length = static_cast<std::uint32_t>(bytes.size())};
    for (const auto byte : bytes) (void)event.head.push_back(byte);
    return event;
}

class MidiHubTest : public ::testing::Test {
  protected:
    MidiHubTest() {
        auto picture = std::make_shared<Picture>();
        picture->now = TimePoint{1h};
        picture->devices.resize(1);
        control::plane::HostStatus host;
        host.id = HostId{1};
        host.name = control::plane::Name{"stage"};
        control::plane::ClientStatus client;
        client.id = kClient;
        client.name = control::plane::Name{"foh"};
        (void)picture->devices[0].roster.on_message(host, {}, picture->now);
        (void)picture->devices[0].roster.on_message(client, {}, picture->now);
        picture_ = picture;
    }
    std::unique_ptr<SocketEnd> join(Line& line, std::string query = "", io::IpAddress from = {}) {
        auto end = hub_.join({.path = "/ws/midi", .query = std::move(query), .from = from});
        EXPECT_TRUE(end);
        (*end)->on_open(line);
        return std::move(*end);
    }
    unsigned refused(std::string query) {
        const auto end = hub_.join({.path = "/ws/midi", .query = std::move(query)});
        return end ? 0 : end.error().status;
    }
    void pass(std::vector<TapEvent> events, SenderId box = kHost, std::uint64_t dropped = 0,
              std::uint64_t lost = 0) {
        TapNews news{.box = box, .state = TapState::Live, .points = points_, .changed = true};
        news.events = std::move(events);
        news.dropped = dropped;
        news.lost = lost;
        hub_.on_batch({{{DeviceSlot{1}, news}}, TimePoint{1h}, 1'000'000});
    }

    control::plane::TapPoints points_ = control::plane::kAllTaps;
    PicturePtr picture_;
    TapWants wants_;
    MidiHub hub_{[this] { return picture_; }, [this](TapWants wants) { wants_ = wants; }};
};

TEST_F(MidiHubTest, NobodyIsTappedBeforeSomebodyLooksAndAfterTheyLeft) {
    EXPECT_TRUE(wants_.empty());
    Line line;
    auto end = join(line);
    EXPECT_EQ(wants_, (TapWants{{DeviceSlot{1}, {{kHost, bit(TapPoint::Out)}}}}));
    end.reset();
    EXPECT_TRUE(wants_.empty());
}

TEST_F(MidiHubTest, SaysFirstWhatIsTappedAndThenWhetherItAnswered) {
    Line line;
    const auto end = join(line, "tap=delivered&client=foh");
    ASSERT_EQ(line.got.size(), 1U);
    EXPECT_EQ(line.got[0]["type"], "snapshot");
    EXPECT_EQ(line.got[0]["seq"], 1);
    EXPECT_EQ(line.got[0]["taps"][0]["state"], "asked");
    EXPECT_EQ(line.got[0]["taps"][0]["source"]["name"], "foh");
    pass({}, kClient);
    ASSERT_EQ(line.got.size(), 2U);
    EXPECT_EQ(line.got[1]["taps"][0]["state"], "live");
}

TEST_F(MidiHubTest, APlaceIsLiveOnceItsBoxTellsOfIt) {
    points_ = bit(TapPoint::In);
    Line in;
    Line out;
    const auto end = join(in, "tap=in");
    pass({});
    EXPECT_EQ(in.got.back()["taps"][0]["state"], "live");
    const auto other = join(out, "tap=out");
    EXPECT_EQ(out.got.back()["taps"][0]["state"], "asked");
    pass({});
    EXPECT_EQ(out.got.back()["taps"][0]["state"], "asked");
    points_ |= bit(TapPoint::Out);
    pass({});
    EXPECT_EQ(out.got.back()["taps"][0]["state"], "live");
    EXPECT_EQ(in.got.size(), 2U) << "to it nothing is new";
}

TEST_F(MidiHubTest, ShowsWhatPassedDecodedAndNoClockUnlessAsked) {
    Line all;
    Line clock;
    const auto end = join(all);
    const auto other = join(clock, "types=clock");
    pass({event({0x90, 60, 64}), event({0xF8}), event({0x91, 60, 64}, TapPoint::In)});
    const auto& said = all.got.back();
    EXPECT_EQ(said["type"], "midi");
    ASSERT_EQ(said["events"].size(), 1U);
    EXPECT_EQ(said["events"][0]["raw"], "90 3c 40");
    EXPECT_EQ(said["events"][0]["unix_us"], 1'000'000'000);
    EXPECT_EQ(said["events"][0]["source"]["host"], 1);
    ASSERT_EQ(clock.got.back()["events"].size(), 1U);
    EXPECT_EQ(clock.got.back()["events"][0]["kind"], "clock");
}

TEST_F(MidiHubTest, FiltersByChannelAndPort) {
    Line line;
    const auto end = join(line, "channel=2&port=0");
    auto elsewhere = event({0x91, 1, 1});
    elsewhere.port = PortIndex{1};
    pass({event({0x90, 1, 1}), event({0x91, 2, 1}), elsewhere, event({0xFA})});
    ASSERT_EQ(line.got.back()["events"].size(), 1U);
    EXPECT_EQ(line.got.back()["events"][0]["raw"], "91 02 01");
}

TEST_F(MidiHubTest, TellsOnceWhatWasLeftOutOnTheWay) {
    Line line;
    const auto end = join(line);
    pass({}, kHost, 5, 3);
    EXPECT_EQ(line.got.back()["dropped"], 5);
    EXPECT_EQ(line.got.back()["lost"], 3);
    pass({event({0x90, 1, 1})});
    EXPECT_EQ(line.got.back()["dropped"], 0);
    EXPECT_EQ(line.got.back()["lost"], 0);
}

TEST_F(MidiHubTest, OfATooSlowReaderItCountsWhatItDidNotGet) {
    Line line;
    const auto end = join(line);
    pass({});
    line.room = 0;
    pass({event({0x90, 1, 1}), event({0x80, 1, 1})});
    pass({event({0x90, 1, 1})});
    line.room = 10;
    end->on_room();
    EXPECT_EQ(line.got.back()["dropped"], 3);
    EXPECT_TRUE(line.got.back()["events"].empty());
}

TEST_F(MidiHubTest, OneMessageHasABoundAndSaysWhatIsMore) {
    Line line;
    const auto end = join(line);
    pass(std::vector<TapEvent>(MidiHub::kMostEvents + 9, event({0x90, 1, 1})));
    EXPECT_EQ(line.got.back()["events"].size(), MidiHub::kMostEvents);
    pass({});
    EXPECT_EQ(line.got.back()["dropped"], 9);
}

TEST_F(MidiHubTest, AnotherFilterMayBeSentAndAWrongOneChangesNothing) {
    Line line;
    const auto end = join(line);
    end->on_text(R"({"tap":"in","host":1,"types":["cc"]})");
    EXPECT_EQ(line.got.back()["type"], "snapshot");
    EXPECT_EQ(line.got.back()["filter"]["tap"], "in");
    EXPECT_EQ(wants_[DeviceSlot{1}][kHost], bit(TapPoint::In));
    for (const char* wrong :
         {"", "[]", "{\"tap\":1}", "{\"tap\":\"delivered\"}", "{\"host\":9}", "{\"channel\":17}",
          "{\"types\":[1]}", "{\"a\":\"b\"}", "{\"tap\":\"in\",\"tap\":\"out\"}"}) {
        end->on_text(wrong);
        EXPECT_EQ(line.got.back()["type"], "problem") << wrong;
    }
    EXPECT_EQ(wants_[DeviceSlot{1}][kHost], bit(TapPoint::In));
}

TEST_F(MidiHubTest, RefusesWhatItCannotShow) {
    EXPECT_EQ(refused("tap=there"), 400U);
    EXPECT_EQ(refused("tap=delivered"), 400U);
    EXPECT_EQ(refused("client=foh"), 400U);
    EXPECT_EQ(refused("host=9"), 404U);
    EXPECT_EQ(refused("device=2"), 404U);
    EXPECT_EQ(refused("tap=delivered&client=nobody"), 404U);
}

TEST_F(MidiHubTest, ServesSoManyReaders) {
    std::vector<Line> lines(MidiHub::kMostReaders);
    std::vector<std::unique_ptr<SocketEnd>> ends;
    for (auto& line : lines)
        ends.push_back(
            join(line, "", io::IpAddress::from_ipv4(static_cast<unsigned>(ends.size() + 1))));
    EXPECT_EQ(refused(""), 429U);
    ends.pop_back();
    EXPECT_EQ(refused(""), 0U);
}

TEST_F(MidiHubTest, LeavesOthersTheirShare) {
    std::vector<Line> lines(MidiHub::kMostOfOneAddress);
    std::vector<std::unique_ptr<SocketEnd>> ends;
    for (auto& line : lines) ends.push_back(join(line));
    EXPECT_EQ(refused(""), 429U);
    Line other;
    EXPECT_NE(join(other, "", io::IpAddress::from_ipv4(1)), nullptr);
}

}  // namespace
}  // namespace midinet::admin
