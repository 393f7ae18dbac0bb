#include "control/agreement.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <set>

namespace midinet::control {
namespace {

TEST(Agreement, IsTheFingerprintThatTheDocumentTells) {
    EXPECT_EQ(agreement_of(default_host_config()), 4'101'283'799U);
}

TEST(Agreement, IsAnotherWithEachThingThatHostsMustHaveInCommon) {
    const std::vector<std::function<void(HostConfig&)>> changes{
        [](auto& c) { ++c.network.control_group; },
        [](auto& c) { ++c.network.data_port; },
        [](auto& c) { ++c.network.heartbeat_port; },
        [](auto& c) { ++c.network.control_port; },
        [](auto& c) { ++c.network.focus_port; },
        [](auto& c) { c.heartbeat.interval = 4ms; },
        [](auto& c) { ++c.heartbeat.miss_threshold; },
        [](auto& c) { c.failover.switch_back_policy = SwitchBack::Auto; },
        [](auto& c) { c.failover.values = wire::Takeover::Keep; },
        [](auto& c) { c.failover.lockout = 6s; },
        [](auto& c) { c.failover.confirmation_mode = Confirmation::Confirm; }};
    std::set<std::uint32_t> prints{agreement_of(default_host_config())};
    for (const auto& change : changes) {
        auto config = default_host_config();
        change(config);
        EXPECT_TRUE(prints.insert(agreement_of(config)).second) << prints.size();
    }
}

TEST(Agreement, IsTheSameWhateverHostsMayHaveOfTheirOwn) {
    auto config = default_host_config();
    config.id = HostId{9};
    config.name = "other";
    ++config.multicast_group;
    config.network.interfaces = {"eth9"};
    config.network.hosts = {{1, 2}};
    config.network.dns_sd = false;
    config.midi.device = "file:x";
    config.further = {{"auto"}};
    config.failover.mode = FailoverMode::Mirror;
    config.failover.auto_enabled = false;
    config.failover.midi.enabled = true;
    config.failover.osc.enabled = true;
    config.pipeline.transpose = 1;
    EXPECT_EQ(agreement_of(config), agreement_of(default_host_config()));
}

}  // namespace
}  // namespace midinet::control
