#include "control/report/admins.hpp"
#include "control/report/overview.hpp"
#include "unit/control/cli/scripted_show.hpp"

#include <functional>

namespace midinet::control::cli {
namespace {

using namespace testing;

TEST(CliVerdict, IsReadyWithNothingToComplainOf) {
    Show show;
    show.is_ready();
    const auto verdict = judge(show.roster, show.now);
    EXPECT_EQ(verdict.grade, Grade::Ready);
    EXPECT_TRUE(verdict.findings.empty());
}

TEST(CliVerdict, IsUnreachableWhenNothingWasHeard) {
    EXPECT_EQ(judge(plane::Roster{}, kHeard).grade, Grade::Unreachable);
}

/// One thing wrong with a ready show.
struct Flaw {
    const char* name;
    std::function<void(Show&)> put;
    Grade grade;
    const char* text;
};
void PrintTo(const Flaw& flaw, std::ostream* out) { *out << flaw.name; }

class CliVerdictOf : public ::testing::TestWithParam<Flaw> {};

TEST_P(CliVerdictOf, NamesTheFlawAndNothingElse) {
    Show show;
    show.is_ready();
    GetParam().put(show);
    const auto verdict = judge(show.roster, show.now);
    EXPECT_EQ(verdict.grade, GetParam().grade);
    ASSERT_EQ(verdict.findings.size(), 1U);
    EXPECT_EQ(verdict.findings[0].text, GetParam().text);
    EXPECT_FALSE(verdict.findings[0].fix.empty());
}

template <typename Status, typename Change>
auto with(Status status, Change change) {
    return [=](Show& show) {
        Status changed = status;
        change(changed);
        show.hears(changed);
    };
}

INSTANTIATE_TEST_SUITE_P(
    Flaws, CliVerdictOf,
    ::testing::Values(
        Flaw{"PlayedHostWithoutDevice",
             with(host(1, "stage-left"), [](auto& s) { s.device_present = false; }), Grade::NotSafe,
             "host 1 (stage-left) has no MIDI device, and is played"},
        Flaw{"TwoHostsOfOneId",
             with(host(1, "stage-left"),
                  [](auto& s) {
                      s.conflict = plane::Conflict{0x0A000009, plane::InterfaceName{"eth0"}};
                  }),
             Grade::NotSafe, "host 1 (stage-left): another host has the same id, at 10.0.0.9"},
        Flaw{"ClosedPort", with(client(kFoh, "foh"), [](auto& s) { s.port_open = false; }),
             Grade::NotSafe, "client foh has no MIDI port open"},
        Flaw{"PlaysNobody", with(client(kFoh, "foh"), [](auto& s) { s.active = SourceId{}; }),
             Grade::NotSafe, "client foh plays nobody"},
        Flaw{"PlaysOneThatIsNotHeard",
             [](Show& show) {
                 // One client: with two this would also be a show that is divided.
                 show.roster = {};
                 show.hears(host(1, "stage-left"));
                 show.hears(host(2, "stage-right"));
                 show.hears(client(kFoh, "foh", 3));
             },
             Grade::Degraded, "client foh plays host 3, which is not heard here"},
        Flaw{"Disarmed",
             [](Show& show) {
                 for (auto s : {host(1, "stage-left"), host(2, "stage-right")}) {
                     s.failover.armed = false;
                     show.hears(s);
                 }
             },
             Grade::Degraded, "automatic failover is disarmed: a silent host is not left"},
        Flaw{"RulesDiffer", with(host(2, "stage-right"), [](auto& s) { s.failover.armed = false; }),
             Grade::Degraded, "the hosts disagree on the rules of failover"},
        Flaw{"ConfigurationsDiffer",
             with(host(2, "stage-right"),
                  [](auto& s) {
                      s.failover.interval_us = 4500;
                      s.failover.switch_back = plane::SwitchBack::Auto;
                      ++s.agreement;
                  }),
             Grade::Degraded,
             "hosts 1 and 2 run with different configurations: heartbeat.interval_ms 3 and 4.5, "
             "failover.switch_back_policy manual and auto"},
        Flaw{
            "PortsDiffer", with(host(2, "stage-right"), [](auto& s) { ++s.agreement; }),
            Grade::Degraded,
            "hosts 1 and 2 run with different configurations: ports or control group of [network], "
            "or failover.confirmation_mode"},
        Flaw{"StateNotWhole",
             with(client(kFoh, "foh"), [](auto& s) { s.sources[0].whole = false; }),
             Grade::Degraded, "client foh does not know all of host 1's state"},
        Flaw{"StandbyNotHeard",
             with(client(kFoh, "foh"), [](auto& s) { s.sources[1].alive = false; }),
             Grade::Degraded, "client foh does not hear host 2"},
        Flaw{"PlayedHostNotHeard",
             with(client(kFoh, "foh"), [](auto& s) { s.sources[0].alive = false; }), Grade::NotSafe,
             "client foh plays host 1, and hears nothing of it"},
        Flaw{"HealthOfThePlayedIsLow",
             with(host(1, "stage-left"),
                  [](auto& s) {
                      s.health = 49;
                      (void)s.reasons.push_back(plane::Reason{"hot"});
                  }),
             Grade::Degraded, "host 1 (stage-left) has health 49: hot"}),
    [](const auto& flaw) { return flaw.param.name; });

TEST(CliVerdict, HasNoStandbyWithoutADeviceAtIt) {
    Show show;
    show.is_ready();
    auto s = host(2, "stage-right");
    s.device_present = false;
    show.hears(s);
    const auto verdict = judge(show.roster, show.now);
    EXPECT_EQ(verdict.grade, Grade::Degraded);
    ASSERT_EQ(verdict.findings.size(), 2U);
    EXPECT_EQ(verdict.findings[0].text, "no standby could take over");
}

TEST(CliVerdict, ADividedShowHasAStandbyAllTheSame) {
    Show show;
    show.is_ready();
    show.hears(client(kStage, "regie", 2));
    const auto verdict = judge(show.roster, show.now);
    ASSERT_EQ(verdict.findings.size(), 1U);
    EXPECT_EQ(verdict.findings[0].text, "clients play different hosts");
}

TEST(CliVerdict, AMirrorThatClientsMissIsToldBeforeItsStatusIsMissed) {
    Show show;
    show.is_ready();
    auto mirror = host(2, "stage-right");
    mirror.role = wire::Role::Mirror;
    show.hears(mirror);
    EXPECT_EQ(judge(show.roster, show.now).grade, Grade::Ready);
    auto s = client(kFoh, "foh");
    s.sources[1].alive = false;
    show.hears(s);
    EXPECT_EQ(judge(show.roster, show.now).findings.at(0).text, "client foh does not hear host 2");
}

TEST(CliVerdict, AHostThatIsHeldBackIsNoStandbyAndIsMissedByNobody) {
    Show show;
    show.is_ready();
    auto held = host(2, "stage-right");
    held.held_ms = 4200;
    show.hears(held);
    auto deaf = client(kFoh, "foh");
    deaf.sources[1].alive = false;
    show.hears(deaf);
    const auto verdict = judge(show.roster, show.now);
    ASSERT_EQ(verdict.findings.size(), 2U);
    EXPECT_EQ(verdict.findings[0].text, "no standby could take over");
    EXPECT_EQ(verdict.findings[1].text,
              "host 2 (stage-right) sends nothing for another 3.9 s: its loss is rehearsed");
    EXPECT_EQ(held_left(*show.roster.host(HostId{2}), show.now + 3s), 900ms);
    EXPECT_EQ(held_left(*show.roster.host(HostId{2}), show.now + 9s), 0ms);
}

TEST(CliVerdict, OneHostAloneIsDegraded) {
    Show show;
    show.hears(host(1, "stage-left"));
    show.hears(client(kFoh, "foh"));
    EXPECT_EQ(judge(show.roster, show.now).grade, Grade::Degraded);
}

TEST(CliVerdict, HostsWithoutClientsAreNotSafe) {
    Show show;
    show.hears(host(1, "stage-left"));
    show.hears(host(2, "stage-right"));
    const auto verdict = judge(show.roster, show.now);
    EXPECT_EQ(verdict.grade, Grade::NotSafe);
    ASSERT_EQ(verdict.findings.size(), 1U);
    EXPECT_EQ(verdict.findings[0].text, "no client is heard: nobody plays");
}

TEST(CliVerdict, TheWorstFindingComesFirst) {
    Show show;
    show.is_ready();
    auto s = client(kStage, "regie");
    s.sources[1].alive = false;
    s.port_open = false;
    show.hears(s);
    const auto verdict = judge(show.roster, show.now);
    EXPECT_EQ(verdict.grade, Grade::NotSafe);
    ASSERT_EQ(verdict.findings.size(), 2U);
    EXPECT_EQ(verdict.findings[1].grade, Grade::Degraded);
}

TEST(CliVerdict, SilenceIsNoticed) {
    Show show;
    show.is_ready();
    show.now = kHeard + plane::Roster::kGoneAfter;
    const auto verdict = judge(show.roster, show.now);
    EXPECT_EQ(verdict.grade, Grade::NotSafe);
    EXPECT_EQ(verdict.findings.size(), 6U);  // nobody of either kind, and each of the four
}

TEST(CliVerdict, HasWhatIsWrongWithAdminsTooWhereSomethingIsHeard) {
    Show show;
    show.is_ready();
    show.admins.on_status(admin(1), {}, kHeard);
    EXPECT_EQ(judge(show.scene().view()).grade, Grade::Ready);
    show.admins.on_status(admin(2, 1), {}, kHeard);
    const std::vector<Finding> own{{Grade::NotSafe, "something of its own", "mend it"}};
    auto view = show.scene().view();
    view.own_findings = &own;
    const auto verdict = judge(view);
    EXPECT_EQ(verdict.grade, Grade::NotSafe);
    ASSERT_EQ(verdict.findings.size(), 2U);
    EXPECT_EQ(verdict.findings[0], own[0]) << "the worst first";
    EXPECT_EQ(verdict.findings[1].fix, kAdminsFix);
    show.roster = {};
    EXPECT_EQ(judge(show.scene().view()).grade, Grade::Unreachable);
}

TEST(CliOverview, CountsWhoPlaysWhom) {
    Show show;
    show.is_ready();
    show.hears(client(kStage, "regie", 2));
    const auto overview = overview_of(show.roster, show.now);
    EXPECT_EQ(overview.played,
              (std::map<SourceId, std::size_t>{{SourceId{1}, 1}, {SourceId{2}, 1}}));
    EXPECT_EQ(overview.armed, true);
    EXPECT_EQ(judge(show.roster, show.now).grade, Grade::Degraded);
}

TEST(CliOverview, SaysNothingOfArmedWhenHostsDisagree) {
    Show show;
    for (const auto id : std::initializer_list<std::uint16_t>{1, 2, 3}) {
        auto s = host(id, "h");
        s.failover.armed = id != 2;
        show.hears(s);
    }
    EXPECT_EQ(overview_of(show.roster, show.now).armed, std::nullopt);
}

TEST(CliVerdict, TellsOfOtherDevicesThatAreMissing) {
    Show show;
    show.is_ready();
    auto host = show.roster.host(HostId{1})->status;
    host.devices = {.all = 4, .missing = 0b1011};
    show.roster.on_message(host, {}, show.now);
    const auto verdict = judge(show.roster, show.now, DeviceSlot{2});
    ASSERT_EQ(verdict.findings.size(), 1U);
    EXPECT_NE(verdict.findings[0].text.find("is without its device 1, 4"), std::string::npos);
}

}  // namespace
}  // namespace midinet::control::cli
