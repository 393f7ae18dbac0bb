// What midi-admin is told: by its file, which may be the host's, and by its command line.
#pragma once

#include "base/result.hpp"
#include "control/config_sections.hpp"
#include "control/daemon_flags.hpp"
#include "control/ip_range.hpp"
#include "io/ip_address.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace midinet::control {

/// [admin], [network] and [log]; sections of the host and of clients are left to them.
struct AdminConfig {
    io::IpEndpoint listen{io::IpAddress{}, 8080};  ///< [::] takes IPv4, too
    std::vector<std::string> hosts;  ///< names that this server is known under, lower case
    std::string tls_cert;            ///< both or neither
    std::string tls_key;
    std::string data_dir = "/var/lib/midinet";    ///< of history and alert rules
    std::int64_t keep_seconds_h = 1;              ///< history by the second. Units: h
    std::int64_t keep_minutes_d = 7;              ///< by the minute. Units: days
    std::int64_t keep_hours_d = 365;              ///< by the hour, and events. Units: days
    std::vector<IpRange> webhook_private_ranges;  ///< where webhooks may go, though it is private
    NetworkConfig network;
    LogConfig log;
    friend bool operator==(const AdminConfig&, const AdminConfig&) = default;
};

/// "0.0.0.0:8080", "[::1]:8080"; nothing when it is no such thing. Port 0: any free one.
std::optional<io::IpEndpoint> parse_listen(const std::string& text);

/// Errors (exit code 2): as load_client_config().
Result<AdminConfig> load_admin_config(const std::filesystem::path& path);
Result<AdminConfig> parse_admin_config(std::string_view text, const std::string& name);
/// The whole effective configuration as TOML: reading it gives `config` again.
std::string print_config(const AdminConfig& config);

struct AdminFlags {
    std::optional<std::filesystem::path> config;
    std::optional<io::IpEndpoint> listen;
    std::optional<std::string> token;  ///< wins over MIDINET_API_TOKEN
    std::optional<std::string> data_dir;
    std::optional<std::string> tls_cert;
    std::optional<std::string> tls_key;
    std::optional<LogLevel> log_level;
    std::optional<LogFormat> log_format;
    bool check_config = false;
    bool print_config = false;
};
/// Or what to print and the code to exit with, as parse_daemon_flags().
tl::expected<AdminFlags, DaemonExit> parse_admin_flags(const std::string& version, int argc,
                                                       const char* const* argv);
/// Flags go before the file. Errors (exit code 2): of the two TLS files there is one.
Result<AdminConfig> with_flags(AdminConfig config, const AdminFlags& flags);

}  // namespace midinet::control
