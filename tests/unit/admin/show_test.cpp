#include "admin/show/health.hpp"
#include "admin/show/rates.hpp"
#include "unit/control/cli/scripted_show.hpp"

#include <gtest/gtest.h>

namespace midinet::admin {
namespace {

namespace plane = control::plane;

plane::HostStatus host_at(std::uint64_t uptime_ms, std::uint64_t events) {
    plane::HostStatus status;
    status.id = HostId{1};
    status.uptime_ms = uptime_ms;
    status.counters.events = events;
    return status;
}

TEST(Rates, AreTakenBetweenTwoStatusesByTheBoxesOwnClock) {
    Rates rates;
    rates.on_status(host_at(1000, 50));
    EXPECT_EQ(rates.of(HostId{1}).events, 0);
    rates.on_status(host_at(3000, 250));
    EXPECT_EQ(rates.of(HostId{1}).events, 100);
    rates.on_status(host_at(4000, 250));
    EXPECT_EQ(rates.of(HostId{1}).events, 0);
}

TEST(Rates, AreNotMadeOfAStatusThatIsToldForAChange) {
    Rates rates;
    rates.on_status(host_at(1000, 0));
    rates.on_status(host_at(2000, 100));
    rates.on_status(host_at(2001, 101));
    rates.on_status(host_at(2001, 101));
    EXPECT_EQ(rates.of(HostId{1}).events, 100);
    rates.on_status(host_at(3000, 200));
    EXPECT_EQ(rates.of(HostId{1}).events, 100) << "nothing that came between is counted twice";
}

TEST(Rates, BeginAnewWithTheBox) {
    Rates rates;
    rates.on_status(host_at(9000, 5000));
    rates.on_status(host_at(10'000, 6000));
    rates.on_status(host_at(500, 3));
    EXPECT_EQ(rates.of(HostId{1}).events, 0);
    rates.on_status(host_at(1500, 13));
    EXPECT_EQ(rates.of(HostId{1}).events, 10);
}

TEST(Health, IsAHundredLessWhatItsReasonsCost) {
    using control::cli::testing::Show;
    Show show;
    show.is_ready();
    const auto health = [&] { return health_of({show.roster, show.now}); };
    EXPECT_EQ(health().score, 100u);
    show.now += plane::Roster::kGoneAfter;
    const auto bad = health();
    unsigned costs = 0;
    for (const auto& finding : bad.verdict.findings) costs += cost_of(finding.grade);
    EXPECT_GT(costs, 0u);
    EXPECT_EQ(bad.score, 100 - std::min(100u, costs));
}

TEST(Health, IsNoneWhereNothingIsHeard) {
    const plane::Roster nobody;
    EXPECT_EQ(health_of({nobody, TimePoint{}}).score, 0u);
}

}  // namespace
}  // namespace midinet::admin
