// What a host does with those who ask for a switch, and what it tells them in the end.
#include "control/switch_board.hpp"

#include <gmock/gmock.h>

namespace midinet::control {
namespace {

using ::testing::HasSubstr;

constexpr HostId kA{1};
constexpr HostId kB{2};
constexpr Asker kCli{{0x0A000009, 40000}, 0};

SenderId client_id(unsigned n) { return {plane::kClientBit + n}; }

class SwitchBoardTest : public ::testing::Test, public SwitchBoardHands {
  protected:
    void SetUp() override { statuses(); }

    // What the board does.
    void answer(const Asker& to, const plane::Message& message) override {
        EXPECT_EQ(to.from, kCli.from);
        if (const auto* result = std::get_if<plane::CommandResult>(&message))
            results_.push_back(*result);
        else
            ++acks_;
    }
    void appoint(const wire::Appointment& appointment) override { appointed_ = appointment; }
    void arm(bool on) override { armed_ = on; }
    void tell_siblings(const SiblingOrder& order) override { told_.push_back(order); }
    void set_focus(const wire::Focus& focus) override { focus_ = focus; }
    Result<std::string> select_input(std::size_t input) override {
        selected_.push_back(input);
        if (input_fault_.empty()) return "input " + std::to_string(input + 1) + " is read";
        return fail(input_fault_);
    }
    Result<PipelineTaken> set_pipeline(const midi::PipelineSettings& settings,
                                       std::string_view) override {
        if (!pipeline_fault_.empty()) return fail(pipeline_fault_);
        pipeline_ = settings;
        return PipelineTaken{++pipelines_, true, "kept somewhere"};
    }
    const midi::PipelineSettings& pipeline() const override { return pipeline_; }
    void hold(Duration length) override { held_ = length; }
    Duration held() const override { return held_.value_or(Duration{}); }
    bool armed() const override { return true; }
    Result<void> play(std::string_view player, PortIndex port,
                      const plane::PlayedMidi& midi) override {
        EXPECT_EQ(player, "cli anna@foh");
        if (!play_fault_.empty()) return fail(play_fault_);
        played_.emplace_back(port, midi);
        return {};
    }
    void record(const AuditRecord& record) override { records_.push_back(record); }
    void listen() override { listening_ = true; }
    void quiet() override { listening_ = false; }

    // What happens to it.
    SwitchMoment moment() const { return {now_, 1'700'000'000'000}; }
    void hear(const plane::Message& message) { board_.on_message(message, kCli, moment()); }
    void statuses() {
        hear(plane::HostStatus{.id = kA, .epoch = Epoch{1}, .device_present = true, .health = 100});
        hear(plane::HostStatus{.id = kB, .epoch = Epoch{1}, .device_present = true, .health = 100});
        for (const unsigned n : {1U, 2U}) client(n, SourceId{1}, 0);
    }
    void client(unsigned n, SourceId active, std::uint32_t term) {
        plane::ClientStatus status{.id = client_id(n), .active = active, .term = term};
        status.name = plane::Name{"seat " + std::to_string(n)};
        hear(status);
    }
    void beat(std::uint16_t source, std::uint8_t health = 100, bool device = true) {
        wire::Heartbeat beat{.source = {source}, .epoch = Epoch{1}, .health = health};
        if (device) beat.flags = wire::heartbeat_flags::kDevicePresent;
        if (listening_) board_.on_beat(beat, now_);
    }
    void pass(Duration time) {
        now_ += time;
        board_.on_timer(moment());
    }
    plane::Command command(std::uint64_t id, std::uint16_t target = 0) {
        plane::Command command{.id = id, .from = client_id(99), .verb = plane::Verb::SwitchHost};
        command.target = SourceId{target};
        command.who = plane::Name{"cli anna@foh"};
        return command;
    }
    /// A command, and what both hosts' heartbeats say meanwhile.
    void ask(std::uint64_t id, std::uint16_t target = 0) {
        hear(command(id, target));
        pass(1ms);
        beat(1);
        beat(2);
        pass(Duration{});
    }

