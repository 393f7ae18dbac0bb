#include "control/cli/doctor/check.hpp"
#include "control/cli/doctor/packet_filter.hpp"
#include "control/config_text.hpp"
#include "control/report/counted.hpp"
#include "control/report/words.hpp"
#include "wire/constants.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace midinet::control::cli {
namespace {

using Outcome = CheckOutcome;

/// RFC 3376 section 8.2: how often a querier asks.
constexpr Duration kQueryInterval = 125s;
constexpr std::uint16_t kMdnsPort = 5353;
constexpr const char* kMdnsGroup = "224.0.0.251";
constexpr const char* kAllHosts = "224.0.0.1";

std::string span(Duration d) { return span_text(static_cast<std::uint64_t>(d / 1ms)); }

const io::InterfaceFact* interface_of(const Facts& facts, const std::string& name) {
    const auto at = std::find_if(facts.interfaces.begin(), facts.interfaces.end(),
                                 [&](const auto& one) { return one.name == name; });
    return at == facts.interfaces.end() ? nullptr : &*at;
}

/// What is wrong with one interface; an Ok without words: nothing.
Check judge_interface(const io::InterfaceFact& one) {
    const auto wrong = [&](const std::string& what, const std::string& fix) {
        return Check{{}, Outcome::Fault, one.name + ' ' + what, fix};
    };
    if (!one.up) return wrong("is down", "ip link set " + one.name + " up");
    if (one.address == 0)
        return wrong("has no IPv4 address", "ip address add ADDRESS/24 dev " + one.name);
    if (one.loopback) return {};
    if (!one.carrier) return wrong("has no link", "plug its cable in, or join the Wi-Fi");
    if (!one.multicast)
        return wrong("does not do multicast", "ip link set " + one.name + " multicast on");
    return {};
}

const Check& worse(const Check& a, const Check& b) { return b.outcome > a.outcome ? b : a; }

/// Where the show's datagrams of a port go to.
std::uint32_t group_of(const Facts& facts, std::uint16_t port) {
    if (port == kMdnsPort) return *io::parse_ipv4(kMdnsGroup);
    return *io::parse_ipv4(port < facts.first_port + 2 ? wire::kPrimaryGroup : wire::kControlGroup);
}

/// Every packet of the show, each way; what may be missing last.
std::vector<ShowPacket> show_packets(const Facts& facts) {
    std::vector<ShowPacket> packets;
    for (const auto& heard : facts.heard) {
        for (const auto way : {ShowPacket::Way::In, ShowPacket::Way::Out}) {
            for (std::uint16_t n = 0; n < 3; ++n) {
                const auto port = static_cast<std::uint16_t>(facts.first_port + n);
                packets.push_back({way, false, port, group_of(facts, port), heard.interface});
            }
            if (heard.loopback) continue;
            packets.push_back({way, true, 0, *io::parse_ipv4(kAllHosts), heard.interface});
            packets.push_back({way, false, kMdnsPort, group_of(facts, kMdnsPort), heard.interface});
        }
    }
    return packets;
}

/// Whether rules are known to let the show's own datagrams of a port in.
bool lets_in(const Facts& facts, const Probe& probe) {
    const ShowPacket packet{ShowPacket::Way::In, false, probe.port, group_of(facts, probe.port),
                            probe.interface};
    return is_ruleset(facts.firewall.rules) &&
           judge_packet(facts.firewall.rules, packet).fate == FilterVerdict::Fate::Passes;
}

/// That an interface is, or is a port of; null: none that snoops.
const io::BridgeFact* snooping_bridge(const Facts& facts, const HeardThere& heard) {
    const auto* one = interface_of(facts, heard.interface);
    return one != nullptr && one->bridge && one->bridge->snoops ? &*one->bridge : nullptr;
}

Check bridge_without_querier(const std::vector<std::string>& bridges) {
    return {"querier", Outcome::Warning,
            fmt::format("this machine's bridge {} does IGMP snooping, and no querier was heard",
                        fmt::join(bridges, ", ")),
            fmt::format("let it be the querier (ip link set {} type bridge mcast_querier 1), or "
                        "another switch: without one, multicast may stop after a few minutes",
                        bridges.front())};
}

/// Most networks' switches do not snoop, and a querier may be silent for long: that none was heard
/// proves something only after its interval.
Check no_querier(const Facts& facts, const std::vector<std::string>& silent, bool provoked) {
    const bool sure = facts.listened >= kQueryInterval;
    auto finding = fmt::format("no IGMP querier was heard on {} within {}", fmt::join(silent, ", "),
                               span(facts.listened));
    if (provoked) finding += ", also not when a group was left";
    if (!sure) finding += "; queriers ask every 125 s, as a rule: --wait 130000 makes it sure";
    return {"querier", sure ? Outcome::Warning : Outcome::Note, std::move(finding),
            "if the switches do IGMP snooping, let one of them be the querier: without one they "
            "stop passing multicast on after a few minutes"};
}

std::string name_of(const ShowPacket& packet) {
    return packet.igmp ? "IGMP" : fmt::format("UDP port {}", packet.port);
}

constexpr const char* kNoInterface = "there was no interface";

}  // namespace

