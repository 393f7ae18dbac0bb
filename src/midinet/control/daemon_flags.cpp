#include "control/daemon_flags.hpp"

#include <CLI/CLI.hpp>

#include <map>
#include <sstream>

namespace midinet::control {
namespace {

const std::map<std::string, LogLevel> kLevels{{"trace", LogLevel::Trace}, {"debug", LogLevel::Debug},
                                              {"info", LogLevel::Info},   {"warning", LogLevel::Warning},
                                              {"error", LogLevel::Error}, {"off", LogLevel::Off}};
const std::map<std::string, LogFormat> kFormats{{"text", LogFormat::Text}, {"json", LogFormat::Json}};

void add_client_flags(CLI::App& app, DaemonFlags& flags, double& percent) {
    app.add_option("--inject-loss", percent, "Drop this percentage of received datagrams on purpose (rehearsals, demo)")
        ->check(CLI::Range(0.0, 100.0));
    app.add_option("--inject-seed", flags.inject_seed, "Which datagrams --inject-loss drops");
    app.add_flag("--status-lines", flags.status_lines, "Print one JSON object a second to stdout");
}

}  // namespace

tl::expected<DaemonFlags, DaemonExit> parse_daemon_flags(const DaemonDescription& description, int argc,
                                                         const char* const* argv) {
    CLI::App app{description.purpose, description.name};
    DaemonFlags flags;
    std::string config;
    std::string state_dir;
    double percent = 0;
    app.add_option("--config", config, "Configuration file (TOML)")->type_name("FILE");
    app.set_version_flag("--version", description.name + " " + description.version);
    app.add_option("--log-level", flags.log_level, "trace, debug, info, warning, error or off")
        ->transform(CLI::CheckedTransformer(kLevels).description(""))
        ->type_name("LEVEL");
    app.add_option("--log-format", flags.log_format, "text or json")
        ->transform(CLI::CheckedTransformer(kFormats).description(""))
        ->type_name("FORMAT");
    app.add_option("--state-dir", state_dir, "Where epochs and ids are remembered")->type_name("DIR");
    app.add_flag("--check-config", flags.check_config, "Check the configuration and exit");
    app.add_flag("--print-config", flags.print_config, "Print the effective configuration and exit");
    app.add_flag("--no-realtime", flags.no_realtime, "Do not ask for real-time priority and locked memory");
    if (description.client) add_client_flags(app, flags, percent);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        std::ostringstream out;
        std::ostringstream err;
        const int code = app.exit(error, out, err);
        return tl::unexpected(DaemonExit{out.str() + err.str(), code == 0 ? 0 : 2});
    }
    if (!config.empty()) flags.config = config;
    if (!state_dir.empty()) flags.state_dir = state_dir;
    flags.inject_loss = percent / 100;
    return flags;
}

}  // namespace midinet::control
