// The buckets of transits, and who keeps them.
#include "control/plane/transit.hpp"

#include "control/plane/roster.hpp"

#include <gtest/gtest.h>

namespace midinet::control::plane {
namespace {

TEST(Transit, EdgesRiseByHalvesAndThirds) {
    EXPECT_EQ(transit_edge_us(0), 16U);
    EXPECT_EQ(transit_edge_us(1), 24U);
    EXPECT_EQ(transit_edge_us(2), 32U);
    EXPECT_EQ(transit_edge_us(TransitStatus::kBuckets - 2), 524'288U);
    for (std::size_t n = 1; n + 1 < TransitStatus::kBuckets; ++n)
        EXPECT_GT(transit_edge_us(n), transit_edge_us(n - 1));
}

TEST(Transit, EveryTransitIsInTheBucketOfTheFirstEdgeThatIsNotBelowIt) {
    EXPECT_EQ(transit_bucket(0), 0U);
    for (std::size_t n = 0; n + 1 < TransitStatus::kBuckets; ++n) {
        EXPECT_EQ(transit_bucket(transit_edge_us(n)), n);
        EXPECT_EQ(transit_bucket(transit_edge_us(n) + 1), n + 1);
    }
    EXPECT_EQ(transit_bucket(~std::uint64_t{0}), TransitStatus::kBuckets - 1);
}

TEST(Transit, RosterKeepsThoseOfClientsItKnows) {
    Roster roster;
    const SenderId id{kClientBit + 1};
    const TransitStatus transit{.id = id, .max_us = 9};
    EXPECT_FALSE(roster.on_message(transit, {}, TimePoint{1s}));
    ClientStatus status;
    status.id = id;
    EXPECT_TRUE(roster.on_message(status, {}, TimePoint{1s}));
    EXPECT_FALSE(roster.client(id)->transit);
    EXPECT_TRUE(roster.on_message(transit, {}, TimePoint{1s}));
    status.uptime_ms = 1;
    EXPECT_TRUE(roster.on_message(status, {}, TimePoint{2s}));
    EXPECT_EQ(roster.client(id)->transit, transit);
    status.uptime_ms = 0;  // it was started anew, and played nothing yet
    EXPECT_TRUE(roster.on_message(status, {}, TimePoint{3s}));
    EXPECT_FALSE(roster.client(id)->transit);
}

TEST(Transit, AClientIsJudgedByTheLastSecondsAndWhereItTellsNoneByAllOfThem) {
    Roster roster;
    const SenderId id{kClientBit + 1};
    ClientStatus status;
    status.id = id;
    status.transit_p95_us = 70;
    EXPECT_TRUE(roster.on_message(status, {}, TimePoint{1s}));
    EXPECT_EQ(roster.client(id)->transit_now().p95_us, 70U);
    TransitStatus transit{.id = id, .max_us = 9};
    EXPECT_TRUE(roster.on_message(transit, {}, TimePoint{1s}));
    EXPECT_EQ(roster.client(id)->transit_now().p95_us, 70U);
    transit.recent = RecentTransit{.count = 3, .p95_us = 104'000};
    EXPECT_TRUE(roster.on_message(transit, {}, TimePoint{1s}));
    EXPECT_EQ(roster.client(id)->transit_now(), *transit.recent);
    transit.recent = RecentTransit{};  // nothing was played in them
    EXPECT_TRUE(roster.on_message(transit, {}, TimePoint{1s}));
    EXPECT_EQ(roster.client(id)->transit_now().p95_us, 0U);
}

}  // namespace
}  // namespace midinet::control::plane