Check check_interface(const Facts& facts) {
    Check check{"interface", Outcome::Ok, {}, {}};
    if (!facts.network_trouble.empty())
        return {check.name, Outcome::Fault, facts.network_trouble,
                "ip -br address tells what this machine has; --interface NAME chooses one"};
    std::vector<std::string> good;
    for (const auto& name : facts.used) {
        const auto* one = interface_of(facts, name);
        if (one == nullptr) continue;
        check = worse(check, judge_interface(*one));
        good.push_back(fmt::format("{} {}", name, address_text(one->address)));
    }
    check.name = "interface";
    if (check.outcome == Outcome::Ok)
        check.finding =
            fmt::format("{}: up, with an address, doing multicast", fmt::join(good, ", "));
    return check;
}

Check check_querier(const Facts& facts) {
    std::string trouble =
        facts.heard.empty() ? kNoInterface : "no switch is looked at: this is the loopback";
    std::vector<std::string> silent;
    std::vector<std::string> asked;
    std::vector<std::string> bridges;  // of this machine, that want a querier
    bool provoked = true;
    for (const auto& heard : facts.heard) {
        if (heard.loopback) continue;
        const auto* bridge = snooping_bridge(facts, heard);
        if (heard.querier) {
            asked.push_back(fmt::format("{} on {}", address_text(*heard.querier), heard.interface));
        } else if (bridge != nullptr && bridge->asks) {
            asked.push_back(fmt::format("this machine's bridge {}", bridge->name));
        } else if (bridge != nullptr) {
            bridges.push_back(bridge->name);
        } else if (!heard.querier_trouble.empty()) {
            trouble = heard.querier_trouble;
        } else {
            silent.push_back(heard.interface);
            provoked = provoked && heard.provoked;
        }
    }
    if (!bridges.empty()) return bridge_without_querier(bridges);
    if (!silent.empty()) return no_querier(facts, silent, provoked);
    if (asked.empty()) return {"querier", Outcome::Skipped, trouble, {}};
    return {"querier",
            Outcome::Ok,
            fmt::format("there is an IGMP querier: {}", fmt::join(asked, ", ")),
            {}};
}

Check check_groups(const Facts& facts) {
    std::uint64_t statuses = 0;
    std::uint64_t heartbeats = 0;
    std::uint64_t data = 0;
    for (const auto& heard : facts.heard) {
        statuses += heard.statuses;
        heartbeats += heard.heartbeats;
        data += heard.data;
    }
    Check check{"groups",
                Outcome::Ok,
                fmt::format("heard within {}: {}, {}, {} of MIDI", span(facts.listened),
                            counted(statuses, "status", "statuses"),
                            counted(heartbeats, "heartbeat"), counted(data, "datagram")),
                {}};
    const auto hosts = facts.roster.hosts().size();
    if (statuses + heartbeats == 0) {
        check.outcome = Outcome::Fault;
        check.finding = fmt::format("nothing of a show was heard within {}", span(facts.listened));
        check.fix =
            "is a host running, and on this network? --interface NAME chooses another one; "
            "see the checks of querier and firewall";
    } else if (heartbeats == 0 && hosts > 0) {
        check.outcome = Outcome::Fault;
        check.fix = fmt::format(
            "statuses come, heartbeats do not: let UDP port {} in, and look whether hosts send to "
            "{} or {}",
            facts.first_port + 1, wire::kPrimaryGroup, wire::kStandbyGroup);
    } else if (statuses == 0) {
        check.outcome = Outcome::Fault;
        check.fix = fmt::format(
            "heartbeats come, statuses do not: let UDP port {} in, and look "
            "whether the boxes use another control group (--group)",
            facts.first_port + 2);
    }
    return check;
}

