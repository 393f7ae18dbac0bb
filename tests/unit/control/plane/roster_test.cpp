#include "control/plane/roster.hpp"

#include "unit/control/plane/samples.hpp"

#include <gtest/gtest.h>

namespace midinet::control::plane {
namespace {

using namespace testing;

constexpr io::Endpoint kHere{0xC0000201, 5006};
constexpr io::Endpoint kThere{0xC6336401, 5006};
constexpr TimePoint kStart{10s};

HostStatus host(std::uint16_t id, std::uint32_t epoch = 7) {
    HostStatus status = some_host();
    status.id = HostId{id};
    status.epoch = Epoch{epoch};
    return status;
}
ClientStatus client(std::uint64_t id, std::uint64_t uptime_ms = 0) {
    ClientStatus status = some_client();
    status.id = SenderId{kClientBit | id};
    status.uptime_ms = uptime_ms;
    return status;
}

TEST(Roster, KeepsTheLatestStatusWithItsTimeAndPlace) {
    Roster roster;
    EXPECT_TRUE(roster.on_message(client(1, 1000), kHere, kStart));
    EXPECT_TRUE(roster.on_message(client(1, 2000), kThere, kStart + 1s));
    const auto* entry = roster.client(client(1).id);
    ASSERT_NE(entry, nullptr);
    EXPECT_EQ(entry->status.uptime_ms, 2000U);
    EXPECT_EQ(entry->from, kThere);
    EXPECT_EQ(entry->heard, kStart + 1s);
    EXPECT_EQ(roster.clients().size(), 1U);
}

TEST(Roster, KeepsThePlaceWhenTheSameStatusComesByAnotherNetwork) {
    Roster roster;
    (void)roster.on_message(host(1), kHere, kStart);
    EXPECT_TRUE(roster.on_message(host(1), kThere, kStart + 1ms));
    EXPECT_EQ(roster.host(HostId{1})->from, kHere);
    EXPECT_EQ(roster.host(HostId{1})->heard, kStart + 1ms);
}

TEST(Roster, TakesNothingButStatuses) {
    Roster roster;
    EXPECT_FALSE(roster.on_message(some_command(), kHere, kStart));
    EXPECT_FALSE(roster.on_message(some_ack(), kHere, kStart));
    EXPECT_FALSE(roster.on_message(some_result(), kHere, kStart));
    EXPECT_EQ(roster.refused(), 0U);
}

TEST(Roster, CallsABoxGoneAfterThreeAndAHalfSeconds) {
    Roster roster;
    (void)roster.on_message(host(1), kHere, kStart);
    EXPECT_FALSE(roster.host(HostId{1})->gone(kStart + 3499ms));
    EXPECT_TRUE(roster.host(HostId{1})->gone(kStart + 3500ms));
    EXPECT_EQ(roster.hosts_present(kStart + 3499ms), 1U);
    EXPECT_EQ(roster.hosts_present(kStart + 3500ms), 0U);
}

TEST(Roster, CallsABoxGoneAtOnceWhenItSaysThatItLeavesAndThereWhenItReturns) {
    Roster roster;
    auto status = host(1);
    (void)roster.on_message(status, kHere, kStart);
    status.leaving = true;
    (void)roster.on_message(status, kHere, kStart + 1ms);
    EXPECT_TRUE(roster.host(HostId{1})->gone(kStart + 1ms));
    status.leaving = false;
    ++status.epoch.value;
    (void)roster.on_message(status, kHere, kStart + 100ms);
    EXPECT_FALSE(roster.host(HostId{1})->gone(kStart + 100ms));
}

TEST(Roster, ForgetsABoxAfterAMinute) {
    Roster roster;
    (void)roster.on_message(host(1), kHere, kStart);
    (void)roster.on_message(client(1), kHere, kStart + 1s);
    roster.on_timer(kStart + 60s - 1ns);
    EXPECT_NE(roster.host(HostId{1}), nullptr);
    roster.on_timer(kStart + 60s);
    EXPECT_EQ(roster.host(HostId{1}), nullptr);
    EXPECT_NE(roster.client(client(1).id), nullptr);
    roster.on_timer(kStart + 61s);
    EXPECT_EQ(roster.client(client(1).id), nullptr);
}

TEST(Roster, ALowerEpochChangesNothingWhileTheHigherIsThere) {
    Roster roster;
    (void)roster.on_message(host(1, 8), kHere, kStart);
    EXPECT_FALSE(roster.on_message(host(1, 7), kThere, kStart + 1s));
    EXPECT_EQ(roster.host(HostId{1})->status.epoch, Epoch{8});
    EXPECT_EQ(roster.host(HostId{1})->heard, kStart);
    EXPECT_EQ(roster.outdated(), 1U);
    EXPECT_TRUE(roster.on_message(host(1, 7), kThere, kStart + 4s));
    EXPECT_EQ(roster.host(HostId{1})->status.epoch, Epoch{7});
}

TEST(Roster, RefusesAndCountsHostsPastItsBound) {
    Roster roster;
    for (std::uint16_t id = 1; id <= Roster::kMaxHosts; ++id)
        EXPECT_TRUE(roster.on_message(host(id), kHere, kStart));
    EXPECT_FALSE(roster.on_message(host(1000), kHere, kStart));
    EXPECT_EQ(roster.refused(), 1U);
    EXPECT_EQ(roster.hosts().size(), Roster::kMaxHosts);
    EXPECT_TRUE(roster.on_message(host(1), kHere, kStart)) << "who is known stays known";
}

TEST(Roster, RefusesAndCountsClientsPastItsBound) {
    Roster roster;
    for (std::uint64_t id = 1; id <= Roster::kMaxClients; ++id)
        EXPECT_TRUE(roster.on_message(client(id), kHere, kStart));
    EXPECT_FALSE(roster.on_message(client(5000), kHere, kStart));
    EXPECT_EQ(roster.refused(), 1U);
    EXPECT_EQ(roster.clients_present(kStart), Roster::kMaxClients);
}

TEST(Roster, GivesANewBoxThePlaceOfTheOneGoneLongest) {
    Roster roster;
    for (std::uint16_t id = 1; id <= Roster::kMaxHosts; ++id)
        (void)roster.on_message(host(id), kHere, id == 9 ? kStart : kStart + 1s);
    EXPECT_TRUE(roster.on_message(host(1000), kHere, kStart + 5s));
    EXPECT_EQ(roster.host(HostId{9}), nullptr);
    EXPECT_EQ(roster.hosts().size(), Roster::kMaxHosts);
}

}  // namespace
}  // namespace midinet::control::plane
