// A client on the control plane of a simulated network, and a host that answers it.
#include "engine/client_plane.hpp"

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
        plane_ = ClientPlane::open(
                     node_, node_, log_, config,
                     {.client = kClient, .name = "foh", .version = "test", .interfaces = {"net0"}})
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

    World world_{1};
    platform::sim::Node& node_ = world_.add_node();
    platform::sim::Node& host_node_ = world_.add_node();
    LineLog log_;
    std::unique_ptr<ClientPlane> plane_;
    std::unique_ptr<plane::Station> host_;
};

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

}  // namespace
}  // namespace midinet::engine
