// The parts of a configuration that hosts and clients have in common.
#pragma once

#include "control/logging.hpp"
#include "control/toml_document.hpp"
#include "control/toml_writer.hpp"
#include "io/datagram_socket.hpp"
#include "wire/constants.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace midinet::control {

/// [network], but for the stream's groups.
struct NetworkConfig {
    std::uint16_t data_port = wire::kDataPort;
    std::uint16_t heartbeat_port = wire::kHeartbeatPort;
    std::uint32_t control_group = io::parse_ipv4(wire::kControlGroup).value();
    std::uint16_t control_port = wire::kControlPort;
    std::uint16_t focus_port = wire::kFocusPort;  ///< on the control group: feedback
    std::vector<std::string> interfaces;          ///< empty: all usable ones
    std::vector<io::Endpoint> hosts;  ///< peers known beforehand; port 0 = the usual one
    bool dns_sd = true;               ///< a host announces itself, a client looks for hosts
    friend bool operator==(const NetworkConfig&, const NetworkConfig&) = default;
};

/// Most entries of `hosts`: as many as a client asks for leases.
inline constexpr std::size_t kMostHosts = 16;

/// [log]
struct LogConfig {
    LogLevel level = LogLevel::Info;
    LogFormat format = LogFormat::Text;
    friend bool operator==(const LogConfig&, const LogConfig&) = default;
};

/// The speed of serial lines. Units: bit/s.
inline constexpr std::uint32_t kDefaultBaud = 31'250;

/// Whether `text` is "auto", or one of `schemes` ("hw", "stream" …), a colon and something more.
bool names_endpoint(const std::string& text, std::initializer_list<std::string_view> schemes);

/// The list `key`s that gives one of `key` to each device; empty: the key goes for them. Complains
/// when both are there, or there are more than wire::kMaxDevices.
template <typename Parse>
std::vector<std::string> read_plural(TomlTable& table, const std::string& key,
                                     const std::string& expected, Parse parse) {
    const std::string plural = key + "s";
    std::vector<std::string> values;
    table.read_list(plural, values, expected, parse);
    if (!values.empty() && table.has(key))
        table.refuse(plural, "only one of " + key + " and " + plural + ": remove " + key);
    if (values.size() > wire::kMaxDevices)
        table.refuse(plural, "at most " + std::to_string(wire::kMaxDevices) + " entries");
    return values;
}

/// Reads a whole number of `Unit`s.
template <typename Unit>
void read_duration(TomlTable& table, std::string_view key, Duration& value, IntegerRange range) {
    std::int64_t count = std::chrono::duration_cast<Unit>(value).count();
    table.read(key, count, range);
    value = Unit{count};
}

struct NamedPort {
    std::string_view key;
    std::uint16_t port = 0;
};
/// All UDP ports of [network].
std::array<NamedPort, 4> ports_of(const NetworkConfig& config);

// Each reads its keys out of the table, which the caller then finishes.
void read_network(TomlTable& network, NetworkConfig& config);
void read_group(TomlTable& network, std::string_view key, std::uint32_t& group);
void read_baud(TomlTable& midi, std::uint32_t& baud);
void read_log(TomlTable& root, LogConfig& config);

void write_network(TomlWriter& writer, const NetworkConfig& config);
void write_log(TomlWriter& writer, const LogConfig& config);

}  // namespace midinet::control