    TimePoint now_{100s};
    SwitchBoard board_{kA, Epoch{7}, {}, *this};
    wire::Appointment appointed_;
    std::optional<bool> armed_;
    wire::Focus focus_;
    std::vector<SiblingOrder> told_;
    std::vector<AuditRecord> records_;
    std::vector<std::size_t> selected_;
    std::optional<Duration> held_;
    std::vector<std::pair<PortIndex, plane::PlayedMidi>> played_;
    std::string play_fault_;
    std::string input_fault_;
    std::string pipeline_fault_;
    midi::PipelineSettings pipeline_;
    std::uint64_t pipelines_ = 0;
    std::vector<plane::CommandResult> results_;
    unsigned acks_ = 0;
    bool listening_ = false;
};

TEST_F(SwitchBoardTest, CommandAppointsTheStandbyAndIsDoneWhenAllClientsSaySo) {
    ask(7);
    EXPECT_EQ(acks_, 1U);
    EXPECT_EQ(appointed_, (wire::Appointment{SourceId{2}, 1}));
    EXPECT_TRUE(results_.empty()) << "nobody said yet that it plays it";
    pass(4ms);
    client(1, SourceId{2}, 1);
    EXPECT_TRUE(results_.empty());
    pass(3ms);
    client(2, SourceId{2}, 1);
    ASSERT_EQ(results_.size(), 1U);
    const auto& result = results_[0];
    EXPECT_EQ(result.outcome, plane::CommandOutcome::Done);
    EXPECT_EQ(result.active, SourceId{2});
    EXPECT_EQ(result.clients_total, 2U);
    EXPECT_EQ(result.clients_ok, 2U);
    EXPECT_EQ(result.clients[0].name.view(), "seat 1");
    EXPECT_EQ(result.clients[0].took_us, 5'000U) << "from the question on";
    EXPECT_EQ(result.clients[1].took_us, 8'000U);
    EXPECT_GT(result.lockout_left_ms, 4'900U);
}

TEST_F(SwitchBoardTest, ClientThatSaysNothingIsMissingAndTheSwitchIsDone) {
    ask(7);
    client(1, SourceId{2}, 1);
    pass(SwitchBoard::kReportWithin);
    ASSERT_EQ(results_.size(), 1U);
    EXPECT_EQ(results_[0].outcome, plane::CommandOutcome::Done);
    EXPECT_EQ(results_[0].clients[0].outcome, plane::ClientOutcome::Missing) << "first";
    EXPECT_THAT(std::string(results_[0].why.view()), HasSubstr("1 of 2"));
}

TEST_F(SwitchBoardTest, SwitchThatNobodyFollowsFailed) {
    ask(7);
    pass(SwitchBoard::kReportWithin);
    ASSERT_EQ(results_.size(), 1U);
    EXPECT_EQ(results_[0].outcome, plane::CommandOutcome::Failed);
}

TEST_F(SwitchBoardTest, ClientThatMissedItsStatusIsNotWaitedFor) {
    pass(1s);
    client(1, SourceId{1}, 0);
    pass(600ms);
    ask(7);
    client(1, SourceId{2}, 1);
    ASSERT_EQ(results_.size(), 1U) << "seat 2 ended a while ago";
    EXPECT_EQ(results_[0].clients_total, 1U);
}

plane::Command pipeline_command(std::uint64_t id, std::int8_t transpose, SenderId to) {
    plane::Command command{.id = id, .from = client_id(99), .to = to};
    command.verb = plane::Verb::SetPipeline;
    command.pipeline.emplace().transpose = transpose;
    return command;
}

TEST_F(SwitchBoardTest, APipelineIsAnsweredForWhenItIsInForce) {
    const SenderId us{kA.value};
    hear(pipeline_command(7, 1, us));
    hear(pipeline_command(8, 2, us));
    EXPECT_EQ(acks_, 2U);
    EXPECT_EQ(pipeline_.transpose, 2);
    EXPECT_TRUE(results_.empty());
    board_.on_pipeline(1, moment());
    ASSERT_EQ(results_.size(), 1U);
    EXPECT_EQ(results_[0].command, 7U);
    EXPECT_EQ(results_[0].outcome, plane::CommandOutcome::Done);
    EXPECT_TRUE(results_[0].kept);
    EXPECT_EQ(results_[0].why.view(), "kept somewhere");
    EXPECT_EQ(results_[0].pipeline->transpose, 1);
    board_.on_pipeline(2, moment());
    board_.on_pipeline(3, moment());  // somebody else's: a reload, say
    EXPECT_EQ(results_.size(), 2U);
    hear(plane::Command{.id = 9, .from = client_id(99), .verb = plane::Verb::GetPipeline});
    EXPECT_EQ(results_.back().pipeline->transpose, 2);
}

TEST_F(SwitchBoardTest, APipelineThatCannotBeHasFailed) {
    pipeline_fault_ = "the engine is busy";
    hear(pipeline_command(7, 1, {kA.value}));
    ASSERT_EQ(results_.size(), 1U);
    EXPECT_EQ(results_[0].outcome, plane::CommandOutcome::Failed);
    EXPECT_EQ(results_[0].why.view(), "the engine is busy");
    auto none = pipeline_command(8, 1, {kA.value});
    none.pipeline.reset();
    hear(none);
    EXPECT_EQ(results_.back().outcome, plane::CommandOutcome::Refused);
}

TEST_F(SwitchBoardTest, APipelineForAllIsObeyedByThoseWhoDoNotAnswer) {
    SwitchBoard second(kB, Epoch{7}, {}, *this);
    second.on_message(plane::HostStatus{.id = kA, .epoch = Epoch{1}}, kCli, moment());
    const auto command = pipeline_command(7, 5, {});
    for (int copy = 0; copy < 3; ++copy) second.on_message(command, kCli, moment());
    EXPECT_EQ(pipeline_.transpose, 5);
    EXPECT_EQ(pipelines_, 1U) << "once";
    EXPECT_EQ(acks_, 0U);
    second.on_message(pipeline_command(8, 6, {kA.value}), kCli, moment());
    EXPECT_EQ(pipeline_.transpose, 5) << "another's";
}

class FocusBoardTest : public SwitchBoardTest {
  protected:
    void SetUp() override { statuses(); }
    void statuses() {
        SwitchBoardTest::statuses();
        hear(plane::HostStatus{.id = kA, .epoch = Epoch{1}, .has_lights = true});
    }
    plane::Command focus_command(std::uint64_t id, plane::Verb verb, unsigned from) {
        return {.id = id, .from = client_id(from), .verb = verb};
    }
};

TEST_F(FocusBoardTest, AClaimThatIsSentAgainIsAnsweredAgainAndChangesNothing) {
    const auto claim = focus_command(7, plane::Verb::ClaimFocus, 1);
    hear(claim);
    const auto granted = focus_;
    EXPECT_EQ(granted.holder, client_id(1));
    hear(focus_command(8, plane::Verb::ReleaseFocus, 1));
    const auto free = focus_;
    hear(claim);
    EXPECT_EQ(focus_, free) << "it was carried out once";
    EXPECT_EQ(results_.size(), 3U);
    EXPECT_EQ(results_.back(), results_.front()) << "from memory";
}

TEST_F(FocusBoardTest, AStrangersClaimIsRefusedAndOneInAnothersNameGivesTheForgerNothing) {
    hear(focus_command(7, plane::Verb::ClaimFocus, 50));
    EXPECT_EQ(results_.back().outcome, plane::CommandOutcome::Refused);
    EXPECT_THAT(std::string(results_.back().why.view()), HasSubstr("not there"));
    hear(focus_command(8, plane::Verb::ClaimFocus, 2));
    EXPECT_EQ(focus_.holder, client_id(2)) << "whoever sent it";
}

TEST_F(FocusBoardTest, RegistersThatNoHeartbeatMaySayAreIgnored) {
    plane::HostStatus forged{.id = kB, .epoch = Epoch{1}, .device_present = true};
    for (const wire::Focus focus : {wire::Focus{client_id(2), 5, {}, true},
                                    wire::Focus{client_id(2), 0xFFFFFFFF, kB, true}}) {
        forged.focus = focus;
        hear(forged);
    }
    forged.focus = {};
    for (const auto term : {5U, 0xFFFFFFFFU}) {
        forged.failover.preferred = SourceId{static_cast<std::uint16_t>(term == 5 ? 0 : 2)};
        forged.failover.term = term;
        hear(forged);
    }
    plane::ClientStatus client{.id = client_id(1), .term = 0xFFFFFFFF};
    client.focus = {client_id(1), 0xFFFFFFFF, kA, true};
    hear(client);
    EXPECT_EQ(focus_, wire::Focus{});
    EXPECT_EQ(appointed_, wire::Appointment{});
    ask(7, 2);
    EXPECT_EQ(appointed_, (wire::Appointment{SourceId{2}, 1})) << "switching goes on";
}

TEST_F(SwitchBoardTest, ClientElsewhereIsToldOf) {
    ask(7);
    client(1, SourceId{1}, 1);
    client(2, SourceId{2}, 1);
    ASSERT_EQ(results_.size(), 1U);
    EXPECT_EQ(results_[0].clients[0].outcome, plane::ClientOutcome::Elsewhere);
}

TEST_F(SwitchBoardTest, RepeatedCommandIsCarriedOutOnceAndAnsweredAgain) {
    ask(7);
    client(1, SourceId{2}, 1);
    client(2, SourceId{2}, 1);
    hear(command(7));
    EXPECT_EQ(results_.size(), 2U);
    EXPECT_EQ(records_.size(), 1U);
    EXPECT_EQ(appointed_.term, 1U);
}

TEST_F(SwitchBoardTest, StandbyThatIsSilentNowIsRefusedWhateverItsStatusSaid) {
    hear(command(7));
    pass(1ms);
    beat(1);
    EXPECT_TRUE(listening_);
    pass(SwitchBoard::kListen);
    EXPECT_FALSE(listening_);
    ASSERT_EQ(results_.size(), 1U);
    EXPECT_EQ(results_[0].outcome, plane::CommandOutcome::Refused);
    EXPECT_EQ(appointed_, wire::Appointment{});
    ASSERT_EQ(records_.size(), 1U);
    EXPECT_EQ(records_[0].who, "cli anna@foh");
    EXPECT_EQ(records_[0].outcome, SwitchOutcome::Refused);
}

TEST_F(SwitchBoardTest, StandbyWhoseHeartIsSlowIsHeardOutBeforeItIsCalledDead) {
    board_.configure({}, false, 180ms);  // 60 ms, three of which may be missing
    hear(command(7));
    pass(SwitchBoard::kListen);
    beat(1);
    pass(160ms);
    EXPECT_TRUE(listening_);
    EXPECT_TRUE(results_.empty());
    beat(2);
    pass(Duration{});
    EXPECT_EQ(appointed_, (wire::Appointment{SourceId{2}, 1}));
    pass(SwitchBoard::kReportWithin - 1ms);
    EXPECT_TRUE(results_.empty()) << "clients have their whole time to report";
    pass(1ms);
    ASSERT_EQ(results_.size(), 1U);
}

TEST_F(SwitchBoardTest, StandbyThatStaysSilentIsRefusedAtTheLatestAfterHalfASecond) {
    board_.configure({}, false, 6s);
    hear(command(7));
    pass(SwitchBoard::kLongestListen - 1ms);
    EXPECT_TRUE(results_.empty());
    pass(1ms);
    ASSERT_EQ(results_.size(), 1U);
    EXPECT_EQ(results_[0].outcome, plane::CommandOutcome::Refused);
}

TEST_F(SwitchBoardTest, NobodyWaitsForTheHeartOfTheHostThatIsLeft) {
    board_.configure({}, false, 180ms);
    hear(command(7));
    pass(1ms);
    beat(2);
    pass(Duration{});
    EXPECT_FALSE(listening_);
    EXPECT_EQ(appointed_, (wire::Appointment{SourceId{2}, 1}));
}

TEST_F(SwitchBoardTest, StandbyWithoutADeviceIsRefused) {
    hear(command(7, 2));
    pass(1ms);
    beat(1);
    beat(2, 30, false);
    pass(Duration{});
    ASSERT_EQ(results_.size(), 1U);
    EXPECT_EQ(results_[0].outcome, plane::CommandOutcome::Refused);
}

TEST_F(SwitchBoardTest, SecondSwitchWithinTheLockoutIsRefusedAndLaterOneIsNot) {
    ask(7);
    for (const unsigned n : {1U, 2U}) client(n, SourceId{2}, 1);
    pass(1s);
    ask(8, 1);
    ASSERT_EQ(results_.size(), 2U);
    EXPECT_EQ(results_[1].outcome, plane::CommandOutcome::Refused);
    pass(5s);
    statuses();
    for (const unsigned n : {1U, 2U}) client(n, SourceId{2}, 1);
    ask(9, 1);
    EXPECT_EQ(appointed_, (wire::Appointment{SourceId{1}, 2}));
}

TEST_F(SwitchBoardTest, TermIsAboveAnyThatAClientObeys) {
    client(1, SourceId{1}, 41);
    ask(7);
    EXPECT_EQ(appointed_.term, 42U) << "hosts may all have been restarted since";
}

TEST_F(SwitchBoardTest, AnotherHostsAppointmentBecomesOurs) {
    plane::HostStatus status{.id = kB, .epoch = Epoch{1}};
    status.failover.preferred = SourceId{2};
    status.failover.term = 5;
    hear(status);
    EXPECT_EQ(appointed_, (wire::Appointment{SourceId{2}, 5}));
}

TEST_F(SwitchBoardTest, ClientThatChangedOverByItselfLocksToo) {
    plane::ClientStatus status{.id = client_id(1), .active = SourceId{2}};
    status.last_switch = plane::LastSwitch{.ago_ms = 10, .from = SourceId{1}, .to = SourceId{2}};
    hear(status);
    EXPECT_GT(board_.lockout_left(now_), 4'900ms);
}

TEST_F(SwitchBoardTest, ClientsThatChangeByThemselvesAreOneRecord) {
    for (const unsigned n : {1U, 2U}) {
        plane::ClientStatus status{.id = client_id(n), .active = SourceId{2}};
        status.last_switch =
            plane::LastSwitch{.ago_ms = 10 + n, .from = SourceId{1}, .to = SourceId{2}};
        status.last_switch->reason = plane::Reason{"the one before fell silent"};
        hear(status);
        hear(status);
    }
    ASSERT_EQ(records_.size(), 1U);
    EXPECT_EQ(records_[0].origin, SwitchOrigin::Client);
    EXPECT_EQ(records_[0].target, SourceId{2});
    EXPECT_EQ(records_[0].unix_ms, moment().unix_ms - 11);
    EXPECT_EQ(records_[0].why, "left host 1: the one before fell silent");
}

TEST_F(SwitchBoardTest, StatusTellsWhoFollowedTheLastSwitchByHand) {
    ask(7);
    pass(4ms);
    for (const unsigned n : {1U, 2U}) client(n, SourceId{2}, 1);
    plane::Command question{.id = 8, .from = client_id(99)};
    hear(question);
    const auto& told = results_.back();
    EXPECT_EQ(told.command, 8U);
    EXPECT_EQ(told.clients_ok, 2U);
    ASSERT_EQ(told.clients.size(), 2U);
    EXPECT_EQ(told.clients[0].took_us, 5'000U);
    question.id = 9;
    question.verb = plane::Verb::Audit;
    hear(question);
    EXPECT_EQ(results_.back().clients_total, 0U) << "decisions alone";
}

TEST_F(SwitchBoardTest, SwitchThatAnotherHostCarriedOutIsRememberedToo) {
    plane::CommandResult heard{.command = 5, .from = {2}, .term = 4, .clients_total = 1};
    (void)heard.clients.push_back({.client = client_id(1), .took_us = 77});
    hear(heard);
    heard.term = 3;
    heard.clients[0].took_us = 99;
    hear(heard);
    hear(plane::Command{.id = 8, .from = client_id(99)});
    ASSERT_EQ(results_.back().clients.size(), 1U);
    EXPECT_EQ(results_.back().clients[0].took_us, 77U) << "the latest";
}

TEST_F(SwitchBoardTest, OscMessageThatComesTwiceIsOnePress) {
    const auto press = [&] {
        board_.on_trigger({.origin = SwitchOrigin::Osc, .who = "10.0.0.3", .target = {}}, moment());
    };
    press();
    pass(1ms);
    press();
    beat(1);
    beat(2);
    pass(Duration{});
    EXPECT_EQ(records_.size(), 1U);
    EXPECT_EQ(appointed_.source, SourceId{2});
    EXPECT_TRUE(results_.empty()) << "there is nobody to answer";
}

TEST_F(SwitchBoardTest, NextHostTakesACommandThatTheFirstOneLeavesAlone) {
    SwitchBoard second(kB, Epoch{7}, {}, *this);
    for (const auto id : {kA, kB})
        second.on_message(plane::HostStatus{.id = id, .epoch = Epoch{1}}, kCli, moment());
    second.on_message(command(7), kCli, moment());
    EXPECT_EQ(acks_, 0U);
    now_ += SwitchBoard::kRankPause;
    second.on_message(command(7), kCli, moment());
    EXPECT_EQ(acks_, 1U);
}

TEST_F(SwitchBoardTest, ArmingIsForEveryHostAndOneAnswers) {
    plane::Command arm{.id = 5, .from = client_id(99), .verb = plane::Verb::Arm, .on = false};
    SwitchBoard second(kB, Epoch{7}, {}, *this);
    for (const auto id : {kA, kB})
        second.on_message(plane::HostStatus{.id = id, .epoch = Epoch{1}}, kCli, moment());
    second.on_message(arm, kCli, moment());
    EXPECT_EQ(armed_, false);
    EXPECT_TRUE(results_.empty());
    hear(arm);
    EXPECT_EQ(results_.size(), 1U);
}

TEST_F(SwitchBoardTest, StatusTellsTheAuditNewestFirst) {
    ask(7);
    pass(100ms);
    ask(8, 1);
    plane::Command audit{.id = 9, .from = client_id(99), .verb = plane::Verb::Audit};
    hear(audit);
    const auto& told = results_.back();
    EXPECT_EQ(told.audit_total, 2U);
    ASSERT_EQ(told.audit.size(), 2U);
    EXPECT_EQ(told.audit[0].outcome, plane::CommandOutcome::Refused);
    EXPECT_EQ(told.audit[1].what.view(), "switch to host 2");
}

TEST_F(SwitchBoardTest, InputIsSwitchedByTheHostThatIsNamedAndIsRecorded) {
    plane::Command wish{
        .id = 9, .from = client_id(99), .to = SenderId{1}, .verb = plane::Verb::SwitchInput};
    wish.input = 2;
    hear(wish);
    EXPECT_EQ(selected_, std::vector<std::size_t>{1});
    ASSERT_EQ(results_.size(), 1U);
    EXPECT_EQ(results_[0].outcome, plane::CommandOutcome::Done);
    EXPECT_EQ(results_[0].why.view(), "input 2 is read");
    EXPECT_EQ(records_.back().input, 2);
    EXPECT_EQ(board_.lockout_left(now_), 0s) << "hosts may be switched as before";
}

TEST_F(SwitchBoardTest, InputThatIsNotThereIsRefusedWithItsReason) {
    input_fault_ = "input 2 is not there";
    plane::Command wish{
        .id = 9, .from = client_id(99), .to = SenderId{1}, .verb = plane::Verb::SwitchInput};
    wish.input = 2;
    hear(wish);
    ASSERT_EQ(results_.size(), 1U);
    EXPECT_EQ(results_[0].outcome, plane::CommandOutcome::Refused);
    EXPECT_EQ(results_[0].why.view(), "input 2 is not there");
    EXPECT_EQ(records_.back().outcome, SwitchOutcome::Refused);
}

TEST_F(SwitchBoardTest, UnknownCommandIsAnsweredAsSuch) {
    plane::Command odd{.id = 9, .from = client_id(99), .verb = plane::Verb::Unknown};
    hear(odd);
    ASSERT_EQ(results_.size(), 1U);
    EXPECT_EQ(results_[0].outcome, plane::CommandOutcome::Unknown);
}

TEST_F(SwitchBoardTest, OtherDevicesFollowWhatIsDecidedForAll) {
    auto asked = command(7, 2);
    asked.all_devices = true;
    hear(asked);
    pass(1ms);
    beat(1);
    beat(2);
    pass(Duration{});
    ASSERT_EQ(told_.size(), 1U);
    EXPECT_EQ(told_[0].what, SiblingOrder::What::Switch);
    EXPECT_EQ(told_[0].request.target, SourceId{2});
    EXPECT_EQ(told_[0].request.who, "cli anna@foh");
    EXPECT_TRUE(told_[0].request.follows);
}

TEST_F(SwitchBoardTest, OtherDevicesAreToldNothingWhenOneIsMeant) {
    ask(7);
    EXPECT_EQ(appointed_.term, 1U);
    hear(plane::Command{.id = 8, .from = client_id(99), .verb = plane::Verb::Arm});
    EXPECT_EQ(armed_, false);
    EXPECT_TRUE(told_.empty());
}

TEST_F(SwitchBoardTest, OtherDevicesAreTheTriggersToo) {
    board_.on_trigger({.origin = SwitchOrigin::MidiNote, .who = "APC40"}, moment());
    pass(1ms);
    beat(1);
    beat(2);
    pass(Duration{});
    ASSERT_EQ(told_.size(), 1U);
    EXPECT_EQ(told_[0].request.target, SourceId{2}) << "the one that was chosen";
}

TEST_F(SwitchBoardTest, DeviceThatFollowsNeedsNoConfirmationAndTellsNobody) {
    board_.configure({.confirmation = Confirmation::Confirm}, false);
    board_.on_trigger(
        {.who = "cli anna@foh, with device 1", .target = SourceId{2}, .follows = true}, moment());
    pass(1ms);
    beat(1);
    beat(2);
    pass(Duration{});
    EXPECT_EQ(appointed_, (wire::Appointment{SourceId{2}, 1}));
    EXPECT_TRUE(told_.empty());
}

TEST_F(SwitchBoardTest, FollowingIsRefusedAsAnyOtherSwitchIs) {
    board_.on_trigger({.who = "x", .target = SourceId{2}, .follows = true}, moment());
    pass(1ms);
    beat(1);
    beat(2, 100, /*device=*/false);
    pass(Duration{});
    EXPECT_EQ(appointed_.term, 0U);
    ASSERT_EQ(records_.size(), 1U);
    EXPECT_THAT(records_[0].why, HasSubstr("no MIDI device"));
}

TEST_F(SwitchBoardTest, ArmingForAllIsPassedOn) {
    hear(plane::Command{
        .id = 8, .from = client_id(99), .verb = plane::Verb::Arm, .on = true, .all_devices = true});
    ASSERT_EQ(told_.size(), 1U);
    EXPECT_EQ(told_[0].what, SiblingOrder::What::Arm);
}

TEST_F(SwitchBoardTest, AShowThatCameHereByItselfIsAppointedHere) {
    SwitchBoard other{kB, Epoch{7}, {}, *this};
    for (int n = 0; n < 6; ++n) {
        now_ += 500ms;
        other.on_message(plane::HostStatus{.id = kA, .epoch = Epoch{2}}, kCli, moment());
        for (const unsigned c : {1U, 2U})
            other.on_message(plane::ClientStatus{.id = client_id(c), .active = SourceId{2}}, kCli,
                             moment());
        other.on_timer(moment());
    }
    EXPECT_EQ(appointed_, (wire::Appointment{SourceId{2}, 1}));
}

class RehearsalTest : public SwitchBoardTest {
  protected:
    plane::Command loss(std::uint64_t id, std::uint32_t hold_ms) {
        auto asked = command(id);
        asked.verb = plane::Verb::Rehearse;
        asked.to = SenderId{kA.value};
        asked.hold_ms = hold_ms;
        return asked;
    }
    void rehearse(const plane::Command& asked, bool standby_heard = true) {
        hear(asked);
        pass(1ms);
        beat(1);
        if (standby_heard) beat(2);
        pass(SwitchBoard::kListen);
    }
};

TEST_F(RehearsalTest, HostIsHeldBackOnceAndTheAuditSaysSo) {
    auto asked = loss(7, 5000);
    asked.all_devices = true;
    rehearse(asked);
    hear(asked);  // a copy
    pass(SwitchBoard::kListen);
    EXPECT_EQ(held_, Duration{5s});
    ASSERT_EQ(told_.size(), 1U);
    EXPECT_EQ(told_[0].what, SiblingOrder::What::Hold);
    EXPECT_EQ(told_[0].hold, Duration{5s});
    ASSERT_EQ(records_.size(), 1U);
    ASSERT_GE(results_.size(), 1U);
    EXPECT_EQ(results_[0].outcome, plane::CommandOutcome::Done);
    EXPECT_EQ(appointed_, wire::Appointment{}) << "nobody was switched by hand";
    auto audit = command(8);
    audit.verb = plane::Verb::Audit;
    hear(audit);
    ASSERT_FALSE(results_.back().audit.empty());
    EXPECT_EQ(results_.back().audit[0].what.view(), "rehearse the loss of host 1 for 5000 ms");
}

TEST_F(RehearsalTest, StandbyThatSaysNothingCouldNotTakeOver) {
    rehearse(loss(7, 5000), false);
    ASSERT_EQ(results_.size(), 1U);
    EXPECT_EQ(results_[0].outcome, plane::CommandOutcome::Refused);
    EXPECT_THAT(std::string(results_[0].why.view()), HasSubstr("the music would stop"));
    EXPECT_FALSE(held_);
    auto forced = loss(8, 5000);
    forced.on = true;
    rehearse(forced, false);
    EXPECT_EQ(results_[1].outcome, plane::CommandOutcome::Done);
    EXPECT_EQ(held_, Duration{5s});
}

TEST_F(RehearsalTest, EndsAtOnce) {
    rehearse(loss(7, 5000));
    rehearse(loss(8, 0));
    EXPECT_EQ(held_, Duration{});
    EXPECT_EQ(results_.back().why.view(), "host 1 goes on now");
}

TEST_F(RehearsalTest, WhoseLossIsMeantHasToBeSaid) {
    auto asked = loss(7, 5000);
    asked.to = {};
    rehearse(asked);
    EXPECT_EQ(results_.at(0).outcome, plane::CommandOutcome::Refused);
    EXPECT_FALSE(held_);
}

TEST_F(SwitchBoardTest, WhatIsPlayedReachesTheDeviceOnceAndIsNoDecision) {
    auto asked = command(7);
    asked.verb = plane::Verb::Play;
    asked.to = SenderId{kA.value};
    asked.port = PortIndex{2};
    (void)asked.midi.add(midi::note_on(0, 60, 100).bytes());
    hear(asked);
    hear(asked);
    ASSERT_EQ(played_.size(), 1U);
    EXPECT_EQ(played_[0].first, PortIndex{2});
    EXPECT_EQ(played_[0].second, asked.midi);
    EXPECT_EQ(results_.at(0).outcome, plane::CommandOutcome::Done);
    EXPECT_TRUE(records_.empty());
    play_fault_ = "too many";
    asked.id = 8;
    hear(asked);
    EXPECT_EQ(results_.back().outcome, plane::CommandOutcome::Refused);
    EXPECT_EQ(results_.back().why.view(), "too many");
}

TEST_F(SwitchBoardTest, WhoIsToPlayHasToBeSaid) {
    auto asked = command(7);
    asked.verb = plane::Verb::Play;
    hear(asked);
    EXPECT_TRUE(played_.empty());
    EXPECT_EQ(results_.at(0).outcome, plane::CommandOutcome::Refused);
}

}  // namespace
}  // namespace midinet::control
