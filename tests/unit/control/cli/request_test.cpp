#include "control/cli/order.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace midinet::control::cli {
namespace {

auto parse(std::vector<const char*> words) {
    words.insert(words.begin(), "midinet-cli");
    return parse_order("1.2.3", static_cast<int>(words.size()), words.data())
        .map([](const Order& order) { return order.request; });
}
Task task_of(std::vector<const char*> words) {
    const auto request = parse(std::move(words));
    EXPECT_TRUE(request) << request.error().text;
    return request ? request->task : Task::Status;
}

TEST(CliRequest, EachCommandIsATask) {
    EXPECT_EQ(task_of({"status"}), Task::Status);
    EXPECT_EQ(task_of({"hosts"}), Task::Hosts);
    EXPECT_EQ(task_of({"clients"}), Task::Clients);
    EXPECT_EQ(task_of({"failover"}), Task::Switch);
    EXPECT_EQ(task_of({"failover", "2"}), Task::Switch);
    EXPECT_EQ(task_of({"failover", "--status"}), Task::FailoverStatus);
    EXPECT_EQ(task_of({"failover", "--arm"}), Task::Arm);
    EXPECT_EQ(task_of({"failover", "--disarm"}), Task::Disarm);
    EXPECT_EQ(task_of({"failover", "--audit"}), Task::Audit);
    EXPECT_EQ(task_of({"focus"}), Task::Focus);
    EXPECT_EQ(task_of({"focus", "2"}), Task::GiveFocus);
    EXPECT_EQ(task_of({"focus", "foh"}), Task::GiveFocus);
    EXPECT_EQ(task_of({"focus", "none"}), Task::FocusNobody);
    EXPECT_EQ(task_of({"focus", "auto"}), Task::FocusAuto);
    EXPECT_EQ(task_of({"input"}), Task::Input);
    EXPECT_EQ(task_of({"input", "2"}), Task::SwitchInput);
    EXPECT_EQ(task_of({"rehearse"}), Task::Rehearsals);
    EXPECT_EQ(task_of({"rehearse", "1"}), Task::Rehearse);
    EXPECT_EQ(task_of({"rehearse", "1", "--end"}), Task::RehearseEnd);
}

TEST(CliRequest, DefaultsAreTheProtocols) {
    const auto request = parse({"status"});
    ASSERT_TRUE(request);
    EXPECT_EQ(io::to_string(request->group), "239.69.83.100:5006");
    EXPECT_EQ(request->wait, 1300ms);
    EXPECT_TRUE(request->interfaces.empty());
    EXPECT_TRUE(request->peers.empty());
    EXPECT_FALSE(request->json);
}

TEST(CliRequest, FlagsCountInFrontOfTheCommandAndBehindIt) {
    for (const bool behind : {false, true}) {
        std::vector<const char*> words{"--json", "--interface", "eth0",    "--interface", "lo",
                                       "--host", "10.0.0.7",    "--group", "239.1.2.3",   "--port",
                                       "6006",   "--wait",      "2000"};
        words.insert(behind ? words.begin() : words.end(), "hosts");
        const auto request = parse(words);
        ASSERT_TRUE(request) << request.error().text;
        EXPECT_TRUE(request->json);
        EXPECT_EQ(request->interfaces, (std::vector<std::string>{"eth0", "lo"}));
        EXPECT_EQ(request->peers, (std::vector<io::Endpoint>{{0x0A000007, 6006}}));
        EXPECT_EQ(io::to_string(request->group), "239.1.2.3:6006");
        EXPECT_EQ(request->wait, 2s);
    }
}

TEST(CliRequest, AnInterfaceThatIsNamedTwiceIsOne) {
    const auto request =
        parse({"--interface", "lo", "--interface", "eth0", "--interface", "lo", "hosts"});
    ASSERT_TRUE(request) << request.error().text;
    EXPECT_EQ(request->interfaces, (std::vector<std::string>{"lo", "eth0"}));
}

TEST(CliRequest, AnApiMayBeAnywhere) {
    for (const char* url : {"http://foh:8080", "https://foh", "http://10.0.0.7:65535/",
                            "http://[fe80::1]", "http://[::1]:8080/below"}) {
        const auto request = parse({"hosts", "--url", url});
        EXPECT_TRUE(request) << request.error().text;
    }
}

TEST(CliRequest, AnAddressInTheEnvironmentIsHeldToTheSameForm) {
    const auto with = [](std::vector<const char*> words, const char* url) {
        words.insert(words.begin(), "midinet-cli");
        return parse_order("1.2.3", static_cast<int>(words.size()), words.data(), {url, ""});
    };
    const auto wrong = with({"status"}, "foh:8080");
    ASSERT_FALSE(wrong);
    EXPECT_EQ(wrong.error().code, 2);
    EXPECT_EQ(
        wrong.error().text,
        "midinet-cli: MIDINET_URL: \"foh:8080\" is not http://HOST:PORT; `midinet-cli --help` "
        "tells more\n");
    EXPECT_EQ(with({"status"}, "http://foh:8080/")->api.url, "http://foh:8080");
    EXPECT_EQ(with({"status"}, "")->api.url, "");
    EXPECT_TRUE(with({"status", "--url", "http://foh:8080"}, "foh:8080"))
        << "what does not count is not judged";
}

TEST(CliRequest, ACommandIsWaitedForLongerThanAStatus) {
    EXPECT_EQ(parse({"failover"})->wait, 5s);
    EXPECT_EQ(parse({"focus"})->wait, 1300ms);
    EXPECT_EQ(parse({"focus", "2"})->wait, 5s);
    EXPECT_EQ(parse({"failover", "--wait", "700"})->wait, 700ms);
}

TEST(CliRequest, RehearsalSaysWhoseLossForHowLongAndWhetherWhateverStops) {
    const auto command = [](std::vector<const char*> words) {
        return command_of(*parse(std::move(words)), 7, SenderId{9}, "cli anna");
    };
    const auto plain = command({"rehearse", "3"});
    EXPECT_EQ(plain.verb, plane::Verb::Rehearse);
    EXPECT_EQ(plain.to, SenderId{3});
    EXPECT_EQ(plain.hold_ms, 5000U);
    EXPECT_FALSE(plain.on);
    EXPECT_TRUE(plain.all_devices);
    const auto forced = command({"rehearse", "3", "--seconds", "60", "--force", "--device", "2"});
    EXPECT_EQ(forced.hold_ms, 60'000U);
    EXPECT_TRUE(forced.on);
    EXPECT_FALSE(forced.all_devices);
    EXPECT_EQ(command({"rehearse", "3", "--end"}).hold_ms, 0U);
    for (const std::vector<const char*>& bad : {std::vector<const char*>{"rehearse", "--end"},
                                                {"rehearse", "--force"},
                                                {"rehearse", "1", "--end", "--force"},
                                                {"rehearse", "1", "--seconds", "61"},
                                                {"rehearse", "0"}})
        EXPECT_FALSE(parse(bad));
}

TEST(CliRequest, VersionAndHelpOfEveryCommandAreNoErrors) {
    EXPECT_EQ(parse({"--version"}).error().text, "midinet-cli 1.2.3\n");
    for (const char* command : {"status", "hosts", "clients", "failover", "focus"}) {
        const auto help = parse({command, "--help"});
        ASSERT_FALSE(help);
        EXPECT_EQ(help.error().code, 0);
        EXPECT_NE(help.error().text.find(std::string("midinet-cli ") + command), std::string::npos)
            << help.error().text;
        EXPECT_NE(help.error().text.find("--interface"), std::string::npos);
    }
}

TEST(CliRequest, BadUsageIsOneSentenceWithTheWordInIt) {
    struct Case {
        std::vector<const char*> words;
        const char* named;
    };
    for (const auto& [words, named] :
         {Case{{}, "name one command"},
          Case{{"status", "hosts"}, "name one command"},
          Case{{"bogus"}, "bogus"},
          Case{{"failover", "0"}, "\"0\""},
          Case{{"failover", "65536"}, "65536"},
          Case{{"failover", "stage-left"}, "stage-left"},
          Case{{"failover", "-1"}, "-1"},
          Case{{"failover", "2", "--arm"}, "one thing at a time"},
          Case{{"failover", "--arm", "--disarm"}, "one thing at a time"},
          Case{{"failover", "--audit", "0"}, "--audit"},
          Case{{"failover", "--audit", "256"}, "256"},
          Case{{"status", "--arm"}, "--arm"},
          Case{{"status", "--group", "10.0.0.1"}, "10.0.0.1"},
          Case{{"status", "--host", "239.0.0.1"}, "239.0.0.1"},
          Case{{"status", "--host", "stage"}, "stage"},
          Case{{"status", "--port", "0"}, "--port"},
          Case{{"focus", ""}, "CLIENT"},
          Case{{"focus", "1", "2"}, "2"},
          Case{{"status", "--wait", "99"}, "--wait"},
          Case{{"status", "--wait", "500", "--wait", "600"}, "--wait is given twice"},
          Case{{"--wait", "500", "--wait", "600", "status"}, "--wait is given twice"},
          Case{{"--wait", "500", "hosts", "--wait", "600"}, "--wait is given in front"},
          Case{{"--host", "10.0.0.7", "hosts", "--host", "10.0.0.8"}, "--host is given in front"},
          Case{{"hosts", "--wait"}, "--wait wants a value (MS)"},
          Case{{"hosts", "--interface"}, "--interface wants a value (NAME)"},
          Case{{"hosts", "--json=5"}, "--json takes no value"},
          Case{{"--json=5", "hosts"}, "--json takes no value"},
          Case{{"hosts", "hosts"}, "name one command"},
          Case{{"rehearse", "1", "--end", "--seconds", "5"}, "--seconds does not go with --end"},
          Case{{"rehearse", "--seconds", "5"}, "name the host"},
          Case{{"hosts", "--token", "a", "--token-file", "f"}, "--token or --token-file"},
          Case{{"hosts", "--url", "http://h:99999"}, "http://h:99999"},
          Case{{"hosts", "--url", "http://h:0"}, "http://h:0"},
          Case{{"hosts", "--url", "http://h:"}, "http://h:"},
          Case{{"hosts", "--url", "http://"}, "http://"},
          Case{{"hosts", "--url", "http://:80"}, "http://:80"},
          Case{{"hosts", "--url", "http://[::1]:x"}, "http://[::1]:x"},
          Case{{"status", "--interface", ""}, "--interface"}}) {
        const auto request = parse(words);
        ASSERT_FALSE(request) << named;
        const auto& text = request.error().text;
        EXPECT_EQ(request.error().code, 2) << text;
        EXPECT_NE(text.find(named), std::string::npos) << text;
        EXPECT_EQ(text.find('\n'), text.size() - 1) << text;
    }
}

TEST(CliRequest, BecomesTheCommandThatItMeans) {
    const auto command = [](std::vector<const char*> words) {
        return command_of(*parse(std::move(words)), 5, SenderId{9}, "cli alice@foh");
    };
    const auto to_two = command({"failover", "2"});
    EXPECT_EQ(to_two.id, 5U);
    EXPECT_EQ(to_two.from, SenderId{9});
    EXPECT_EQ(to_two.to, SenderId{0});
    EXPECT_EQ(to_two.verb, plane::Verb::SwitchHost);
    EXPECT_EQ(to_two.target, SourceId{2});
    EXPECT_EQ(to_two.who.view(), "cli alice@foh");
    EXPECT_EQ(command({"failover"}).target, SourceId{0});
    EXPECT_EQ(command({"failover", "--arm"}).verb, plane::Verb::Arm);
    EXPECT_TRUE(command({"failover", "--arm"}).on);
    EXPECT_EQ(command({"failover", "--disarm"}).verb, plane::Verb::Arm);
    EXPECT_FALSE(command({"failover", "--disarm"}).on);
    EXPECT_EQ(command({"failover", "--status"}).verb, plane::Verb::FailoverStatus);
    EXPECT_EQ(command({"failover", "--audit"}).verb, plane::Verb::Audit);
    EXPECT_EQ(command({"failover", "--audit", "3"}).max, 3);
    EXPECT_EQ(command({"focus", "2"}).verb, plane::Verb::AssignFocus);
    EXPECT_EQ(command({"focus", "none"}).verb, plane::Verb::AssignFocus);
    EXPECT_EQ(command({"input", "2"}).verb, plane::Verb::SwitchInput);
    EXPECT_EQ(command({"input", "2"}).input, 2);
    EXPECT_EQ(command({"focus", "none"}).client, SenderId{});
    EXPECT_FALSE(command({"focus", "none"}).on);
    EXPECT_TRUE(command({"focus", "auto"}).on) << "nobody's choice any more";
}

TEST(CliRequest, DeviceHasPortsOfItsOwnAndIsMeantAlone) {
    const auto all = parse({"failover", "2"});
    EXPECT_TRUE(all->all_devices);
    EXPECT_TRUE(command_of(*all, 1, SenderId{2}, "x").all_devices);
    const auto third = parse({"failover", "2", "--device", "3", "--host", "10.0.0.7"});
    ASSERT_TRUE(third) << third.error().text;
    EXPECT_EQ(third->group.port, 5026);
    EXPECT_EQ(third->peers, (std::vector<io::Endpoint>{{0x0A000007, 5026}}));
    EXPECT_FALSE(command_of(*third, 1, SenderId{2}, "x").all_devices);
    EXPECT_FALSE(parse({"status", "--device", "9"}));
    EXPECT_FALSE(parse({"status", "--device", "8", "--port", "65500"}));
}

}  // namespace
}  // namespace midinet::control::cli