Check check_probe(const Facts& facts) {
    Check check{"probe", Outcome::Ok, {}, {}};
    std::vector<std::string> lost;
    std::size_t elsewhere = 0;  ///< stopped, where the show's groups would not be
    for (const auto& probe : facts.probes) {
        if (!probe.trouble.empty())
            return {check.name, Outcome::Fault, probe.trouble,
                    "free the port, or look at the interface and its rules"};
        if (!probe.came_back && lets_in(facts, probe))
            ++elsewhere;
        else if (!probe.came_back)
            lost.push_back(fmt::format("UDP port {} on {}", probe.port, probe.interface));
    }
    if (facts.probes.empty())
        return {check.name, Outcome::Skipped, "there was no interface to probe", {}};
    if (lost.empty()) {
        check.finding = fmt::format("{} of {} multicasts of our own went out and came in again",
                                    facts.probes.size() - elsewhere, facts.probes.size());
        if (elsewhere > 0) check.finding += "; the rules let the show's groups in, not the probes'";
        return check;
    }
    const bool sure = is_ruleset(facts.firewall.rules);
    check.outcome = sure ? Outcome::Fault : Outcome::Warning;
    check.finding =
        fmt::format("a multicast of our own did not come in again: {}", fmt::join(lost, ", "));
    check.fix = sure ? "a packet filter on this machine stops it: see the check of the firewall"
                     : "a packet filter on this machine stops it: as root, the check of the "
                       "firewall names the rule, and whether it stops the show, too";
    return check;
}

Check check_firewall(const Facts& facts) {
    Check check{"firewall", Outcome::Ok, "no rule of nftables stops a packet of the show", {}};
    if (!facts.firewall.trouble.empty())
        return {check.name,
                Outcome::Skipped,
                facts.firewall.trouble + "; what comes in is told by the check of the probe",
                {}};
    if (!is_ruleset(facts.firewall.rules))
        return {
            check.name, Outcome::Skipped, "what nft printed is no ruleset that is known here", {}};
    for (const auto& packet : show_packets(facts)) {
        const auto verdict = judge_packet(facts.firewall.rules, packet);
        if (verdict.fate == FilterVerdict::Fate::Passes) continue;
        const bool drops = verdict.fate == FilterVerdict::Fate::Drops;
        const bool sure = drops && packet.port != kMdnsPort;  // a show goes on without
        check = worse(check, {check.name, sure ? Outcome::Fault : Outcome::Warning,
                              fmt::format("{} {} {} on {}: {}", name_of(packet),
                                          drops ? "does not" : "may not",
                                          packet.way == ShowPacket::Way::In ? "come in" : "go out",
                                          packet.interface, verdict.rule),
                              verdict.allow_fix});
    }
    return check;
}

Check check_mdns(const Facts& facts) {
    Check check{"mdns", Outcome::Ok, {}, {}};
    if (!facts.found)
        return {
            check.name,
            Outcome::Skipped,
            facts.heard.empty() ? kNoInterface : "DNS-SD is not looked at on the loopback alone",
            {}};
    if (!facts.dns_sd_trouble.empty())
        return {check.name, Outcome::Warning, facts.dns_sd_trouble,
                "hosts are found by multicast all the same; install and start avahi-daemon"};
    std::vector<unsigned> unfound;
    std::vector<unsigned> unheard;
    for (const auto& [id, host] : facts.roster.hosts())
        if (!facts.found->contains(id)) unfound.push_back(id.value);
    for (const auto id : *facts.found)
        if (facts.roster.host(id) == nullptr) unheard.push_back(id.value);
    if (!unheard.empty())
        return {check.name, Outcome::Fault,
                fmt::format("DNS-SD finds host {}, and its statuses are not heard",
                            fmt::join(unheard, ", ")),
                "its control group does not come here, or is another one: `midinet-cli hosts` "
                "tells it; or it was just switched off"};
    if (!unfound.empty())
        return {
            check.name, Outcome::Warning,
            fmt::format("host {} is heard, and DNS-SD does not find it", fmt::join(unfound, ", ")),
            "let UDP port 5353 (224.0.0.251) through; has the host network.dns_sd = false?"};
    check.finding =
        facts.found->empty()
            ? "no host is heard, and none is found by DNS-SD"
            : fmt::format("DNS-SD finds the {} heard",
                          counted(facts.found->size(), "host that is", "hosts that are"));
    return check;
}

}  // namespace midinet::control::cli
