#include "control/config_sections.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace midinet::control {
namespace {

constexpr IntegerRange kPorts{1, 65'535};

constexpr std::array<std::pair<std::string_view, LogLevel>, 6> kLevels{
    {{"trace", LogLevel::Trace},
     {"debug", LogLevel::Debug},
     {"info", LogLevel::Info},
     {"warning", LogLevel::Warning},
     {"error", LogLevel::Error},
     {"off", LogLevel::Off}}};

std::optional<LogLevel> parse_level(const std::string& text) {
    for (const auto& [name, level] : kLevels)
        if (name == text) return level;
    return std::nullopt;
}

std::optional<LogFormat> parse_format(const std::string& text) {
    if (text == "text") return LogFormat::Text;
    if (text == "json") return LogFormat::Json;
    return std::nullopt;
}

/// Linux names interfaces with at most 15 bytes; other systems with words.
std::optional<std::string> parse_interface(const std::string& text) {
    return text.empty() ? std::nullopt : std::optional{text};
}

void read_interfaces(TomlTable& network, std::vector<std::string>& interfaces) {
    const std::string expected = "the name of a network interface, such as \"eth0\"";
    std::string single;
    network.read("interface", single, expected, parse_interface);
    if (!single.empty()) interfaces = {single};
    network.read_list("interfaces", interfaces, expected, parse_interface);
    network.refuse_twins("interfaces");
    if (network.has("interface") && network.has("interfaces"))
        network.refuse("interfaces", "only one of interface and interfaces: remove interface");
}

/// Of two that are equal the one that is written is wrong; of two written ones the later.
void refuse_equal_ports(TomlTable& network, const NetworkConfig& config) {
    const auto ports = ports_of(config);
    for (const auto& later : ports)
        for (const auto& earlier : ports) {
            if (&earlier == &later) break;
            if (earlier.port != later.port) continue;
            const bool late = network.has(later.key);
            network.refuse(
                late ? later.key : earlier.key,
                "another port than " + std::string(late ? earlier.key : later.key) + " uses");
        }
}

}  // namespace

std::array<NamedPort, 4> ports_of(const NetworkConfig& config) {
    return {{{"data_port", config.data_port},
             {"heartbeat_port", config.heartbeat_port},
             {"control_port", config.control_port},
             {"focus_port", config.focus_port}}};
}

bool names_endpoint(const std::string& text, std::initializer_list<std::string_view> schemes) {
    if (text.find('\0') != std::string::npos) return false;
    return text == "auto" ||
           std::any_of(schemes.begin(), schemes.end(), [&](std::string_view scheme) {
               return text.size() > scheme.size() + 1 && text.starts_with(scheme) &&
                      text[scheme.size()] == ':';
           });
}

void read_group(TomlTable& network, std::string_view key, std::uint32_t& group) {
    network.read(key, group, "an IPv4 multicast address, 224.0.0.0 to 239.255.255.255, in quotes",
                 parse_multicast);
}

void read_baud(TomlTable& midi, std::uint32_t& baud) {
    midi.read("baud", baud, IntegerRange{50, 4'000'000});
}

void read_network(TomlTable& network, NetworkConfig& config) {
    network.read("data_port", config.data_port, kPorts);
    network.read("heartbeat_port", config.heartbeat_port, kPorts);
    read_group(network, "control_group", config.control_group);
    network.read("control_port", config.control_port, kPorts);
    network.read("focus_port", config.focus_port, kPorts);
    refuse_equal_ports(network, config);
    read_interfaces(network, config.interfaces);
    network.read_list("hosts", config.hosts,
                      "the IPv4 address of a host, such as \"10.0.0.7\" or \"10.0.0.7:5004\"",
                      parse_peer);
    network.refuse_twins("hosts");
    if (config.hosts.size() > kMostHosts)
        network.refuse("hosts", "at most " + std::to_string(kMostHosts) + " hosts");
    network.read("dns_sd", config.dns_sd);
}

void read_log(TomlTable& root, LogConfig& config) {
    TomlTable log = root.table("log");
    log.read("level", config.level,
             "\"trace\", \"debug\", \"info\", \"warning\", \"error\" or \"off\"", parse_level);
    log.read("format", config.format, "\"text\" or \"json\"", parse_format);
    log.finish();
}

void write_network(TomlWriter& writer, const NetworkConfig& config) {
    writer.key("data_port", config.data_port);
    writer.key("heartbeat_port", config.heartbeat_port);
    writer.key("control_group", address_text(config.control_group));
    writer.key("control_port", config.control_port);
    writer.key("focus_port", config.focus_port);
    writer.key("interfaces", config.interfaces);
    writer.list("hosts", config.hosts, peer_text);
    writer.key("dns_sd", config.dns_sd);
}

void write_log(TomlWriter& writer, const LogConfig& config) {
    const auto* const level = std::find_if(kLevels.begin(), kLevels.end(), [&](const auto& entry) {
        return entry.second == config.level;
    });
    writer.table("log");
    writer.key("level", std::string(level->first));
    writer.key("format", config.format == LogFormat::Json ? "json" : "text");
}

}  // namespace midinet::control
