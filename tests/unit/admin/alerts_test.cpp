#include "admin/alerts/alert_engine.hpp"
#include "admin/alerts/alert_rules.hpp"
#include "admin/alerts/post.hpp"
#include "admin/alerts/rules_file.hpp"
#include "admin/alerts/webhook_address.hpp"
#include "admin/alerts/webhook_message.hpp"
#include "unit/control/cli/scripted_show.hpp"
#include "unit/platform/temp_dir.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <set>

namespace midinet::admin {
namespace {

using ::testing::HasSubstr;
using What = Transition::What;

/// One machine's temperature, second by second.
class Engine : public ::testing::Test {
  protected:
    std::vector<What> at(double value, Duration later = 1s) {
        return look({{AlertKind::Temperature, 0, "", "this machine", value}}, later);
    }
    std::vector<What> look(const std::vector<Reading>& readings, Duration later = 1s) {
        moment_.now += later;
        moment_.unix_ms += later / 1ms;
        std::vector<What> happened;
        for (const auto& transition : engine_.look(readings, rules_, moment_))
            happened.push_back(transition.what);
        return happened;
    }
    const Reading gone_{AlertKind::ClientGone, 1, "00f0", "client foh", 1};
    AlertRules rules_;
    AlertEngine engine_;
    AlertEngine::Moment moment_{TimePoint{1h}, 1'700'000'000'000};
};
const std::vector<What> kNothing;
const std::vector<What> kFired{What::Fired};
const std::vector<What> kResolved{What::Resolved};

TEST_F(Engine, FiresWhenItIsBadForLongEnough) {
    EXPECT_EQ(at(75), kNothing);
    EXPECT_EQ(at(75, 9s), kNothing) << "held for ten";
    EXPECT_EQ(at(80), kFired);
    EXPECT_EQ(at(99, 1h), kNothing) << "once";
    const auto& alert = engine_.active().at("temperature.0");
    EXPECT_EQ(alert.value, 99);
    EXPECT_EQ(alert.threshold, 75);
}

TEST_F(Engine, BeginsToHoldAnewWhenItWasGoodMeanwhile) {
    EXPECT_EQ(at(75), kNothing);
    EXPECT_EQ(at(74, 9s), kNothing);
    EXPECT_EQ(at(75), kNothing);
    EXPECT_EQ(at(75, 9s), kNothing);
    EXPECT_EQ(at(75), kFired);
}

TEST_F(Engine, IsOverOnlyWellBelowItsThreshold) {
    (void)at(75);
    ASSERT_EQ(at(75, 10s), kFired);
    EXPECT_EQ(at(70.1, 1h), kNothing);
    EXPECT_EQ(at(70), kNothing);
    EXPECT_EQ(at(70, 9s), kNothing);
    EXPECT_EQ(at(70), kResolved);
    EXPECT_TRUE(engine_.active().empty());
    ASSERT_EQ(engine_.resolved().size(), 1U);
    EXPECT_EQ(engine_.resolved().front().resolved_ms, moment_.unix_ms);
}

TEST_F(Engine, IsOverAtOnceWhenItsRuleIsTurnedOff) {
    (void)at(75);
    ASSERT_EQ(at(75, 10s), kFired);
    rules_.rules[0].enabled = false;
    EXPECT_EQ(at(99), kResolved);
    EXPECT_EQ(at(99, 1h), kNothing);
}

TEST_F(Engine, KeepsAForgottenClientUntilSomebodyAcknowledges) {
    EXPECT_EQ(look({gone_}), kFired);
    EXPECT_EQ(look({}, 1h), kNothing);
    const auto* alert = engine_.acknowledge("client_gone.1.00f0", "10.0.0.9", moment_.unix_ms);
    ASSERT_NE(alert, nullptr);
    EXPECT_EQ(alert->acknowledged_from, "10.0.0.9");
    EXPECT_EQ(look({}), kResolved);
    EXPECT_EQ(engine_.acknowledge("client_gone.1.00f0", "", 0), nullptr);
}

TEST_F(Engine, ForgetsOtherThingsThatAreNotReadAnyMore) {
    EXPECT_EQ(look({{AlertKind::DeviceMissing, 1, "2", "host 2", 1}}), kNothing);
    EXPECT_EQ(look({{AlertKind::DeviceMissing, 1, "2", "host 2", 1}}, 2s), kFired);
    EXPECT_EQ(look({}), kResolved);
}

TEST_F(Engine, MutesTheNextOneOfTheSame) {
    EXPECT_EQ(look({gone_}), kFired);
    ASSERT_NE(engine_.mute("client_gone.1.00f0", moment_.unix_ms + 60'000), nullptr);
    auto back = gone_;
    back.value = 0;
    EXPECT_EQ(look({back}), kResolved);
    EXPECT_EQ(look({gone_}), kFired);
    const auto& alert = engine_.active().begin()->second;
    EXPECT_TRUE(alert.muted(moment_.unix_ms));
    EXPECT_FALSE(alert.muted(moment_.unix_ms + 60'000));
    EXPECT_EQ(engine_.mute("no.such", 1), nullptr);
}

TEST_F(Engine, IsBounded) {
    std::vector<Reading> many;
    for (std::size_t i = 0; i < 2 * AlertEngine::kMostActive; ++i)
        many.push_back({AlertKind::ClientGone, 1, std::to_string(i), "", 1});
    EXPECT_EQ(look(many).size(), AlertEngine::kMostActive);
    for (auto& reading : many) reading.value = 0;
    (void)look(many);
    EXPECT_EQ(engine_.resolved().size(), AlertEngine::kMostResolved);
}

TEST(AlertId, StandsInAPath) {
    EXPECT_EQ(alert_id({AlertKind::Disk, 0, "/var/lib", "", 0}), "disk.0._var_lib");
    EXPECT_EQ(alert_id({AlertKind::StandbyMissing, 3, "", "", 0}), "standby_missing.3");
}

/// A picture of a show that is ready.
Picture picture_of(const control::cli::testing::Show& show) {
    Picture picture;
    picture.now = show.now;
    picture.devices.resize(1);
    picture.devices[0].roster = show.roster;
    return picture;
}
bool has(const std::vector<Reading>& readings, AlertKind kind, double value) {
    return std::any_of(readings.begin(), readings.end(), [&](const auto& reading) {
        return reading.kind == kind && reading.value == value;
    });
}

TEST(AlertReader, MissesNoStandbyThatNeverWas) {
    using control::cli::testing::Show;
    AlertReader reader;
    Show alone;
    alone.hears(control::cli::testing::host(1, "stage-left"));
    EXPECT_FALSE(has(reader.read(picture_of(alone), ""), AlertKind::StandbyMissing, 0));
    EXPECT_FALSE(has(reader.read(picture_of(alone), ""), AlertKind::StandbyMissing, 1));
    Show both;
    both.is_ready();
    EXPECT_TRUE(has(reader.read(picture_of(both), ""), AlertKind::StandbyMissing, 0));
    EXPECT_TRUE(has(reader.read(picture_of(alone), ""), AlertKind::StandbyMissing, 1));
}

TEST(AlertReader, ReadsClientsDevicesAndTheHistory) {
    using namespace control::cli::testing;
    Show show;
    auto slow = client(kFoh, "foh");
    slow.transit_p95_us = 7500;
    show.hears(slow);
    auto bare = host(2, "stage-right");
    bare.device_present = false;
    show.hears(bare);
    AlertReader reader;
    const auto readings = reader.read(picture_of(show), "no room");
    EXPECT_TRUE(has(readings, AlertKind::Latency, 7.5));
    EXPECT_TRUE(has(readings, AlertKind::ClientGone, 0));
    EXPECT_TRUE(has(readings, AlertKind::DeviceMissing, 1));
    EXPECT_TRUE(has(readings, AlertKind::HistoryDegraded, 1));
    show.now += control::plane::Roster::kGoneAfter;
    const auto later = reader.read(picture_of(show), "");
    EXPECT_TRUE(has(later, AlertKind::ClientGone, 1));
    EXPECT_FALSE(has(later, AlertKind::Latency, 7.5)) << "what it said is old";
    EXPECT_TRUE(has(later, AlertKind::HistoryDegraded, 0));
}

TEST(AlertReader, ReadsHostsMachinesAsLongAsTheyAreHeard) {
    using control::plane::MachineStatus;
    control::cli::testing::Show show;
    auto picture = picture_of(show);
    MachineStatus machine;
    machine.name = decltype(machine.name){"stage-left"};
    machine.temperature = 36'315;  // 90 °C
    machine.disk = {decltype(machine.name){"/var"}, 200, 10};
    for (const std::uint64_t id : {std::uint64_t{1}, control::plane::kClientBit + 1}) {
        machine.id = SenderId{id};
        picture.machines.on_status(machine, picture.now);
    }
    AlertReader reader;
    const auto readings = reader.read(picture, "");
    EXPECT_TRUE(has(readings, AlertKind::Temperature, 90));
    EXPECT_TRUE(has(readings, AlertKind::Disk, 95));
    for (const auto& reading : readings)
        if (reading.kind == AlertKind::Temperature) {
            EXPECT_EQ(alert_id(reading), "temperature.0.host-1");
            EXPECT_EQ(reading.who, "host 1 (stage-left)") << "no client's";
        }
    picture.now += control::plane::MachineBook::kGoneAfter;
    EXPECT_FALSE(has(reader.read(picture, ""), AlertKind::Temperature, 90));
}

TEST(AlertReader, ReadsEachMachineAndFileSystemOnceWhoeverTells) {
    control::cli::testing::Show show;
    auto picture = picture_of(show);
    picture.system.machine = 11;
    picture.system.temperature = 80;
    picture.system.disks = {{"/", 100, 5, 1}};
    control::plane::MachineStatus machine;
    machine.temperature = 35'315;  // 80 °C
    const auto add = [&](std::uint64_t id, std::uint64_t of, std::uint64_t device) {
        machine.id = SenderId{id};
        machine.machine = of;
        machine.disk = {decltype(machine.name){"/var"}, 100, 5, device};
        picture.machines.on_status(machine, picture.now);
    };
    add(1, 11, 1);  // beside the admin
    add(2, 11, 2);  // likewise, on another disk
    add(3, 12, 1);  // elsewhere
    add(4, 12, 1);  // beside that
    add(5, 0, 1);   // it does not say where
    AlertReader reader;
    std::vector<std::string> ids;
    for (const auto& reading : reader.read(picture, ""))
        if (reading.kind != AlertKind::HistoryDegraded) ids.push_back(alert_id(reading));
    std::sort(ids.begin(), ids.end());
    EXPECT_EQ(ids, (std::vector<std::string>{"disk.0._", "disk.0.host-2", "disk.0.host-3",
                                             "disk.0.host-5", "temperature.0",
                                             "temperature.0.host-3", "temperature.0.host-5"}));
}

TEST(AlertReader, TellsClientsOfOneMachineApart) {
    using namespace control::cli::testing;
    Show show;
    show.is_ready();
    AlertReader reader;
    const auto names = [&] {
        std::set<std::string> all;
        for (const auto& reading : reader.read(picture_of(show), ""))
            if (reading.kind == AlertKind::ClientGone) all.insert(reading.who);
        return all;
    };
    EXPECT_EQ(names(), (std::set<std::string>{"client foh", "client r\u00e9gie"}));
    show.hears(client(SenderId{0x9E3779B97F4A7C15}, "foh"));
    EXPECT_EQ(names(), (std::set<std::string>{"client foh (80000000)", "client foh (9e3779b9)",
                                              "client r\u00e9gie"}));
}

TEST(AlertReader, ReadsAdminsWhereThereAreTwo) {
    using control::cli::testing::admin;
    auto picture = picture_of({});
    AlertReader reader;
    picture.admins.on_status(admin(1), {}, picture.now);
    EXPECT_FALSE(has(reader.read(picture, ""), AlertKind::AdminsDiffer, 0));
    picture.admins.on_status(admin(2), {}, picture.now);
    EXPECT_TRUE(has(reader.read(picture, ""), AlertKind::AdminsDiffer, 0));
    picture.admins.on_status(admin(3, 1), {}, picture.now);
    EXPECT_TRUE(has(reader.read(picture, ""), AlertKind::AdminsDiffer, 1));
}

TEST(RecentMost, IsOfTheLastTenMinutes) {
    for (const TimePoint start : {TimePoint{}, TimePoint{100h}}) {
        RecentMost most;
        EXPECT_EQ(most.see(40, start), 40);
        EXPECT_EQ(most.see(2, start + 1s), 40);
        EXPECT_EQ(most.see(7, start + 5min), 40);
        EXPECT_EQ(most.see(3, start + 9min + 59s), 40);
        EXPECT_EQ(most.see(3, start + 10min), 7) << "the first minute is over";
        EXPECT_EQ(most.see(3, start + 15min), 3);
        EXPECT_EQ(most.see(1, start + 90min), 1);
        EXPECT_EQ(most.see(-3, start + 200min), -3) << "frost";
    }
}

TEST(RulesFile, ThatIsDamagedIsKeptUnderTheTimeAndTold) {
    platform::TempDir folder;
    const auto path = folder.path() / kRulesFile;
    EXPECT_EQ(load_rules(path, 0).trouble, "") << "there is none";
    std::ofstream(path) << "{\"disk\": 1}";
    const auto loaded = load_rules(path, 1'700'000'000'000);
    EXPECT_EQ(loaded.rules, AlertRules{});
    const auto aside = path.string() + ".unusable-20231114T221320Z";
    EXPECT_NE(loaded.trouble.find("/disk"), std::string::npos) << loaded.trouble;
    EXPECT_NE(loaded.trouble.find(aside), std::string::npos) << loaded.trouble;
    EXPECT_TRUE(std::filesystem::exists(aside));
    std::ofstream(path) << "again";
    EXPECT_NE(load_rules(path, 1'700'000'000'000).trouble.find(aside + "-2"), std::string::npos);
    std::ofstream(path) << to_file(AlertRules{});
    EXPECT_EQ(load_rules(path, 0).trouble, "");
}

TEST(AlertRules, ChangeWhatABodyNamesAlone) {
    const auto rules =
        merged({}, R"({"disk": {"threshold": 95}, "webhook": {"url": "http://a/"}})");
    ASSERT_TRUE(rules);
    EXPECT_EQ(rules->of(AlertKind::Disk).threshold, 95);
    EXPECT_EQ(rules->of(AlertKind::Disk).clear, 85);
    EXPECT_EQ(rules->webhook.url, "http://a/");
    EXPECT_EQ(merged({}, "{}").value(), AlertRules{});
    EXPECT_EQ(merged({}, R"({"disk": {"hold_s": 1, "hold_s": 2}})").error().pointer,
              "/disk/hold_s");
}

TEST(AlertRules, ReadBackWhatTheyTellButTheSecret) {
    auto rules = merged({}, R"({"webhook": {"secret": "0123456789abcdef"}})").value();
    const auto told = control::dump(to_json(rules));
    EXPECT_THAT(told, ::testing::Not(HasSubstr("0123456789abcdef")));
    EXPECT_EQ(merged(rules, told).value(), rules);
    EXPECT_EQ(merged({}, to_file(rules)).value(), rules);
}

struct Refusal {
    const char* body;
    const char* pointer;
};
class RulesRefusal : public ::testing::TestWithParam<Refusal> {};
TEST_P(RulesRefusal, PointsAtThePlace) {
    const auto rules = merged({}, GetParam().body);
    ASSERT_FALSE(rules);
    EXPECT_EQ(rules.error().pointer, GetParam().pointer);
}
INSTANTIATE_TEST_SUITE_P(
    All, RulesRefusal,
    ::testing::Values(Refusal{"{", ""}, Refusal{"[]", ""}, Refusal{R"({"x/y": 1})", "/x~1y"},
                      Refusal{R"({"disk": 1})", "/disk"},
                      Refusal{R"({"disk": {"colour": 1}})", "/disk/colour"},
                      Refusal{R"({"disk": {"threshold": -1}})", "/disk/threshold"},
                      Refusal{R"({"disk": {"threshold": "9"}})", "/disk/threshold"},
                      Refusal{R"({"disk": {"threshold": 80}})", "/disk/clear"},
                      Refusal{R"({"disk": {"hold_s": 1.5}})", "/disk/hold_s"},
                      Refusal{R"({"disk": {"hold_s": 3601}})", "/disk/hold_s"},
                      Refusal{R"({"client_gone": {"threshold": 1}})", "/client_gone/threshold"},
                      Refusal{R"({"webhook": {"enabled": true}})", "/webhook/url"},
                      Refusal{R"({"webhook": {"url": "ftp://a"}})", "/webhook/url"},
                      Refusal{R"({"webhook": {"url": "http://"}})", "/webhook/url"},
                      Refusal{R"({"webhook": {"url": "http://a b"}})", "/webhook/url"},
                      Refusal{R"({"webhook": {"url": "http://me:pw@a/"}})", "/webhook/url"},
                      Refusal{R"({"webhook": {"secret": "short"}})", "/webhook/secret"},
                      Refusal{R"({"webhook": {"has_secret": true}})", "/webhook/has_secret"}));

std::string refusal(const char* address, bool is_own = false, std::uint16_t port = 80) {
    return webhook_refusal({io::parse_ip(address).value(), port}, is_own,
                           {{control::IpRange::parse("10.9.0.0/16").value(),
                             control::IpRange::parse("127.0.0.0/8").value()},
                            8080});
}

TEST(WebhookAddress, IsNeverLoopbackLinkLocalOrMulticast) {
    for (const char* never :
         {"127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1", "0.0.0.0", "::", "169.254.169.254",
          "fe80::1", "224.0.0.251", "255.255.255.255", "ff02::1"})
        EXPECT_THAT(refusal(never), HasSubstr("where no webhook goes")) << never;
}

TEST(WebhookAddress, IsPrivateOnlyWhereThatIsListed) {
    EXPECT_EQ(refusal("10.9.1.1"), "");
    for (const char* address : {"10.8.1.1", "192.168.1.1", "172.31.0.1", "100.64.0.1", "fd00::1",
                                "64:ff9b::7f00:1", "2002:7f00:1::"})
        EXPECT_THAT(refusal(address), HasSubstr("webhook_private_ranges")) << address;
    for (const char* open : {"93.184.216.34", "172.32.0.1", "2606:2800:220:1::1"})
        EXPECT_EQ(refusal(open), "") << open;
}

TEST(WebhookAddress, IsJudgedByTheUrlWhereThatTells) {
    const WebhookPolicy strict{{}, 8080};
    for (const char* url :
         {"http://127.0.0.1/", "http://127.1/", "http://2130706433:9/", "http://0x7f000001/",
          "http://[::1]:9000/x", "http://localhost/", "http://LOCALHOST.:80/", "http://a.localhost",
          "http://[::ffff:127.0.0.1]/", "https://169.254.169.254/latest", "http://224.0.0.1/",
          "http://10.0.0.7/", "http://192.168.1.1/", "http://[fd00::1]/"})
        EXPECT_NE(post_refusal(url, strict), "") << url;
    for (const char* url :
         {"https://alerts.example/midinet", "http://93.184.216.34/", "http://[2606:4700::1111]/"})
        EXPECT_EQ(post_refusal(url, strict), "") << url;
    const WebhookPolicy lax{{control::IpRange::parse("10.0.0.0/8").value()}, 8080};
    EXPECT_EQ(post_refusal("http://10.0.0.7/", lax), "");
}

TEST(WebhookAddress, IsNotThisServer) {
    EXPECT_THAT(refusal("10.9.1.1", true, 8080), HasSubstr("this server itself"));
    EXPECT_EQ(refusal("10.9.1.1", true, 8081), "") << "another program of this machine";
    EXPECT_EQ(refusal("10.9.1.1", false, 8080), "") << "another machine";
}

/// RFC 4231 has no case of our form; this one is of Python's hmac.
TEST(Webhook, IsSignedWithItsTime) {
    EXPECT_EQ(webhook_signature("0123456789abcdef", 1700000000, R"({"a":1})"),
              "sha256=9eb18f493f8ec135d9eb2dad817c369bb4e9cbfa818657897a7437c1cd8c3a23");
    EXPECT_NE(webhook_signature("0123456789abcdef", 1700000001, R"({"a":1})"),
              webhook_signature("0123456789abcdef", 1700000000, R"({"a":1})"));
}

TEST(Webhook, WaitsLongerEachTimeAndNotInStep) {
    Random random(1);
    Duration longest{};
    for (unsigned attempt = 1; attempt < 20; ++attempt) {
        const auto full = std::min<Duration>(1s * (1U << std::min(attempt, 10U)), 60s);
        const auto pause = webhook_pause(attempt, random);
        EXPECT_LE(pause, full);
        EXPECT_GE(pause, full / 2);
        longest = std::max(longest, pause);
    }
    EXPECT_GT(longest, 30s);
    EXPECT_NE(webhook_pause(5, random), webhook_pause(5, random));
}

TEST(Webhook, IsTriedAgainWhereThatMayHelp) {
    for (const long status : {0L, 408L, 429L, 500L, 503L}) EXPECT_TRUE(worth_another_try(status));
    for (const long status : {301L, 400L, 401L, 404L, 410L})
        EXPECT_FALSE(worth_another_try(status));
}

}  // namespace
}  // namespace midinet::admin
