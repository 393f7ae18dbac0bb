// A client on the control plane of a simulated network, and a host that answers it.
#include "engine/client_plane.hpp"

#include "engine/client_pipeline.hpp"
#include "platform/sim/world.hpp"

#include <gmock/gmock.h>

namespace midinet::engine {
namespace {

using platform::sim::World;
using testing::ElementsAre;
using testing::IsEmpty;
namespace plane = control::plane;

/// Keeps what a log of level info would show.
class LineLog final : public control::Logger {
  public:
    void log(control::LogLevel level, std::string_view message) override {
        if (level >= control::LogLevel::Info) lines.emplace_back(message);
    }
    void set_level(control::LogLevel) override {}
    void set_format(control::LogFormat) override {}
    std::vector<std::string> lines;
};

class ClientPlaneTest : public testing::Test {
  protected:
    static constexpr SenderId kClient{plane::kClientBit + 1};

    void SetUp() override {
        const control::NetworkConfig config;
        plane_ =
            ClientPlane::open(
                node_, node_, log_, config,
                {.client = kClient,
                 .name = "foh",
                 .version = "test",
                 .interfaces = {"net0"},
                 .obey = [this](const auto& command,
                                auto answer) { pipeline_.on_command(command, std::move(answer)); }})
                .value();
        host_ =
            plane::Station::open(host_node_, {.group = {config.control_group, config.control_port},
                                              .interfaces = {"net0"},
                                              .peers = {}})
                .value();
    }
    void pass() { world_.run_until(world_.now() + 1ms); }
    /// The client asks for the focus, and the host answers; "": it has it.
    void claim(const std::string& refusal) {
        plane_->claim();
        plane_->service({}, "port");
        pass();
        unsigned answered = 0;
        host_->receive([&](const plane::Station::Heard& heard) {
            const auto said = plane::decode_datagram(heard.bytes);
            const auto* command = said ? std::get_if<plane::Command>(&said->message) : nullptr;
            if (command == nullptr) return;
            plane::CommandResult result;
            result.command = command->id;
            result.from = {1};
            result.outcome =
                refusal.empty() ? plane::CommandOutcome::Done : plane::CommandOutcome::Refused;
            result.why = plane::Why{refusal};
            host_->say(result, Epoch{1});
            ++answered;
        });
        EXPECT_EQ(answered, 1U);
        pass();
        plane_->receive([](const plane::Station::Heard&) {});
    }

    /// A host sends a command to the client. Gives what the client said on the group since.
    std::vector<plane::Message> tell(plane::Command command) {
        command.id = 77;
        command.from = {1};
        host_->say(command, Epoch{1});
        pass();
        plane_->receive([](const plane::Station::Heard&) {});
        return heard();
    }
    std::vector<plane::Message> heard() {
        pass();
        std::vector<plane::Message> all;
        host_->receive([&](const plane::Station::Heard& heard) {
            const auto said = plane::decode_datagram(heard.bytes);
            if (said && said->header.sender == kClient &&
                said->header.packet_number != wire::kUncounted)
                all.push_back(said->message);
        });
        return all;
    }
    /// They may come in any order.
    static plane::CommandResult result_in(const std::vector<plane::Message>& said) {
        for (const auto& message : said)
            if (const auto* result = std::get_if<plane::CommandResult>(&message)) return *result;
        ADD_FAILURE() << "no result among " << said.size();
        return {};
    }
    static plane::Command set_to(int transpose) {
        plane::Command command{.to = kClient, .verb = plane::Verb::SetPipeline};
        command.who = plane::Name{"api"};
        command.pipeline.emplace().transpose = static_cast<std::int8_t>(transpose);
        return command;
    }

