#include "control/daemon_flags.hpp"

#include "control/flag_words.hpp"

namespace midinet::control {
namespace {

/// CLI::Range lets "nan" through: it compares as neither too small nor too large.
CLI::Validator percentage() {
    return {[](const std::string& word) {
                double value = -1;
                const bool good =
                    CLI::detail::lexical_cast(word, value) && value >= 0.0 && value <= 100.0;
                return good ? std::string{} : '"' + word + "\" is not a percentage from 0 to 100";
            },
            ""};
}

/// What is interpreted only once all flags are read.
struct Words {
    std::string config;
    std::string state_dir;
    std::string level;
    std::string format;
};

void add_flags(CLI::App& app, DaemonFlags& flags, Words& words) {
    app.add_option("--config", words.config, "Configuration file (TOML)")
        ->check(not_empty())
        ->type_name("FILE");
    app.add_option("--log-level", words.level, "trace, debug, info, warning, error or off")
        ->check(one_of(kLevels))
        ->type_name("LEVEL");
    app.add_option("--log-format", words.format, "text or json")
        ->check(one_of(kFormats))
        ->type_name("FORMAT");
    app.add_option("--state-dir", words.state_dir, "Where epochs and ids are remembered")
        ->check(not_empty())
        ->type_name("DIR");
    app.add_flag("--check-config", flags.check_config, "Check the configuration and exit");
    app.add_flag("--print-config", flags.print_config,
                 "Print the effective configuration and exit");
    app.add_flag("--no-realtime", flags.no_realtime,
                 "Do not ask for real-time priority and locked memory");
}

void add_client_flags(CLI::App& app, DaemonFlags& flags, double& percent) {
    app.add_option("--inject-loss", percent,
                   "Drop this percentage of received datagrams on purpose (rehearsals, demo)")
        ->check(percentage());
    app.add_option("--inject-seed", flags.inject_seed, "Which datagrams --inject-loss drops")
        ->check(CLI::NonNegativeNumber);
    app.add_flag("--status-lines", flags.status_lines, "Print one JSON object a second to stdout");
}

}  // namespace

tl::expected<DaemonFlags, DaemonExit> parse_daemon_flags(const DaemonDescription& description,
                                                         int argc, const char* const* argv) {
    CLI::App app{description.purpose, description.name};
    DaemonFlags flags;
    Words words;
    double percent = 0;
    app.set_version_flag("--version", description.name + " " + description.version);
    add_flags(app, flags, words);
    if (description.client) add_client_flags(app, flags, percent);
    if (auto exit = parse(app, argc, argv)) return tl::unexpected(*exit);
    if (!words.level.empty()) flags.log_level = kLevels.at(words.level);
    if (!words.format.empty()) flags.log_format = kFormats.at(words.format);
    if (!words.config.empty()) flags.config = words.config;
    if (!words.state_dir.empty()) flags.state_dir = words.state_dir;
    flags.inject_loss = percent / 100;
    return flags;
}

}  // namespace midinet::control
