// The command line's program on a simulated network, with a host that follows a script.
#include "control/cli/conversation.hpp"

#include "control/plane/command_desk.hpp"
#include "platform/sim/world.hpp"
#include "unit/control/cli/scripted_show.hpp"

namespace midinet::control::cli {
namespace {

using namespace testing;
using plane::CommandOutcome;
using plane::CommandSender;
using plane::Station;

constexpr io::Endpoint kGroup{0xEF455364, 5006};
constexpr SenderId kHost{2};

/// A host's side of the plane: tells its status, and answers commands after a while.
class ScriptedHost {
  public:
    explicit ScriptedHost(platform::sim::Node& node) : node_(node) {
        auto opened = Station::open(node, {kGroup, {"net0"}, {}, true});
        EXPECT_TRUE(opened);
        station_ = std::move(*opened);
        for (const auto handle : station_->handles()) (void)node.watch(handle, 0, true, false);
        node.run([this] { return turn(); });
    }

    Duration takes = 30ms;  ///< to carry out a command
    bool answers = true;    ///< false: acknowledges only
    bool decides = true;    ///< takes commands to whichever host decides
    bool tells_status = true;
    bool tells_clients = false;  ///< says two clients' statuses, too
    plane::CommandResult result = some_result();
    std::vector<plane::Command> carried_out;

  private:
    struct Pending {
        plane::Command command;
        Station::Heard from;
        TimePoint at;
    };
    static plane::CommandResult some_result() {
        plane::CommandResult r;
        r.why = plane::Why{"as you wish"};
        r.term = 4;
        r.active = SourceId{2};
        return r;
    }
    bool turn() {
        const TimePoint now = node_.now();
        if (tells_status && now >= next_status_) {
            station_->say(host(2, "stage-right"), Epoch{1});
            if (tells_clients) say_clients();
            next_status_ = now + plane::kStatusInterval;
        }
        station_->receive([this](const auto& heard) { take(heard); });
        if (pending_ && now >= pending_->at) finish();
        std::array<io::Ready, 4> ready;
        const TimePoint status = tells_status ? next_status_ : kNever;
        (void)node_.wait(pending_ ? std::min(pending_->at, status) : status, ready);
        return true;
    }
    void say_clients() {
        station_->say(client(kFoh, "foh"), Epoch{1});
        station_->say(client(kStage, "stage"), Epoch{1});
    }
    void take(const Station::Heard& heard) {
        const auto datagram = plane::decode_datagram(heard.bytes);
        const auto* command = datagram ? std::get_if<plane::Command>(&datagram->message) : nullptr;
        if (command == nullptr) return;
        const auto judged = desk_.on_command(*command, decides);
        if (judged.reply) station_->reply(heard, *judged.reply, Epoch{1});
        if (judged.verdict != plane::CommandDesk::Verdict::Execute) return;
        carried_out.push_back(*command);
        if (answers) pending_ = Pending{*command, heard, node_.now() + takes};
        if (answers) pending_->from.bytes = {};
    }
    void finish() {
        if (auto done = desk_.finish(pending_->command, result))
            station_->reply(pending_->from, *done, Epoch{1});
        pending_.reset();
    }

    platform::sim::Node& node_;
    std::unique_ptr<Station> station_;
    plane::CommandDesk desk_{kHost};
    TimePoint next_status_{};
    std::optional<Pending> pending_;
};

class CliConversation : public ::testing::Test {
  protected:
    /// Holds it to its end, at most 20 s.
    Scene hold(const Request& request, std::uint64_t seed = 1) {
        auto& node = own_ != nullptr ? *own_ : world.add_node();
        own_ = &node;
        auto opened = Conversation::open(
            {.network = node, .clock = node, .waiter = node, .seed = seed, .who = "cli alice@foh"},
            request);
        EXPECT_TRUE(opened);
        conversation_ = std::move(*opened);
        node.run([this] { return conversation_->turn(); });
        world.run_until(world.now() + 20s);
        EXPECT_FALSE(node.running());
        return conversation_->scene();
    }
    static Request request(Task task) {
        Request r;
        r.task = task;
        r.group = kGroup;
        r.wait = asks(task) ? CommandSender::kPatience : Request::kListen;
        return r;
    }

    platform::sim::World world{7};

