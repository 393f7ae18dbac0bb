// The command line of midi-host and midi-client.
#pragma once

#include "base/result.hpp"
#include "control/logging.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace midinet::control {

struct DaemonFlags {
    std::optional<std::filesystem::path> config;
    std::optional<LogLevel> log_level;
    std::optional<LogFormat> log_format;
    std::optional<std::filesystem::path> state_dir;
    bool check_config = false;
    bool print_config = false;
    double inject_loss = 0;  ///< share of received datagrams to drop on purpose. Range: 0..1
    std::uint64_t inject_seed = 1;
    bool status_lines =
        false;  ///< one JSON object a second on stdout, for the demo and for scripts
    bool no_realtime = false;
};

/// What a daemon says of itself in `--help` and `--version`.
struct DaemonDescription {
    std::string name;
    std::string purpose;
    std::string version;
    bool client = false;  ///< offers what only a client has
};

/// The flags, or what to print and the code to exit with (0 for --help and --version, 2 for a usage
/// error).
struct DaemonExit {
    std::string text;
    int code = 0;
};
tl::expected<DaemonFlags, DaemonExit> parse_daemon_flags(const DaemonDescription& description,
                                                         int argc, const char* const* argv);

}  // namespace midinet::control
