// The doctor's judgement: facts in, verdict out; and what he gathers on a simulated network.
#include "control/cli/doctor/listening.hpp"
#include "control/cli/doctor/packet_filter.hpp"
#include "platform/sim/world.hpp"
#include "unit/control/cli/golden.hpp"
#include "unit/control/cli/scripted_show.hpp"

namespace midinet::control::cli {
namespace {
using namespace testing;
using ::testing::HasSubstr;
using Outcome = CheckOutcome;
using Fate = FilterVerdict::Fate;

/// Of a machine and a show with nothing to complain of.
Facts healthy() {
    Facts facts;
    facts.listened = 3s;
    facts.first_port = 5004;
    facts.own_version = "0.1.0";
    facts.interfaces = {{"eth0", true, true, true, false, 0x0A000007, {}}};
    facts.used = {"eth0"};
    facts.heard = {{"eth0", false, 6, 900, 4, 0x0A0000FEU, {}, true}};
    facts.probes = {{"eth0", 5004, true, {}}, {"eth0", 5005, true, {}}};
    facts.now = kHeard + 1s;
    for (const auto id : std::initializer_list<std::uint16_t>{1, 2}) {
        const auto status = host(id, id == 1 ? "left" : "right");
        (void)facts.roster.on_message(status, {0x0A000000U + id, 4000}, kHeard);
        facts.runs[HostId{id}][Epoch{7}] = {"box", 0x0A000000U + id, kHeard - 2s, kHeard};
    }
    (void)facts.roster.on_message(client(kFoh, "foh"), {0x0A000101, 4000}, kHeard);
    facts.admins.on_status(admin(1), {0x0A000102, 4000}, kHeard);
    facts.found = std::set<HostId>{HostId{1}, HostId{2}};
    facts.firewall.rules = R"({"nftables": []})";
    facts.clock = {true, true, 1500};
    facts.realtime = {80, 80, std::nullopt, {}};
    facts.api = ApiFact{"http://foh:8080", 200, {}, true, 20};
    return facts;
}

void expect(const Check& check, Outcome outcome, const char* finding, const char* fix = "") {
    EXPECT_EQ(check.outcome, outcome) << check.name << ": " << check.finding;
    EXPECT_THAT(check.finding, HasSubstr(finding));
    EXPECT_THAT(check.fix, HasSubstr(fix));
}

TEST(CliDoctor, FindsNothingWhereNothingIsWrong) {
    const auto checks = examine(healthy());
    EXPECT_EQ(checks.size(), 14U);
    for (const auto& check : checks) {
        EXPECT_EQ(check.outcome, Outcome::Ok) << check.name << ": " << check.finding;
        EXPECT_FALSE(check.finding.empty()) << check.name;
        EXPECT_EQ(check.fix, "") << check.name;
    }
    EXPECT_EQ(exit_code_of(checks), ExitCode::Ok);
}

TEST(CliDoctor, NamesAdminsThatWereToldDifferentThings) {
    auto facts = healthy();
    facts.admins.on_status(admin(2), {0x0A000103, 4000}, kHeard);
    expect(check_admins(facts), Outcome::Ok, "2 midi-admins, agreeing: http://10.0.1.2:8080");
    facts.admins.on_status(admin(3, 1), {0x0A000104, 4000}, kHeard);
    expect(check_admins(facts), Outcome::Warning, "on box-1 (http://10.0.1.2:8080) and on box-3",
           "[heartbeat]");
    facts.admins = {};
    expect(check_admins(facts), Outcome::Skipped, "no midi-admin is heard");
}

TEST(CliDoctor, TellsPeopleAndPrograms) {
    auto facts = healthy();
    facts.heard[0].querier.reset();
    facts.api->status = 401;
    facts.roster = {};
    const auto checks = examine(facts);
    expect_golden("doctor.txt", doctor_text(checks, 3s));
    expect_golden("doctor.json", doctor_json(checks, 3s));
    EXPECT_EQ(exit_code_of(checks), ExitCode::Degraded);
}

TEST(CliDoctor, EachFaultOfAnInterfaceHasItsFix) {
    auto facts = healthy();
    auto& eth0 = facts.interfaces[0];
    eth0.multicast = false;
    expect(check_interface(facts), Outcome::Fault, "eth0 does not do multicast", "multicast on");
    eth0.carrier = false;
    expect(check_interface(facts), Outcome::Fault, "eth0 has no link", "cable");
    eth0.address = 0;
    expect(check_interface(facts), Outcome::Fault, "eth0 has no IPv4 address", "ip address add");
    eth0.up = false;
    expect(check_interface(facts), Outcome::Fault, "eth0 is down", "ip link set eth0 up");
    facts.network_trouble = "no such thing";
    expect(check_interface(facts), Outcome::Fault, "no such thing", "--interface");
}

TEST(CliDoctor, ASilentQuerierIsANoteAndAWarningOnlyAfterItsInterval) {
    auto facts = healthy();
    facts.heard[0].querier.reset();
    expect(check_querier(facts), Outcome::Note, "--wait 130000", "querier");
    expect(check_querier(facts), Outcome::Note, "also not when a group was left");
    EXPECT_EQ(exit_code_of({check_querier(facts)}), ExitCode::Ok);
    facts.listened = 130s;
    const auto sure = check_querier(facts);
    EXPECT_EQ(sure.outcome, Outcome::Warning);
    EXPECT_THAT(sure.finding, Not(HasSubstr("--wait")));
    facts.heard[0].querier_trouble = "IGMP is heard by root alone";
    expect(check_querier(facts), Outcome::Skipped, "root");
    facts.heard[0].loopback = true;
    expect(check_querier(facts), Outcome::Skipped, "loopback");
}

TEST(CliDoctor, ABridgeOfThisMachineThatSnoopsWantsAQuerier) {
    auto facts = healthy();
    auto& bridge = facts.interfaces[0].bridge.emplace(io::BridgeFact{"br7", true, false});
    expect(check_querier(facts), Outcome::Ok, "10.0.0.254 on eth0");
    facts.heard[0].querier.reset();
    expect(check_querier(facts), Outcome::Warning, "bridge br7 does IGMP snooping",
           "ip link set br7 type bridge mcast_querier 1");
    facts.heard[0].querier_trouble = "IGMP is heard by root alone";
    EXPECT_EQ(check_querier(facts).outcome, Outcome::Warning) << "the bridge tells everybody";
    bridge.asks = true;
    expect(check_querier(facts), Outcome::Ok, "this machine's bridge br7");
    bridge.snoops = false;
    expect(check_querier(facts), Outcome::Skipped, "root");
}

TEST(CliDoctor, GroupsTellWhichOfThemIsMissing) {
    auto facts = healthy();
    facts.heard[0].heartbeats = 0;
    expect(check_groups(facts), Outcome::Fault, "0 heartbeats", "UDP port 5005");
    facts.heard[0].statuses = 0;
    expect(check_groups(facts), Outcome::Fault, "nothing of a show", "--interface");
    facts.heard[0].heartbeats = 9;
    expect(check_groups(facts), Outcome::Fault, "0 statuses", "UDP port 5006");
}

TEST(CliDoctor, AProbeThatDoesNotComeBackIsNamedByItsPort) {
    auto facts = healthy();
    facts.probes[1].came_back = false;
    expect(check_probe(facts), Outcome::Ok, "the rules let the show's groups in");
    facts.firewall = {{}, "not root"};
    expect(check_probe(facts), Outcome::Warning, "UDP port 5005 on eth0", "as root");
    facts.firewall = {R"({"nftables":[{"chain":{"family":"ip","table":"f","name":"input",)"
                      R"("hook":"input","policy":"drop"}}]})",
                      {}};
    expect(check_probe(facts), Outcome::Fault, "UDP port 5005 on eth0", "firewall");
    facts.probes[0].trouble = "port 5004 is taken";
    expect(check_probe(facts), Outcome::Fault, "port 5004 is taken", "free the port");
}

TEST(CliDoctor, TwoHostsOfOneIdAreTheirStatusesOrAConflictTheyTell) {
    auto facts = healthy();
    // A restarted host: the runs do not overlap.
    facts.runs[HostId{1}][Epoch{8}] = {"box", 0x0A000001, kHeard + 1s, kHeard + 2s};
    EXPECT_EQ(check_host_ids(facts).outcome, Outcome::Ok);
    facts.runs[HostId{1}][Epoch{8}] = {"other", 0x0A000009, kHeard - 1s, kHeard + 2s};
    expect(check_host_ids(facts), Outcome::Fault, "\"other\" at 10.0.0.9", "another id");
    facts = healthy();
    auto twin = host(2, "right");
    twin.conflict = plane::Conflict{0x0A000063, plane::InterfaceName{"eth0"}};
    (void)facts.roster.on_message(twin, {0x0A000002, 4000}, kHeard);
    expect(check_host_ids(facts), Outcome::Fault,
           "two hosts have id 2: \"right\" at 10.0.0.2 and "
           "one at 10.0.0.99");
}

TEST(CliDoctor, DnsSdAndStatusesAreHeldTogether) {
    auto facts = healthy();
    facts.found = std::set<HostId>{HostId{1}};
    expect(check_mdns(facts), Outcome::Warning, "host 2 is heard", "5353");
    facts.found = std::set<HostId>{HostId{1}, HostId{2}, HostId{3}};
    expect(check_mdns(facts), Outcome::Fault, "DNS-SD finds host 3");
    facts.dns_sd_trouble = "no Avahi";
    expect(check_mdns(facts), Outcome::Warning, "no Avahi", "avahi-daemon");
    facts.found.reset();
    expect(check_mdns(facts), Outcome::Skipped, "loopback");
    facts.heard.clear();
    expect(check_mdns(facts), Outcome::Skipped, "there was no interface");
    expect(check_querier(facts), Outcome::Skipped, "there was no interface");
}

TEST(CliDoctor, TheMachineIsJudged) {
    auto facts = healthy();
    facts.clock.synchronised = false;
    expect(check_clock(facts), Outcome::Note, "nobody keeps", "timedatectl");
    facts.clock.known = false;
    expect(check_clock(facts), Outcome::Skipped, "clock");
    facts.realtime = {0, 80, 65'536, {"real-time scheduling was refused: because"}};
    expect(check_realtime(facts), Outcome::Warning, "because", "LimitRTPRIO");
}

TEST(CliDoctor, AClockThatIsNotTheApisIsTold) {
    auto facts = healthy();
    facts.api->ahead_ms = 1000;
    EXPECT_EQ(check_clock(facts).outcome, Outcome::Ok);
    facts.api->ahead_ms = 3200;
    expect(check_clock(facts), Outcome::Warning, "the clock of http://foh:8080 is 3.2 s ahead of",
           "on both machines");
    facts.clock.synchronised = false;
    facts.api->ahead_ms = -3200;
    expect(check_clock(facts), Outcome::Warning, "3.2 s behind");
    facts.api->ahead_ms.reset();
    EXPECT_EQ(check_clock(facts).outcome, Outcome::Note);
}

TEST(CliDoctor, NamesAndVersionsThatClashAreTold) {
    auto facts = healthy();
    (void)facts.roster.on_message(client(kStage, "stage"), {0x0A000102, 4000}, kHeard);
    EXPECT_EQ(check_port_names(facts).outcome, Outcome::Ok);  // another machine
    (void)facts.roster.on_message(client(kStage, "foh"), {0x0A000102, 4000}, kHeard);
    expect(check_port_names(facts), Outcome::Warning, "\"APC40 mkII\"", "midi.device_name");
    auto old = host(2, "right");
    old.version = plane::Version{"0.0.9"};
    (void)facts.roster.on_message(old, {0x0A000002, 4000}, kHeard);
    expect(check_versions(facts), Outcome::Warning, "0.0.9: host 2", "newest");
}

TEST(CliDoctor, HostsThatWereToldDifferentThingsAreNamed) {
    auto facts = healthy();
    auto slow = host(2, "right");
    slow.failover.interval_us = 10'000;
    slow.agreement = host(1, "left").agreement + 1;
    (void)facts.roster.on_message(slow, {0x0A000002, 4000}, kHeard);
    expect(check_configuration(facts), Outcome::Warning,
           "hosts 1 and 2 run with different configurations: heartbeat.interval_ms 3 and 10",
           "[heartbeat]");
    facts.now = kHeard + plane::Roster::kGoneAfter;
    expect(check_configuration(facts), Outcome::Skipped, "no host");
}

TEST(CliDoctor, AnApiThatDoesNotLetUsInSaysHow) {
    auto facts = healthy();
    facts.api->status = 401;
    expect(check_api(facts), Outcome::Fault, "does not take this token", "MIDINET_API_TOKEN");
    facts.api->has_token = false;
    expect(check_api(facts), Outcome::Fault, "wants a token", "MIDINET_API_TOKEN");
    facts.api->status = 0;
    expect(check_api(facts), Outcome::Fault, "does not answer", "midi-admin");
    facts.api.reset();
    expect(check_api(facts), Outcome::Skipped, "--url");
}

// The packet filter -------------------------------------------------------------------------------

/// A ruleset of one table with the chain "input", and these rules in it.
std::string ruleset(const std::string& rules, const char* policy = "accept") {
    std::string text =
        R"({"nftables":[{"chain":{"family":"inet","table":"f","name":"input","hook":"input","policy":")" +
        std::string(policy) + R"("}},{"chain":{"family":"inet","table":"f","name":"other"}},)";
    return text +
           R"({"set":{"family":"inet","table":"f","name":"p","elem":[1,{"range":[5004,5007]}]}})" +
           rules + "]}";
}
std::string rule(const std::string& statements, const char* chain = "input") {
    return std::string(R"(,{"rule":{"family":"inet","table":"f","chain":")") + chain +
           R"(","handle":4,"expr":[)" + statements + "]}}";
}
std::string match(const char* left, const char* right, const char* op = "==") {
    return std::string(R"({"match":{"op":")") + op + R"(","left":)" + left + R"(,"right":)" +
           right + "}},";
}
constexpr const char* kDrop = R"({"drop":null})";
constexpr const char* kAccept = R"({"accept":null})";
constexpr const char* kPort = R"({"payload":{"protocol":"udp","field":"dport"}})";
constexpr const char* kTo = R"({"payload":{"protocol":"ip","field":"daddr"}})";
constexpr const char* kCard = R"({"meta":{"key":"iifname"}})";
constexpr const char* kState = R"({"ct":{"key":"state"}})";

Fate fate(const std::string& rules, const char* policy = "accept") {
    return judge_packet(ruleset(rules, policy),
                        {ShowPacket::Way::In, false, 5005, 0xEF455301, "eth0"})
        .fate;
}

TEST(CliPacketFilter, JudgesTheKindsOfMatchesThatFirewallsAreMadeOf) {
    EXPECT_EQ(fate(""), Fate::Passes);
    EXPECT_EQ(fate("", "drop"), Fate::Drops);
    EXPECT_EQ(fate(rule(match(kPort, "5005") + kDrop)), Fate::Drops);
    EXPECT_EQ(fate(rule(match(kPort, "5004") + kDrop)), Fate::Passes);
    EXPECT_EQ(fate(rule(match(kPort, "5004", "!=") + kDrop)), Fate::Drops);
    EXPECT_EQ(fate(rule(match(kPort, R"({"range":[5000,6000]})") + kDrop)), Fate::Drops);
    EXPECT_EQ(fate(rule(match(kPort, R"({"set":[53,5005]})") + kDrop)), Fate::Drops);
    EXPECT_EQ(fate(rule(match(kPort, R"("@p")") + kDrop)), Fate::Drops);
    EXPECT_EQ(fate(rule(match(kPort, "6000", ">=") + kDrop)), Fate::Passes);
    EXPECT_EQ(fate(rule(match(kTo, R"({"prefix":{"addr":"224.0.0.0","len":4}})") + kDrop)),
              Fate::Drops);
    EXPECT_EQ(fate(rule(match(kTo, R"("239.69.83.2")") + kDrop)), Fate::Passes);
    EXPECT_EQ(fate(rule(match(kCard, R"("eth1")") + kDrop)), Fate::Passes);
    EXPECT_EQ(fate(rule(match(kCard, R"("eth*")") + kDrop)), Fate::Drops);
    EXPECT_EQ(
        fate(rule(match(R"({"payload":{"protocol":"tcp","field":"dport"}})", "5005") + kDrop)),
        Fate::Passes);
    EXPECT_EQ(
        fate(rule(match(R"({"meta":{"key":"pkttype"}})", R"("multicast")") + R"({"reject":null})")),
        Fate::Drops);
}

TEST(CliPacketFilter, TheFirstThatDecidesDecides) {
    const auto accept = rule(match(kPort, R"({"range":[5004,5007]})") + kAccept);
    EXPECT_EQ(fate(accept, "drop"), Fate::Passes);
    EXPECT_EQ(fate(accept + rule(kDrop)), Fate::Passes);
    const auto known = rule(match(kState, R"(["established","related"])", "in") + kAccept);
    EXPECT_EQ(fate(known, "drop"), Fate::Drops) << "a multicast belongs to no connection";
    EXPECT_EQ(fate(rule(R"({"jump":{"target":"other"}})") + rule(kDrop, "other")), Fate::Drops);
    EXPECT_EQ(fate(rule(R"({"jump":{"target":"other"}})") + rule(kAccept, "other") + rule(kDrop)),
              Fate::Passes);
    EXPECT_EQ(fate(rule(R"({"jump":{"target":"other"}})") + rule(R"({"return":null})", "other") +
                   rule(kDrop)),
              Fate::Drops);
    EXPECT_EQ(fate(rule(R"({"jump":{"target":"input"}})")), Fate::Passes) << "it ends";
}

TEST(CliPacketFilter, WhatIsNotUnderstoodMayBe) {
    const auto maybe = match(R"({"numgen":{"mode":"random","mod":10}})", "1", "<");
    EXPECT_EQ(fate(rule(maybe + kDrop)), Fate::MayDrop);
    EXPECT_EQ(fate(rule(maybe + kAccept), "drop"), Fate::MayDrop);
    EXPECT_EQ(fate(rule(maybe + kAccept) + rule(kDrop)), Fate::MayDrop);
    EXPECT_EQ(fate(rule(maybe + kDrop) + rule(kDrop)), Fate::Drops);
    EXPECT_EQ(fate(rule(std::string(R"({"limit":{"rate":1}},)") + kDrop)), Fate::MayDrop);
    for (const char* text :
         {"", "[]", "{}", R"({"nftables":{}})", R"({"nftables":[1,{"rule":2}]})"})
        EXPECT_EQ(judge_packet(text, {}).fate, Fate::Passes) << text;
    EXPECT_FALSE(is_ruleset("Operation not permitted"));
    EXPECT_TRUE(is_ruleset(R"({"nftables":[]})"));
}

TEST(CliPacketFilter, NamesTheRuleAndTheCommandThatLetsItThrough) {
    const auto rules = ruleset(rule(match(kPort, "5005") + kDrop));
    const auto verdict =
        judge_packet(rules, {ShowPacket::Way::In, false, 5005, 0xEF455301, "eth0"});
    EXPECT_EQ(verdict.rule, "rule 4 of table inet f, chain input");
    EXPECT_EQ(verdict.allow_fix, "nft insert rule inet f input udp dport 5005 accept");
    const auto igmp =
        judge_packet(ruleset("", "drop"), {ShowPacket::Way::In, true, 0, 0xE0000001, "eth0"});
    EXPECT_EQ(igmp.rule, "the policy of table inet f, chain input");
    EXPECT_EQ(igmp.allow_fix, "nft insert rule inet f input ip protocol igmp accept");
    EXPECT_EQ(judge_packet(rules, {ShowPacket::Way::Out, false, 5005, 0xEF455301, "eth0"}).fate,
              Fate::Passes);
}

// What is gathered --------------------------------------------------------------------------------

class FakeMachine final : public io::Machine {
  public:
    std::vector<io::InterfaceFact> interfaces() override {
        return {{"net0", true, true, true, false, 0x0A000001, {}}};
    }
    io::ClockFact clock() override { return {true, true, 10}; }
    io::RealtimeFact realtime() override { return {80, 80, std::nullopt, {}}; }
    io::FirewallFact firewall() override { return {R"({"nftables":[]})", {}}; }
};
class NoWeb final : public io::HttpClient {
  public:
    Result<io::HttpAnswer> ask(const io::HttpQuestion&) override { return fail("nobody"); }
};

TEST(CliDoctor, ListensToEverythingAtOnceAndProbesIt) {
    platform::sim::World world(1);
    auto& box = world.add_node();
    auto& own = world.add_node();
    auto station = plane::Station::open(box, {{0xEF455364, 5006}, {"net0"}, {}, true});
    ASSERT_TRUE(station);
    TimePoint next{};
    box.run([&] {
        if (box.now() >= next) {
            (*station)->say(host(1, "left"), Epoch{1});
            next = box.now() + 1s;
        }
        std::array<io::Ready, 4> ready;
        (void)box.wait(next, ready);
        return true;
    });
    FakeMachine machine;
    NoWeb web;
    const Surroundings with{own, own, own, 7, "cli test", {}};
    const Instruments instruments{
        with,
        machine,
        web,
        [](const std::string&) -> Result<std::unique_ptr<io::QueryEar>> { return fail("deaf"); },
        "0.1.0",
        [] { return std::int64_t{0}; }};
    Order order{.act = Act::Doctor};
    order.request.group = {0xEF455364, 5006};
    order.request.interfaces = {"net0"};
    order.request.wait = 3s;
    Facts facts;
    Listening listening(instruments, order, facts);
    own.run([&] { return listening.turn(); });
    world.run_until(TimePoint{5s});
    EXPECT_FALSE(own.running());
    EXPECT_GE(facts.heard.at(0).statuses, 2U);
    EXPECT_EQ(facts.heard[0].querier_trouble, "deaf");
    ASSERT_EQ(facts.probes.size(), 5U);
    for (const auto& probe : facts.probes) EXPECT_TRUE(probe.came_back) << probe.port;
    EXPECT_EQ(facts.runs.at(HostId{1}).size(), 1U);
    EXPECT_EQ(check_host_ids(facts).outcome, Outcome::Ok);
}

}  // namespace
}  // namespace midinet::control::cli
