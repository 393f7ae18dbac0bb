#include "control/failover_config.hpp"

#include "control/device_slots.hpp"

#include <array>
#include <utility>

namespace midinet::control {
namespace {

using std::chrono::seconds;

std::optional<SwitchBack> parse_switch_back(const std::string& text) {
    if (text == "manual") return SwitchBack::Manual;
    if (text == "auto") return SwitchBack::Auto;
    return std::nullopt;
}

constexpr std::array<std::pair<std::string_view, FailoverMode>, 3> kModes{
    {{"standby", FailoverMode::Standby},
     {"mirror", FailoverMode::Mirror},
     {"relay", FailoverMode::Relay}}};

std::optional<FailoverMode> parse_mode(const std::string& text) {
    for (const auto& [name, mode] : kModes)
        if (name == text) return mode;
    return std::nullopt;
}

std::string_view mode_text(FailoverMode mode) {
    return kModes.at(static_cast<std::size_t>(mode)).first;
}

constexpr std::array<std::pair<std::string_view, wire::Takeover>, 3> kTakeovers{
    {{"adopt", wire::Takeover::Adopt},
     {"keep", wire::Takeover::Keep},
     {"pickup", wire::Takeover::Pickup}}};

std::optional<wire::Takeover> parse_takeover(const std::string& text) {
    for (const auto& [name, takeover] : kTakeovers)
        if (name == text) return takeover;
    return std::nullopt;
}

std::string_view takeover_text(wire::Takeover takeover) {
    return kTakeovers.at(static_cast<std::size_t>(takeover)).first;
}

std::optional<Confirmation> parse_confirmation(const std::string& text) {
    if (text == "immediate") return Confirmation::Immediate;
    if (text == "confirm") return Confirmation::Confirm;
    return std::nullopt;
}

/// An OSC address pattern is not an address (OSC 1.0: these characters match), and each part of
/// one has a name ("//" of OSC 1.1 is a pattern, too: any way down).
std::optional<std::string> parse_osc_address(const std::string& text) {
    const bool legal = text.starts_with('/') && !text.ends_with('/') &&
                       text.find("//") == std::string::npos &&
                       text.find_first_of(" #*,?[]{}") == std::string::npos;
    return legal ? std::optional{text} : std::nullopt;
}

void read_midi_trigger(TomlTable& triggers, MidiTriggerConfig& config) {
    TomlTable midi = triggers.table("midi");
    midi.read("enabled", config.enabled);
    midi.read("channel", config.channel, IntegerRange{1, 16});
    midi.read("note", config.note, IntegerRange{0, 127});
    midi.read("velocity_threshold", config.velocity_threshold, IntegerRange{0, 126});
    midi.read("guard_note", config.guard_note, IntegerRange{0, 127});
    if (config.guard_note != 0 && config.guard_note == config.note)
        midi.refuse(midi.has("guard_note") ? "guard_note" : "note",
                    "different notes for note and guard_note");
    midi.finish();
}

void read_osc_trigger(TomlTable& triggers, const HostConfig& host, OscTriggerConfig& config) {
    TomlTable osc = triggers.table("osc");
    osc.read("enabled", config.enabled);
    osc.read("listen_port", config.listen_port, IntegerRange{1, 65'535});
    for (std::uint8_t device = 1; device <= host.device_count(); ++device)
        for (const auto& used : ports_of(network_of(host.network, {device})))
            if (config.enabled && used.port == config.listen_port)
                osc.refuse(osc.has("listen_port") ? "listen_port" : "enabled",
                           "a listen_port other than " +
                               (device > 1 ? "device " + std::to_string(device) + "'s " : "") +
                               "network." + std::string(used.key) + ", which is " +
                               std::to_string(used.port));
    osc.read("address", config.address, "an OSC address, such as \"/midinet/failover/switch\"",
             parse_osc_address);
    osc.read_list("allowed_sources", config.allowed_sources,
                  "an IPv4 or IPv6 network, such as \"192.168.1.0/24\" or \"fd00::/8\", or address",
                  IpRange::parse);
    osc.refuse_twins("allowed_sources");
    osc.finish();
}

void read_mode(TomlTable& failover, const HostConfig& host, HostFailoverConfig& config) {
    config.relay_group = io::parse_ipv4(wire::kPrimaryGroup).value();
    failover.read("mode", config.mode, "\"standby\", \"mirror\" or \"relay\"", parse_mode);
    failover.read("relay_of", config.relay_of.value, IntegerRange{0, 65'534});
    read_group(failover, "relay_group", config.relay_group);
    if (config.mode != FailoverMode::Relay) {
        if (config.relay_of.value != 0)
            failover.refuse("relay_of", "0, because mode is not \"relay\"");
        return;
    }
    if (config.relay_of.value == 0)
        failover.refuse("mode", "relay_of with it: the id of the host that is relayed");
    else if (config.relay_of.value == host.id.value)
        failover.refuse("relay_of", "another host's id than host.id");
    if (config.relay_group == host.multicast_group)
        failover.refuse(failover.has("relay_group") ? "relay_group" : "mode",
                        "different addresses for relay_group and network.multicast_group");
}

}  // namespace

void read_failover(TomlTable& root, HostConfig& host) {
    HostFailoverConfig& config = host.failover;
    TomlTable failover = root.table("failover");
    read_mode(failover, host, config);
    failover.read("auto_enabled", config.auto_enabled);
    failover.read("values", config.values, "\"adopt\", \"keep\" or \"pickup\"", parse_takeover);
    failover.read("switch_back_policy", config.switch_back_policy, "\"manual\" or \"auto\"",
                  parse_switch_back);
    read_duration<seconds>(failover, "lockout_seconds", config.lockout, {0, 3600});
    failover.read("confirmation_mode", config.confirmation_mode, "\"immediate\" or \"confirm\"",
                  parse_confirmation);
    TomlTable triggers = failover.table("triggers");
    read_midi_trigger(triggers, config.midi);
    read_osc_trigger(triggers, host, config.osc);
    triggers.finish();
    failover.finish();
}

void write_failover(TomlWriter& writer, const HostFailoverConfig& config) {
    writer.table("failover");
    writer.key("mode", std::string(mode_text(config.mode)));
    writer.key("relay_of", config.relay_of.value);
    writer.key("relay_group", address_text(config.relay_group));
    writer.key("auto_enabled", config.auto_enabled);
    writer.key("values", std::string(takeover_text(config.values)));
    writer.key("switch_back_policy",
               config.switch_back_policy == SwitchBack::Auto ? "auto" : "manual");
    writer.key("lockout_seconds", std::chrono::duration_cast<seconds>(config.lockout).count());
    writer.key("confirmation_mode",
               config.confirmation_mode == Confirmation::Confirm ? "confirm" : "immediate");
    writer.table("failover.triggers.midi");
    writer.key("enabled", config.midi.enabled);
    writer.key("channel", config.midi.channel);
    writer.key("note", config.midi.note);
    writer.key("velocity_threshold", config.midi.velocity_threshold);
    writer.key("guard_note", config.midi.guard_note);
    writer.table("failover.triggers.osc");
    writer.key("enabled", config.osc.enabled);
    writer.key("listen_port", config.osc.listen_port);
    writer.key("address", config.osc.address);
    writer.list("allowed_sources", config.osc.allowed_sources,
                [](const IpRange& range) { return to_string(range); });
}

}  // namespace midinet::control