  private:
    platform::sim::Node* own_ = nullptr;
    std::unique_ptr<Conversation> conversation_;
};

TEST_F(CliConversation, ListensForItsTimeAndHearsWhoIsThere) {
    ScriptedHost host(world.add_node());
    const auto scene = hold(request(Task::Hosts));
    EXPECT_GE(scene.took, 1300ms);
    EXPECT_LT(scene.took, 1310ms);
    ASSERT_EQ(scene.roster.hosts().size(), 1U);
    EXPECT_EQ(scene.interfaces, (std::vector<std::string>{"net0"}));
    EXPECT_EQ(exit_code_of(scene), ExitCode::Ok);
}

TEST_F(CliConversation, ListeningSaysNothing) {
    (void)hold(request(Task::Status));
    EXPECT_EQ(world.datagrams(), 0U);
}

TEST_F(CliConversation, HearsNobodyWhenNobodySpeaks) {
    const auto scene = hold(request(Task::Status));
    EXPECT_EQ(exit_code_of(scene), ExitCode::Unreachable);
    EXPECT_EQ(text_report(scene).substr(0, 14), "NOTHING HEARD\n");
}

TEST_F(CliConversation, CountsWhatItCannotRead) {
    world.at(world.now() + 100ms, [&] {
        const std::array<std::byte, 3> garbage{};
        world.inject_everywhere({1, 2}, garbage);
    });
    const auto scene = hold(request(Task::Status));
    EXPECT_EQ(scene.not_understood, 2U);  // by each of its two sockets
    EXPECT_NE(text_report(scene).find("2 datagrams came"), std::string::npos);
}

TEST_F(CliConversation, ASwitchIsAskedOnceAndEndsWithItsResult) {
    ScriptedHost host(world.add_node());
    auto asked = request(Task::Switch);
    asked.target = SourceId{2};
    const auto scene = hold(asked);
    EXPECT_LT(scene.took, 50ms);
    EXPECT_EQ(exit_code_of(scene), ExitCode::Ok);
    ASSERT_EQ(host.carried_out.size(), 1U);
    EXPECT_EQ(host.carried_out[0].target, SourceId{2});
    EXPECT_EQ(host.carried_out[0].who.view(), "cli alice@foh");
    EXPECT_NE(host.carried_out[0].from.value & plane::kClientBit, 0U);
}

TEST_F(CliConversation, LossDelaysACommandButDoesNotDoubleIt) {
    world.weather(0).loss = 0.5;
    ScriptedHost host(world.add_node());
    std::size_t answered = 0;
    for (std::uint64_t seed = 1; seed <= 20; ++seed)
        if (hold(request(Task::Switch), seed).sender.result()) ++answered;
    EXPECT_EQ(answered, 20U);
    EXPECT_EQ(host.carried_out.size(), 20U);
}

TEST_F(CliConversation, SilenceEndsWithThePatience) {
    ScriptedHost host(world.add_node());
    host.decides = false;
    auto asked = request(Task::Switch);
    asked.wait = 700ms;
    const auto scene = hold(asked);
    EXPECT_GE(scene.took, 700ms);
    EXPECT_LT(scene.took, 710ms);
    EXPECT_EQ(exit_code_of(scene), ExitCode::Unreachable);
    EXPECT_NE(text_report(scene).find("no host took the command within 700 ms"), std::string::npos);
}

TEST_F(CliConversation, OneThatTookItAndFellSilentIsNamed) {
    ScriptedHost host(world.add_node());
    host.answers = false;
    const auto scene = hold(request(Task::Switch));
    EXPECT_EQ(scene.sender.acknowledged_by(), kHost);
    EXPECT_EQ(exit_code_of(scene), ExitCode::Unreachable);
    EXPECT_NE(text_report(scene).find("host 2 took the command, and did not say within 5.0 s"),
              std::string::npos);
}

TEST_F(CliConversation, ABoxWithoutMulticastIsAskedByUnicast) {
    auto& far = world.add_node();
    ScriptedHost host(far);
    auto asked = request(Task::Arm);
    asked.group.address += 1;  // where nobody listens
    asked.peers = {{far.address(), 5006}};
    EXPECT_EQ(exit_code_of(hold(asked)), ExitCode::Ok);
    ASSERT_EQ(host.carried_out.size(), 1U);
    EXPECT_TRUE(host.carried_out[0].on);
}

TEST_F(CliConversation, FailoverStatusWaitsForTheRulesInTheHostsStatus) {
    ScriptedHost host(world.add_node());
    world.run_until(world.now() + 500ms);  // between two statuses
    const auto scene = hold(request(Task::FailoverStatus));
    EXPECT_GE(scene.took, 450ms);
    EXPECT_LT(scene.took, 550ms);
    EXPECT_NE(text_report(scene).find("automatic failover is armed"), std::string::npos);
}

TEST_F(CliConversation, FailoverStatusDoesNotWaitLongForAStatusThatDoesNotCome) {
    ScriptedHost host(world.add_node());
    host.tells_status = false;
    world.run_until(world.now() + 500ms);
    const auto scene = hold(request(Task::FailoverStatus));
    EXPECT_GE(scene.took, 1300ms);
    EXPECT_LT(scene.took, 1310ms);
    EXPECT_TRUE(scene.sender.result());
}

TEST_F(CliConversation, TheFocusIsGivenToTheClientOfThatNumberOnceAllAreHeard) {
    ScriptedHost host(world.add_node());
    host.tells_clients = true;
    world.run_until(world.now() + 500ms);
    auto asked = request(Task::GiveFocus);
    asked.client = "2";
    const auto scene = hold(asked);
    EXPECT_GE(scene.took, 1300ms);
    EXPECT_LT(scene.took, 1400ms);
    EXPECT_EQ(exit_code_of(scene), ExitCode::Ok);
    EXPECT_EQ(scene.client, kFoh);
    ASSERT_EQ(host.carried_out.size(), 1U);
    EXPECT_EQ(host.carried_out[0].verb, plane::Verb::AssignFocus);
    EXPECT_EQ(host.carried_out[0].client, kFoh);
}

TEST_F(CliConversation, AClientThatIsNotThereIsNotAskedFor) {
    ScriptedHost host(world.add_node());
    auto asked = request(Task::GiveFocus);
    asked.client = "2";
    EXPECT_EQ(exit_code_of(hold(asked)), ExitCode::Unreachable) << "no client at all";
    host.tells_clients = true;
    asked.client = "3";
    const auto scene = hold(asked);
    EXPECT_EQ(exit_code_of(scene), ExitCode::Refused);
    EXPECT_EQ(text_report(scene), "NOT ASKED: there is no client 3: 2 are heard\n");
    EXPECT_LT(scene.took, 1310ms);
    EXPECT_TRUE(host.carried_out.empty());
}

TEST_F(CliConversation, TheFocusIsTakenFromEverybodyAtOnce) {
    ScriptedHost host(world.add_node());
    EXPECT_LT(hold(request(Task::FocusNobody)).took, 50ms);
    ASSERT_EQ(host.carried_out.size(), 1U);
    EXPECT_EQ(host.carried_out[0].client, SenderId{});
}

TEST_F(CliConversation, TheSecondTimeIsANewCommand) {
    ScriptedHost host(world.add_node());
    host.result.outcome = CommandOutcome::NeedsConfirmation;
    EXPECT_EQ(exit_code_of(hold(request(Task::Switch), 1)), ExitCode::Confirm);
    host.result.outcome = CommandOutcome::Done;
    EXPECT_EQ(exit_code_of(hold(request(Task::Switch), 2)), ExitCode::Ok);
    ASSERT_EQ(host.carried_out.size(), 2U);
    EXPECT_NE(host.carried_out[0].id, host.carried_out[1].id);
}

/// A machine with no cable.
class NoNetwork final : public io::Network {
  public:
    Result<std::unique_ptr<io::DatagramSocket>> open_group(io::Endpoint,
                                                           const std::string&) override {
        return fail("not here");
    }
    Result<std::unique_ptr<io::DatagramSocket>> open_unicast(const std::string&, std::uint16_t,
                                                             bool) override {
        return fail("not here");
    }
    std::vector<std::string> usable_interfaces() override { return {}; }
    Result<void> check_interface(const std::string&) override { return fail("not here"); }
    Tended tend() override { return {}; }
};

TEST_F(CliConversation, WithoutAnInterfaceItSaysWhatToDo) {
    auto& node = world.add_node();
    NoNetwork none;
    const auto opened =
        Conversation::open({.network = none, .clock = node, .waiter = node, .seed = 1, .who = "x"},
                           request(Task::Status));
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().exit_code, 1);
    EXPECT_NE(opened.error().message.find("--interface lo"), std::string::npos);
}

TEST_F(CliConversation, AnInterfaceThatCannotBeUsedIsAnError) {
    auto& node = world.add_node();
    NoNetwork none;
    auto asked = request(Task::Status);
    asked.interfaces = {"eth7"};
    EXPECT_FALSE(Conversation::open(
        {.network = none, .clock = node, .waiter = node, .seed = 1, .who = "x"}, asked));
}

}  // namespace
}  // namespace midinet::control::cli
