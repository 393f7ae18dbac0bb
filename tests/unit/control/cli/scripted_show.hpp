// Statuses of a show to report on.
#pragma once

#include "control/cli/scene.hpp"
#include "unit/control/plane/samples.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace midinet::control::cli::testing {

constexpr TimePoint kHeard{10s};
constexpr SenderId kFoh{plane::kClientBit | 0xF0};
constexpr SenderId kStage{plane::kClientBit | 0x57};

inline plane::HostStatus host(std::uint16_t id, const char* name) {
    plane::HostStatus s;
    s.id = HostId{id};
    s.epoch = Epoch{7};
    s.name = plane::Name{name};
    s.version = plane::Version{"0.1.0"};
    s.uptime_ms = 3'600'000;
    s.role = id == 1 ? wire::Role::Primary : wire::Role::Standby;
    s.device_present = true;
    s.device_name = plane::Name{"APC40 mkII"};
    s.health = 100;
    s.failover = {.armed = true, .lockout_s = 5, .miss_threshold = 3, .interval_us = 3000};
    s.agreement = 0x0A9EE000;
    return s;
}

inline plane::ClientStatus client(SenderId id, const char* name, std::uint16_t plays = 1) {
    plane::ClientStatus s;
    s.id = id;
    s.name = plane::Name{name};
    s.version = plane::Version{"0.1.0"};
    s.uptime_ms = 90'000;
    s.port_name = plane::Name{"APC40 mkII"};
    s.port_open = true;
    s.active = SourceId{plays};
    s.transit_p50_us = 65;
    s.transit_p99_us = 320;
    for (const auto source : std::initializer_list<std::uint16_t>{1, 2})
        (void)s.sources.push_back({SourceId{source}, Epoch{7}, true, true, false, 3200, 4100, 0});
    return s;
}

inline plane::AdminStatus admin(std::uint64_t number, std::uint32_t agreement = 0x0A9EE000) {
    plane::AdminStatus s;
    s.id = SenderId{plane::kClientBit | number};
    s.name = plane::Name{"box-" + std::to_string(number)};
    s.version = plane::Version{"0.1.0"};
    s.uptime_ms = 60'000;
    s.listen = plane::Name{"0.0.0.0:8080"};
    s.config = {agreement, 1'700'000'000'000, false};
    return s;
}

/// All that a report needs, to be changed before it is made.
struct Show {
    Request request;
    plane::Roster roster;
    plane::AdminBook admins;
    plane::CommandSender sender;
    TimePoint now = kHeard + 300ms;

    void hears(const plane::Message& message) {
        const bool is_host = std::holds_alternative<plane::HostStatus>(message);
        const auto last = static_cast<std::uint32_t>(plane::speaker_of(message).value & 0xFFU);
        const io::Endpoint from{(is_host ? 0x0A000000U : 0x0A000100U) + last, 40000};
        EXPECT_TRUE(roster.on_message(message, from, kHeard));
    }
    std::optional<std::map<HostId, FoundHost>> found;  ///< nothing: not looked for
    void finds(std::uint16_t id, const std::string& instance, std::uint32_t control_group) {
        if (!found) found.emplace();
        (*found)[HostId{id}] = {.says = {.id = HostId{id},
                                         .epoch = Epoch{12},
                                         .role = wire::Role::Standby,
                                         .group = 0xEF455302,
                                         .data_port = 5004,
                                         .heartbeat_port = 5005,
                                         .control = {control_group, 5006},
                                         .device_name = "APC40 mkII",
                                         .version = "0.1.0"},
                                .instance = instance,
                                .doors = {{0x0A000000U + id, 5004}},
                                .interfaces = {"eth0"}};
    }
    Show() { request.group = {0xEF455364, 5006}; }
    /// Two hosts and two clients with nothing to complain of.
    void is_ready() {
        hears(host(1, "stage-left"));
        hears(host(2, "stage-right"));
        hears(client(kFoh, "foh"));
        hears(client(kStage, "r\u00e9gie"));
    }
    /// The command of `task` was answered with `result`.
    void answered(Task task, plane::CommandResult result) {
        request.task = task;
        const auto command = command_of(request, 77, kFoh, "cli alice@foh");
        sender.begin(command, kHeard);
        (void)sender.to_send(kHeard);
        result.command = 77;
        sender.on_message(result, kHeard + 5ms);
    }
    Scene scene() const {
        return {.request = request,
                .roster = roster,
                .sender = sender,
                .now = now,
                .took = 1300ms,
                .interfaces = {"eth0", "eth1"},
                .found = found ? &*found : nullptr,
                .admins = &admins};
    }
};

}  // namespace midinet::control::cli::testing