    World world_{1};
    platform::sim::Node& node_ = world_.add_node();
    platform::sim::Node& host_node_ = world_.add_node();
    LineLog log_;
    std::vector<std::unique_ptr<const path::PipelineMap>> maps_;
    std::vector<midi::PipelineSettings> kept_;
    std::vector<midi::PipelineSettings> siblings_;
    ClientPipeline pipeline_{{.logger = log_,
                              .give =
                                  [this](const path::PipelineMap* map) {
                                      maps_.emplace_back(map);
                                      return true;
                                  },
                              .keep =
                                  [this](const auto& settings) {
                                      kept_.push_back(settings);
                                      return control::PipelineKeeper::Kept{true, "kept in c"};
                                  },
                              .siblings = {.tell = [this](const control::SiblingOrder& order) {
                                  siblings_.push_back(order.pipeline);
                              }}}};
    std::unique_ptr<ClientPlane> plane_;
    std::unique_ptr<plane::Station> host_;
};

/// A machine that counts how often it was asked.
class CountingMeter final : public io::SystemMeter {
  public:
    io::SystemReading read() override {
        io::SystemReading reading;
        reading.cores = ++asked;
        reading.interfaces = {{.name = "net0", .sent_bytes = 7}, {.name = "other"}};
        return reading;
    }
    unsigned asked = 0;
};

TEST_F(ClientPlaneTest, SaysEveryFiveSecondsHowItsMachineIs) {
    CountingMeter meter;
    plane_ = ClientPlane::open(node_, node_, log_, {},
                               {.client = kClient,
                                .name = "foh",
                                .version = "test",
                                .interfaces = {"net0"},
                                .meter = &meter})
                 .value();
    std::vector<plane::MachineStatus> said;
    for (int i = 0; i < 120; ++i) {
        world_.run_until(world_.now() + 99ms);
        plane_->service({}, "port");
        for (const auto& message : heard())
            if (const auto* machine = std::get_if<plane::MachineStatus>(&message))
                said.push_back(*machine);
    }
    ASSERT_EQ(said.size(), 3U) << "at once, and after 5 and 10 s";
    EXPECT_EQ(meter.asked, 3U);
    EXPECT_EQ(said[2].cores, 3U);
    EXPECT_EQ(said[2].id, kClient);
    EXPECT_EQ(said[2].name.view(), "foh");
    ASSERT_EQ(said[2].interfaces.size(), 1U) << "only those it uses";
    EXPECT_EQ(said[2].interfaces[0].sent_bytes, 7U);
}

TEST_F(ClientPlaneTest, SaysNothingOfAMachineThatIsNotMeasured) {
    for (int i = 0; i < 60; ++i) {
        world_.run_until(world_.now() + 99ms);
        plane_->service({}, "port");
        for (const auto& message : heard())
            EXPECT_FALSE(std::holds_alternative<plane::MachineStatus>(message));
    }
}

TEST_F(ClientPlaneTest, ThatAShowHasNoLightsIsNoNewsAtAClientsStart) {
    for (int n = 0; n < 3; ++n) claim("no host's device takes what applications send back");
    EXPECT_THAT(log_.lines, IsEmpty());
}

TEST_F(ClientPlaneTest, ARefusalIsToldOnceWhenItIsAnother) {
    claim("foh is not there");
    for (int n = 0; n < 3; ++n) claim("booth has the focus");
    claim("foh is not there");
    EXPECT_THAT(log_.lines,
                ElementsAre("no focus: booth has the focus", "no focus: foh is not there"));
}

TEST_F(ClientPlaneTest, ARefusalAfterAGrantIsTold) {
    claim("");
    claim("no host's device takes what applications send back");
    EXPECT_THAT(log_.lines,
                ElementsAre("no focus: no host's device takes what applications send back"));
}

TEST_F(ClientPlaneTest, APipelineIsAnsweredForOnceTheEngineHasItAndItIsKept) {
    const auto command = set_to(12);
    const auto first = tell(command);
    ASSERT_EQ(first.size(), 1U);
    EXPECT_TRUE(std::holds_alternative<plane::Ack>(first[0]));
    const auto again = tell(command);
    ASSERT_EQ(again.size(), 1U);
    EXPECT_TRUE(std::holds_alternative<plane::Ack>(again[0])) << "a copy is not another one";
    ASSERT_EQ(maps_.size(), 1U);
    EXPECT_EQ(kept_, siblings_);
    pipeline_.on_replaced();
    const auto said = heard();
    ASSERT_EQ(said.size(), 1U);
    const auto& result = std::get<plane::CommandResult>(said[0]);
    EXPECT_EQ(result.outcome, plane::CommandOutcome::Done);
    EXPECT_TRUE(result.kept);
    EXPECT_EQ(result.from, kClient);
    EXPECT_EQ(result.pipeline, command.pipeline);
    const auto copy = tell(command);
    ASSERT_EQ(copy.size(), 1U);
    EXPECT_TRUE(std::get<plane::CommandResult>(copy[0]) == result);
    EXPECT_EQ(maps_.size(), 1U);
}

TEST_F(ClientPlaneTest, ObeysWhatIsSaidToItByItsIdAlone) {
    auto to_all = set_to(12);
    to_all.to = {};
    EXPECT_THAT(tell(to_all), IsEmpty()) << "the hosts' is another one";
    EXPECT_THAT(maps_, IsEmpty());
    const auto said = tell({.to = kClient, .verb = plane::Verb::Arm});
    ASSERT_EQ(said.size(), 2U);
    EXPECT_EQ(result_in(said).outcome, plane::CommandOutcome::Unknown);
}

TEST_F(ClientPlaneTest, WhatTheEngineCannotTakeYetIsRefused) {
    for (int n = 1; n <= 4; ++n) EXPECT_TRUE(pipeline_.use(*set_to(n).pipeline));
    const auto said = tell(set_to(5));
    ASSERT_EQ(said.size(), 2U);
    EXPECT_EQ(result_in(said).outcome, plane::CommandOutcome::Failed);
    EXPECT_THAT(kept_, IsEmpty());
    EXPECT_EQ(pipeline_.settings(), *set_to(4).pipeline);
}

}  // namespace
}  // namespace midinet::engine
