// What a host is told by its configuration file.
#pragma once

#include "base/result.hpp"
#include "base/time.hpp"
#include "base/types.hpp"
#include "control/config_sections.hpp"
#include "control/ip_range.hpp"
#include "control/switch_gate.hpp"
#include "midi/pipeline_settings.hpp"
#include "wire/heartbeat.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace midinet::control {

/// [heartbeat]
struct HeartbeatConfig {
    Duration interval = wire::kHeartbeatInterval;
    unsigned miss_threshold = wire::kMissThreshold;
    friend bool operator==(const HeartbeatConfig&, const HeartbeatConfig&) = default;
};

/// [midi.file]: how a `file:` device is played.
struct PlaybackConfig {
    double rate = 1.0;
    bool loop = false;
    bool exit_at_end = false;  ///< the host ends when the file does
    Duration lead_in = 1s;     ///< from opening to the first moment of the file
    friend bool operator==(const PlaybackConfig&, const PlaybackConfig&) = default;
};

/// [midi.pair]: a second controller that takes the first one's place.
struct PairConfig {
    std::string standby;              ///< as HostMidiConfig::device; empty: there is none
    std::string feedback = "device";  ///< as HostMidiConfig::feedback, while the standby is read
    bool returns = false;             ///< to the first one as soon as it is there again
    friend bool operator==(const PairConfig&, const PairConfig&) = default;
};

/// [midi]
struct HostMidiConfig {
    std::string device = "auto";
    std::string feedback = "device";  ///< where what applications send back goes; or "none"
    std::uint32_t baud = kDefaultBaud;
    PlaybackConfig file;
    PairConfig pair;
    friend bool operator==(const HostMidiConfig&, const HostMidiConfig&) = default;
};

/// One of the devices after the first: as in [midi].
struct FurtherDevice {
    std::string device;
    std::string feedback = "device";
    friend bool operator==(const FurtherDevice&, const FurtherDevice&) = default;
};

/// What a host is to the other hosts of a show.
enum class FailoverMode : std::uint8_t {
    Standby,  ///< one of several, each with a controller of its own
    Mirror,   ///< one of several that one controller is split into
    Relay,    ///< says again what another host says
};
enum class SwitchBack : std::uint8_t { Manual, Auto };

/// [failover.triggers.midi]
struct MidiTriggerConfig {
    bool enabled = false;
    std::uint8_t channel = 16;              ///< Range: 1..16, as on the surface
    std::uint8_t note = 127;                ///< Range: 0..127
    std::uint8_t velocity_threshold = 100;  ///< a press must be above. Range: 0..126
    std::uint8_t guard_note = 0;            ///< held while pressing; 0 = none
    friend bool operator==(const MidiTriggerConfig&, const MidiTriggerConfig&) = default;
};

/// [failover.triggers.osc]
struct OscTriggerConfig {
    bool enabled = false;
    std::uint16_t listen_port = 8000;
    std::string address = "/midinet/failover/switch";
    std::vector<IpRange> allowed_sources{IpRange::parse("192.168.1.0/24").value()};
    friend bool operator==(const OscTriggerConfig&, const OscTriggerConfig&) = default;
};

/// [failover]: what the host tells its clients to do, and what it does itself with a trigger.
struct HostFailoverConfig {
    FailoverMode mode = FailoverMode::Standby;
    SourceId relay_of{};            ///< mode Relay: whom; 0 otherwise
    std::uint32_t relay_group = 0;  ///< where that host sends. Default: 239.69.83.1
    bool auto_enabled = true;
    wire::Takeover values = wire::Takeover::Adopt;
    SwitchBack switch_back_policy = SwitchBack::Manual;
    Duration lockout = 5s;
    Confirmation confirmation_mode = Confirmation::Immediate;
    MidiTriggerConfig midi;
    OscTriggerConfig osc;
    friend bool operator==(const HostFailoverConfig&, const HostFailoverConfig&) = default;
};

/// Every key has the value of its file, or the default written here.
struct HostConfig {
    HostId id{1};
    std::string name;  ///< default: "host-<id>"
    /// Default: 239.69.83.1 for host 1, 239.69.83.2 for any other.
    std::uint32_t multicast_group = 0;
    NetworkConfig network;
    HeartbeatConfig heartbeat;
    HostMidiConfig midi;
    std::vector<FurtherDevice> further;  ///< devices 2 and above
    DeviceSlot slot{1};                  ///< whose configuration this is; see device_config()
    HostFailoverConfig failover;
    midi::PipelineSettings pipeline;  ///< of all devices
    LogConfig log;
    std::uint8_t device_count() const noexcept {
        return static_cast<std::uint8_t>(1 + further.size());
    }
    friend bool operator==(const HostConfig&, const HostConfig&) = default;
};

/// `loaded`, but what cannot change while the host runs as `running` has it: mode and triggers.
HostFailoverConfig after_reload(const HostFailoverConfig& running, HostFailoverConfig loaded);
/// Names of what differs and needs a restart, with commas between; empty when nothing does.
/// Precondition: `running` has taken over all that can change while it runs.
std::string waits_for_restart(const HostConfig& running, const HostConfig& loaded);

/// What the standby of a pair is called where devices are told apart.
inline constexpr DeviceSlot kStandbySlot{wire::kMaxDevices + 1};
/// `config` with the standby of its pair as the device, and its feedback; nothing without a pair.
/// The pair is the first device's.
std::optional<HostConfig> standby_input(const HostConfig& config);
/// All of them.
std::vector<DeviceSlot> devices_of(const HostConfig& config);
/// What one device of the host is run by: its own [midi] and ports. OSC is listened to for the
/// first one, and means all. Errors: there are fewer devices.
Result<HostConfig> device_config(HostConfig config, DeviceSlot slot);

/// What the host's heartbeats and identity say it is.
wire::Role role(const HostConfig& config) noexcept;

/// What the host's heartbeats tell clients to do.
wire::FailoverPolicy failover_policy(const HostConfig& config) noexcept;

/// What a host does without any file.
HostConfig default_host_config();

/// Errors (exit code 2): "host.toml:12:5: network.data_port is …; expected …", the first one in the
/// file.
Result<HostConfig> load_host_config(const std::filesystem::path& path);
/// `name` is what errors call the text.
Result<HostConfig> parse_host_config(std::string_view text, const std::string& name);

/// The whole effective configuration as TOML: reading it gives `config` again.
std::string print_config(const HostConfig& config);

}  // namespace midinet::control
