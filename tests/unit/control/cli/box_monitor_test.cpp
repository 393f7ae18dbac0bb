// `midinet-cli monitor --tap` on a simulated network, with boxes that follow a script.
#include "control/cli/stream/box_monitor.hpp"

#include "control/report/show_json.hpp"
#include "control/taps/tap_desk.hpp"
#include "platform/sim/world.hpp"
#include "unit/control/cli/scripted_show.hpp"

#include <nlohmann/json.hpp>

namespace midinet::control::cli {
namespace {

using namespace testing;
using plane::Station;
using plane::TapPoint;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr io::Endpoint kGroup{0xEF455364, 5006};

/// A box's side: tells its status, and what passes to those who ask.
class ScriptedBox {
  public:
    ScriptedBox(platform::sim::Node& node, plane::Message status, plane::TapPoints offered)
        : desk(plane::speaker_of(status), offered, 3), node_(node), status_(std::move(status)) {
        auto opened = Station::open(node, {kGroup, {"net0"}, {}, true});
        EXPECT_TRUE(opened);
        station_ = std::move(*opened);
        for (const auto handle : station_->handles()) (void)node.watch(handle, 0, true, false);
        node.run([this] { return turn(); });
    }
    void play(std::initializer_list<std::uint8_t> bytes, TapPoint point) {
        plane::TapEvent event{
            .at = node_.now(), .point = point, .length = static_cast<std::uint32_t>(bytes.size())};
        for (const auto byte : bytes) (void)event.head.push_back(byte);
        waiting_.push_back(event);
    }
    void die() { node_.kill(); }
    void leave() {
        std::get<plane::HostStatus>(status_).leaving = true;
        station_->say(status_, Epoch{1});
        die();
    }
    /// All places are taken by others for a while.
    void is_full() {
        for (std::uint64_t n = 1; n <= TapDesk::kMostAskers; ++n)
            (void)desk.on_tap({n, SenderId{n}, plane::speaker_of(status_), 1, plane::kHostTaps},
                              {{77, static_cast<std::uint16_t>(n)}, 0}, node_.now(), 0);
    }

    TapDesk desk;
    std::uint64_t overflowed = 0;

  private:
    bool turn() {
        const auto now = node_.now();
        if (now >= next_status_) {
            station_->say(status_, Epoch{1});
            next_status_ = now + plane::kStatusInterval;
        }
        station_->receive([&](const auto& heard) {
            const auto datagram = plane::decode_datagram(heard.bytes);
            const auto* tap = datagram ? std::get_if<plane::Tap>(&datagram->message) : nullptr;
            if (tap == nullptr) return;
            if (auto answer = desk.on_tap(*tap, {heard.from, heard.interface}, now, overflowed))
                station_->reply(heard, *answer, Epoch{1});
        });
        if (now >= desk.next_due()) {
            desk.report(waiting_, overflowed, now, [this](const auto& seat, const auto& report) {
                station_->reply({{}, seat.from, seat.interface}, report, Epoch{1});
            });
            waiting_.clear();
        }
        std::array<io::Ready, 4> ready;
        (void)node_.wait(std::min(next_status_, desk.next_due()), ready);
        return true;
    }

    platform::sim::Node& node_;
    plane::Message status_;
    std::unique_ptr<Station> station_;
    std::vector<plane::TapEvent> waiting_;
    TimePoint next_status_{};
};

class Interrupt final : public io::Signals {
  public:
    explicit Interrupt(platform::sim::Node& node) : node_(node), handle_(node.new_handle()) {}
    io::Handle handle() const noexcept override { return handle_; }
    std::optional<io::Signal> next() noexcept override {
        node_.signal(handle_, false);
        return std::exchange(given_, std::nullopt);
    }
    void press() {
        given_ = io::Signal::Stop;
        node_.signal(handle_, true);
    }

  private:
    platform::sim::Node& node_;
    io::Handle handle_;
    std::optional<io::Signal> given_;
};

class CliBoxMonitor : public ::testing::Test {
  protected:
    CliBoxMonitor() {
        order.act = Act::Monitor;
        order.request.group = kGroup;
        order.tap = TapPoint::In;
    }
    ScriptedBox& add_host(std::uint16_t id, const char* name) {
        return add(host(id, name), plane::kHostTaps);
    }
    ScriptedBox& add_client(SenderId id, const char* name) {
        return add(client(id, name), plane::kClientTaps);
    }
    ScriptedBox& add(const plane::Message& status, plane::TapPoints offered) {
        boxes_.push_back(std::make_unique<ScriptedBox>(world.add_node(), status, offered));
        return *boxes_.back();
    }
    /// Holds it to its end, at most 20 s, and gives its exit code.
    ExitCode hold() {
        auto opened = BoxMonitor::open(surroundings, order,
                                       {.unix_ms = [] { return std::int64_t{1'700'000'000'000}; },
                                        .time_of_day = [] { return std::string("14:03:59"); },
                                        .print =
                                            [this](auto text) {
                                                printed.emplace_back(text);
                                                return output_takes;
                                            },
                                        .complain = [this](auto text) { said.emplace_back(text); }},
                                       &interrupt);
        EXPECT_TRUE(opened);
        const auto monitor = std::move(*opened);
        node.run([&] { return monitor->turn(); });
        world.run_until(world.now() + 20s);
        EXPECT_FALSE(node.running());
        node.kill();
        return monitor->exit_code();
    }
    void after(Duration delay, std::function<void()> action) {
        world.at(world.now() + delay, std::move(action));
    }

