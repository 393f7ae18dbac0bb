// Reports against golden texts.
#include "control/report/counted.hpp"
#include "unit/control/cli/golden.hpp"
#include "unit/control/cli/scripted_show.hpp"

namespace midinet::control::cli {
namespace {

using namespace testing;
using plane::ClientOutcome;
using plane::CommandOutcome;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

void expect_both(const std::string& name, const Show& show) {
    expect_golden(name + ".txt", text_report(show.scene()));
    expect_golden(name + ".json", json_report(show.scene()));
}

plane::CommandResult result(CommandOutcome outcome, const char* why) {
    plane::CommandResult r;
    r.from = SenderId{2};
    r.outcome = outcome;
    r.why = plane::Why{why};
    r.term = 9;
    r.active = SourceId{2};
    return r;
}

TEST(CliReport, StatusOfAReadyShow) {
    Show show;
    show.is_ready();
    show.admins.on_status(admin(1), {0x0A000102, 4000}, kHeard);
    EXPECT_EQ(exit_code_of(show.scene()), ExitCode::Ok);
    expect_both("status_ready", show);
}

TEST(CliReport, StatusNamesWhoRunsWhichVersionWhereTheyDiffer) {
    Show show;
    show.is_ready();
    EXPECT_THAT(text_report(show.scene()), Not(HasSubstr("Versions")));
    auto old = host(2, "right");
    old.version = plane::Version{"0.0.9"};
    show.hears(old);
    const auto text = text_report(show.scene());
    EXPECT_THAT(text, HasSubstr("READY"));
    EXPECT_THAT(text, HasSubstr("Versions  0.0.9: host 2; 0.1.0: host 1, client"));
}

TEST(CliReport, StatusOfATroubledShow) {
    Show show;
    show.hears(plane::testing::some_host());
    show.hears(plane::testing::some_client());
    EXPECT_EQ(exit_code_of(show.scene()), ExitCode::Degraded);
    expect_both("status_troubled", show);
}

TEST(CliReport, StatusOfSilence) {
    const Show show;
    EXPECT_EQ(exit_code_of(show.scene()), ExitCode::Unreachable);
    expect_both("status_silence", show);
}

TEST(CliReport, SilenceOfAnotherDeviceThanTheFirstAsksWhetherThereIsOne) {
    Show show;
    EXPECT_THAT(text_report(show.scene()), Not(HasSubstr("device")));
    show.request.device = DeviceSlot{2};
    EXPECT_THAT(text_report(show.scene()), HasSubstr("does a host have a device 2?"));
}

TEST(CliReport, CommandToAHostThatIsNotThereNamesThoseThatAre) {
    Show show;
    show.is_ready();
    show.request.task = Task::Rehearse;
    show.request.target = SourceId{3};
    EXPECT_THAT(text_report(show.scene()),
                AllOf(HasSubstr("NO ANSWER: no host took the command"),
                      HasSubstr("\n  Host 3 is not heard; heard are 1, 2: name one of those\n"),
                      Not(HasSubstr("firewall"))));
    show.request.target = SourceId{2};
    EXPECT_THAT(text_report(show.scene()), HasSubstr("firewall"));
}

TEST(CliReport, HostsAreATable) {
    Show show;
    show.is_ready();
    show.request.task = Task::Hosts;
    expect_golden("hosts.txt", text_report(show.scene()));
}

TEST(CliReport, HostsAreToldWithHowTheyWereFound) {
    Show show;
    show.is_ready();
    show.request.task = Task::Hosts;
    show.finds(2, "stage-right", show.request.group.address);
    show.finds(3, "stage-back", show.request.group.address);
    show.finds(4, "other show", 0xEF455365);
    EXPECT_EQ(exit_code_of(show.scene()), ExitCode::Ok);
    expect_both("hosts_found", show);
}

TEST(CliReport, HostThatOnlyDnsSdTellsOfIsNotHeard) {
    Show show;
    show.request.task = Task::Hosts;
    show.finds(3, "stage-back", show.request.group.address);
    EXPECT_EQ(exit_code_of(show.scene()), ExitCode::Unreachable);
    EXPECT_THAT(text_report(show.scene()), ::testing::HasSubstr("not heard\n"));
    EXPECT_THAT(text_report(show.scene()), ::testing::HasSubstr("firewall: UDP port 5006"));
}

TEST(CliReport, ClientsAreATable) {
    Show show;
    show.is_ready();
    show.request.task = Task::Clients;
    expect_golden("clients.txt", text_report(show.scene()));
}

TEST(CliReport, HostsWithoutAHostAreUnreachable) {
    Show show;
    show.request.task = Task::Hosts;
    show.hears(client(kFoh, "foh"));
    EXPECT_EQ(exit_code_of(show.scene()), ExitCode::Unreachable);
    EXPECT_EQ(text_report(show.scene()).substr(0, 19), "No host was heard.\n");
}

TEST(CliReport, ClientsWithoutAClientAreUnreachable) {
    Show show;
    show.request.task = Task::Clients;
    show.hears(host(1, "stage-left"));
    EXPECT_EQ(exit_code_of(show.scene()), ExitCode::Unreachable);
}

TEST(CliReport, SwitchThatEveryClientFollows) {
    Show show;
    auto r = result(CommandOutcome::Done, "host 2 is played");
    r.lockout_left_ms = 5000;
    r.clients_total = r.clients_ok = 2;
    (void)r.clients.push_back({kFoh, plane::ClientName{"foh"}, ClientOutcome::Ok, 2100});
    (void)r.clients.push_back({kStage, plane::ClientName{"r\u00e9gie"}, ClientOutcome::Ok, 12345});
    show.answered(Task::Switch, r);
    EXPECT_EQ(exit_code_of(show.scene()), ExitCode::Ok);
    expect_both("switch_done", show);
}

TEST(CliReport, SwitchThatNotEveryClientFollowsIsDegraded) {
    Show show;
    auto r = result(CommandOutcome::Done, "host 2 is played");
    r.clients_total = 30;
    r.clients_ok = 28;
    (void)r.clients.push_back({kStage, plane::ClientName{"regie"}, ClientOutcome::Missing, 0});
    (void)r.clients.push_back({kFoh, plane::ClientName{"foh"}, ClientOutcome::Elsewhere, 0});
    show.answered(Task::Switch, r);
    EXPECT_EQ(exit_code_of(show.scene()), ExitCode::Degraded);
    expect_golden("switch_partly.txt", text_report(show.scene()));
}

TEST(CliReport, RefusedIsRefused) {
    Show show;
    auto r = result(CommandOutcome::Refused, "a switch happened 3.5 s ago");
    r.lockout_left_ms = 1500;
    show.answered(Task::Switch, r);
    EXPECT_EQ(exit_code_of(show.scene()), ExitCode::Refused);
    expect_both("switch_refused", show);
}

TEST(CliReport, ConfirmationSaysHowLongItWaits) {
    Show show;
    show.answered(Task::Switch,
                  result(CommandOutcome::NeedsConfirmation, "ask again to switch to host 1"));
    EXPECT_EQ(exit_code_of(show.scene()), ExitCode::Confirm);
    expect_golden("switch_confirm.txt", text_report(show.scene()));
}

TEST(CliReport, FailedAndNotUnderstoodAreErrors) {
    for (const auto outcome : {CommandOutcome::Failed, CommandOutcome::Unknown}) {
        Show show;
        show.answered(Task::Arm, result(outcome, ""));
        EXPECT_EQ(exit_code_of(show.scene()), ExitCode::Error);
    }
}

TEST(CliReport, FailoverStatusHasStateRulesAndDecisions) {
    Show show;
    show.is_ready();
    auto r = plane::testing::some_result();
    r.outcome = CommandOutcome::Done;
    r.why = plane::Why{};
    r.clients_total = 0;
    r.clients.clear();
    show.answered(Task::FailoverStatus, r);
    EXPECT_EQ(exit_code_of(show.scene()), ExitCode::Ok);
    expect_both("failover_status", show);
}

TEST(CliReport, AuditIsTheDecisions) {
    Show show;
    auto r = plane::testing::some_result();
    r.outcome = CommandOutcome::Done;
    show.answered(Task::Audit, r);
    expect_golden("audit.txt", text_report(show.scene()));
}

plane::HostStatus lit_host(std::uint16_t id, const char* name, const wire::Focus& focus) {
    auto status = host(id, name);
    status.focus = focus;
    status.has_lights = id == 1;
    status.surface = {.played = 1200, .coalesced = 7, .lost = 1, .foreign = 3};
    return status;
}

TEST(CliReport, FocusIsItsHolderAndTheDevicesThatTakeFeedback) {
    Show show;
    show.is_ready();
    show.hears(lit_host(1, "stage-left", {kFoh, 4, HostId{1}, true}));
    show.hears(lit_host(2, "stage-right", {kFoh, 4, HostId{1}, true}));
    show.request.task = Task::Focus;
    EXPECT_EQ(exit_code_of(show.scene()), ExitCode::Ok);
    expect_both("focus", show);
}

TEST(CliReport, FocusOfNobodySaysWhoMayHaveIt) {
    Show show;
    show.is_ready();
    show.request.task = Task::Focus;
    expect_both("focus_free", show);
}

TEST(CliReport, FocusWithoutAHostIsUnreachable) {
    Show show;
    show.request.task = Task::Focus;
    EXPECT_EQ(exit_code_of(show.scene()), ExitCode::Unreachable);
}

TEST(CliReport, FocusThatWasGiven) {
    Show show;
    show.is_ready();
    show.answered(Task::GiveFocus, result(CommandOutcome::Done, "foh has the focus"));
    EXPECT_EQ(exit_code_of(show.scene()), ExitCode::Ok);
    expect_both("focus_given", show);
}

TEST(CliReport, TheLargestThereCanBeIsStillReported) {
    Show show;
    show.hears(plane::testing::largest_host());
    show.hears(plane::testing::largest_client());
    EXPECT_FALSE(text_report(show.scene()).empty());
    EXPECT_FALSE(json_report(show.scene()).empty());
    show.answered(Task::FailoverStatus, plane::testing::largest_result());
    EXPECT_FALSE(text_report(show.scene()).empty());
    EXPECT_FALSE(json_report(show.scene()).empty());
}

TEST(CliReport, OneIsNotSeveral) {
    EXPECT_EQ(counted(1, "host"), "1 host");
    EXPECT_EQ(counted(0, "host"), "0 hosts");
    EXPECT_EQ(counted(2, "host"), "2 hosts");
    EXPECT_EQ(counted(1, "status", "statuses"), "1 status");
    EXPECT_EQ(counted(6, "status", "statuses"), "6 statuses");
}

}  // namespace
}  // namespace midinet::control::cli
