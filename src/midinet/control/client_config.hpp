// What a client is told by its configuration file. All of it is optional.
#pragma once

#include "base/result.hpp"
#include "base/time.hpp"
#include "control/config_sections.hpp"
#include "control/failover_policy.hpp"
#include "midi/pipeline_settings.hpp"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace midinet::control {

/// [midi.controls]: rules that say how controls behave, as written; each is well
/// formed.
struct ControlRules {
    std::vector<std::string> relative;
    std::vector<std::string> momentary;
    friend bool operator==(const ControlRules&, const ControlRules&) = default;
};

/// [midi]
struct ClientMidiConfig {
    std::string device_name;  ///< empty: the name of the host's device
    std::string port = "auto";
    std::string gadget_udc;         ///< which USB device controller; empty: the first free one
    std::string feedback = "port";  ///< where applications' feedback comes from; or "none"
    std::uint32_t baud = kDefaultBaud;
    ControlRules controls;
    friend bool operator==(const ClientMidiConfig&, const ClientMidiConfig&) = default;
};

/// What a client's network is like, and so how long a silence may be.
enum class Link : std::uint8_t { Wired, Wifi };

/// [failover]
struct ClientFailoverConfig {
    Duration jitter_buffer{};
    Link link = Link::Wired;
    bool adaptive = true;  ///< near misses raise the silence that is borne
    friend bool operator==(const ClientFailoverConfig&, const ClientFailoverConfig&) = default;
};

/// Every key has the value of its file, or the default written here.
struct ClientConfig {
    std::uint32_t primary_group = io::parse_ipv4(wire::kPrimaryGroup).value();
    std::uint32_t standby_group = io::parse_ipv4(wire::kStandbyGroup).value();
    NetworkConfig network;
    ClientMidiConfig midi;               ///< of the first device, and of others what is no list
    std::vector<std::uint8_t> devices;   ///< which of the hosts' to play; empty: all of them
    std::vector<std::string> ports;      ///< one for each; empty: midi.port
    std::vector<std::string> names;      ///< likewise, of midi.device_name
    std::vector<std::string> feedbacks;  ///< likewise, of midi.feedback
    DeviceSlot slot{1};                  ///< whose configuration this is; see device_config()
    ClientFailoverConfig failover;
    bool auto_claim = true;           ///< [focus]
    midi::PipelineSettings pipeline;  ///< [pipeline]: its own one, behind that of the hosts
    LogConfig log;
    friend bool operator==(const ClientConfig&, const ClientConfig&) = default;
};

/// The devices that are played whether or not a host has been heard: those that are named, else the
/// first.
std::vector<DeviceSlot> devices_at_start(const ClientConfig& config);
/// What one device is played by: its own [midi] and ports. Errors: why the configuration has no
/// port for it.
Result<ClientConfig> device_config(ClientConfig config, DeviceSlot slot);

/// How such a link is judged. Wi-Fi holds everything back for tens of milliseconds now and then
/// (scans, power saving), and no host is to die of that.
FailoverOptions failover_options(const ClientFailoverConfig& config) noexcept;

/// Errors (exit code 2): "client.toml:12:5: network.data_port is …; expected …", the first one in
/// the file.
Result<ClientConfig> load_client_config(const std::filesystem::path& path);
/// `name` is what errors call the text.
Result<ClientConfig> parse_client_config(std::string_view text, const std::string& name);

/// The whole effective configuration as TOML: reading it gives `config` again.
std::string print_config(const ClientConfig& config);

}  // namespace midinet::control