    platform::sim::World world{7};
    platform::sim::Node& node = world.add_node();
    Interrupt interrupt{node};
    Surroundings surroundings{
        .network = node, .clock = node, .waiter = node, .seed = 1, .who = "cli alice@foh"};
    Order order;
    std::vector<std::string> printed;
    bool output_takes = true;
    std::vector<std::string> said;

  private:
    std::vector<std::unique_ptr<ScriptedBox>> boxes_;
};

TEST_F(CliBoxMonitor, ShowsWhatPassesAndGivesItsPlaceToOthersAtTheEnd) {
    auto& box = add_host(1, "stage-left");
    order.count = 2;
    order.stream.raw = true;
    after(1500ms, [&] {
        box.play({0x90, 60, 100}, TapPoint::In);
        box.play({0x91, 61, 100}, TapPoint::Out);  // not asked for
        box.play({0xF8}, TapPoint::In);            // nor clock
        box.play({0xB1, 7, 3}, TapPoint::In);
        box.play({0xB1, 7, 4}, TapPoint::In);  // too many
        EXPECT_EQ(box.desk.askers(), 1U);
    });
    EXPECT_EQ(hold(), ExitCode::Ok);
    EXPECT_THAT(
        printed,
        ElementsAre(EndsWith("  host 1 port 0  note on   ch 1   C4 (60)  velocity 100  90 3C 64\n"),
                    EndsWith("  host 1 port 0  cc        ch 2   7 = 3  B1 07 03\n")));
    EXPECT_THAT(said, ElementsAre("host 1 (stage-left) tells what passes at in"));
    EXPECT_EQ(box.desk.askers(), 0U);
}

TEST_F(CliBoxMonitor, AnInterruptGivesThePlaceToOthers) {
    auto& box = add_host(1, "stage-left");
    after(3s, [&] {
        EXPECT_EQ(box.desk.askers(), 1U);
        interrupt.press();
    });
    after(3100ms, [&] { EXPECT_EQ(box.desk.askers(), 0U); });
    EXPECT_EQ(hold(), ExitCode::Ok);
}

TEST_F(CliBoxMonitor, ShowsWhatWasChosenAlone) {
    auto& one = add_host(1, "left");
    auto& two = add_host(2, "right");
    order.stream.from = SourceId{2};
    order.stream.types = {"note"};
    order.stream.channel = 3;
    order.count = 1;
    after(1500ms, [&] {
        one.play({0x92, 60, 1}, TapPoint::In);
        two.play({0xB2, 60, 1}, TapPoint::In);
        two.play({0x91, 61, 1}, TapPoint::In);
        two.play({0x92, 62, 1}, TapPoint::In);
        EXPECT_EQ(one.desk.askers(), 0U);
    });
    EXPECT_EQ(hold(), ExitCode::Ok);
    EXPECT_THAT(printed, ElementsAre(HasSubstr("host 2 port 0  note on   ch 3   D4")));
}

TEST_F(CliBoxMonitor, OfAllHostsAlsoOneThatComesLaterIsHeardAndOneThatGoesIsNamed) {
    auto& one = add_host(1, "left");
    after(2s, [&] {
        auto& two = add_host(2, "right");
        after(1s, [&] { two.play({0x90, 62, 1}, TapPoint::In); });
        after(500ms, [&] { one.leave(); });
    });
    order.count = 1;
    EXPECT_EQ(hold(), ExitCode::Ok);
    EXPECT_THAT(printed, ElementsAre(HasSubstr("host 2 port 0")));
    ASSERT_EQ(said.size(), 3U);
    EXPECT_EQ(said[1], "host 2 (right) tells what passes at in");
    EXPECT_THAT(said[2], HasSubstr("host 1 (left) is gone: no status of it"));
}

TEST_F(CliBoxMonitor, AClientIsNamedAsForTheFocus) {
    auto& box = add_client(kFoh, "foh");
    add_client(kStage, "stage");
    order.tap = TapPoint::Delivered;
    order.client = "foh";
    order.count = 1;
    after(2s, [&] { box.play({0x90, 62, 1}, TapPoint::Delivered); });
    EXPECT_EQ(hold(), ExitCode::Ok);
    EXPECT_THAT(printed, ElementsAre(HasSubstr("client foh port 0  note on")));
    EXPECT_THAT(said, ElementsAre(HasSubstr("client 80000000000000f0 (foh) tells")));
}

TEST_F(CliBoxMonitor, WhoIsNotHeardIsSaid) {
    EXPECT_EQ(hold(), ExitCode::Unreachable);
    EXPECT_THAT(said, ElementsAre(HasSubstr("no host was heard; `midinet-cli doctor`")));
    said.clear();
    add_host(1, "left");
    order.stream.from = SourceId{2};
    EXPECT_EQ(hold(), ExitCode::Refused);
    EXPECT_THAT(said, ElementsAre(HasSubstr("host 2 is not heard")));
    said.clear();
    order.tap = TapPoint::Delivered;
    order.stream.from = {};
    order.client = "nobody";
    EXPECT_EQ(hold(), ExitCode::Unreachable);
    add_client(kFoh, "foh");
    said.clear();
    EXPECT_EQ(hold(), ExitCode::Refused);
    EXPECT_THAT(said, ElementsAre(HasSubstr("no client nobody is heard; `midinet-cli clients`")));
    EXPECT_THAT(printed, IsEmpty());
}

TEST_F(CliBoxMonitor, ARefusalIsToldWithItsReason) {
    add_host(1, "left").is_full();
    order.request.json = true;
    EXPECT_EQ(hold(), ExitCode::Refused);
    EXPECT_THAT(said, ElementsAre(HasSubstr("host 1 (left) is refused: four others listen")));
    ASSERT_EQ(printed.size(), 1U);
    const auto json = JsonValue::parse(printed[0]);
    EXPECT_EQ(json["state"], "refused");
    EXPECT_EQ(json["source"]["host"], 1);
    EXPECT_THAT(json["why"].get<std::string>(), HasSubstr("four others"));
}

TEST_F(CliBoxMonitor, ASourceThatDiesIsNamedAndThatIsTheEnd) {
    auto& box = add_host(1, "left");
    after(2s, [&] { box.die(); });
    EXPECT_EQ(hold(), ExitCode::Unreachable);
    ASSERT_EQ(said.size(), 2U);
    EXPECT_THAT(said[1], HasSubstr("host 1 (left) is gone: no status of it"));
}

TEST_F(CliBoxMonitor, ABoxWithoutTapsEndsItToo) {
    plane::HostStatus status = host(1, "old");
    auto& mute = world.add_node();
    auto station = std::move(*Station::open(mute, {kGroup, {"net0"}, {}, true}));
    mute.run([&] {
        station->say(status, Epoch{1});
        std::array<io::Ready, 4> ready;
        (void)mute.wait(mute.now() + 1s, ready);
        return true;
    });
    EXPECT_EQ(hold(), ExitCode::Unreachable);
    EXPECT_THAT(said, ElementsAre(HasSubstr("host 1 (old) is silent")));
    mute.kill();
}

TEST_F(CliBoxMonitor, OutputThatIsLostEndsIt) {
    auto& box = add_host(1, "left");
    after(2s, [&] { box.play({0x90, 60, 100}, TapPoint::In); });
    after(4s, [&] { box.play({0x90, 62, 100}, TapPoint::In); });
    output_takes = false;
    EXPECT_EQ(hold(), ExitCode::Ok);
    EXPECT_EQ(printed.size(), 1U) << "nobody gets the second one";
}

TEST_F(CliBoxMonitor, WhatIsMissingIsCountedAndTold) {
    auto& box = add_host(1, "left");
    order.request.json = true;
    order.lasts = 3s;
    after(2s, [&] {
        box.overflowed = 5;
        box.play({0xF0, 1, 0xF7}, TapPoint::In);
    });
    EXPECT_EQ(hold(), ExitCode::Degraded);
    ASSERT_EQ(printed.size(), 3U);
    const auto event = JsonValue::parse(printed[1]);
    EXPECT_EQ(event["kind"], "sysex");
    EXPECT_EQ(event["tap"], "in");
    EXPECT_EQ(event["source"], (JsonValue{{"host", 1}, {"name", "left"}}));
    EXPECT_EQ(event["device"], 1);
    EXPECT_EQ(event["bytes"], 3);
    EXPECT_EQ(JsonValue::parse(printed[2]), (JsonValue{{"dropped", 5}, {"lost", 0}}));
    EXPECT_THAT(said.back(), HasSubstr("5 messages are not shown"));
}

}  // namespace
}  // namespace midinet::control::cli
