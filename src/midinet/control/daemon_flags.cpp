#include "control/daemon_flags.hpp"

#include <CLI/CLI.hpp>

#include <map>
#include <sstream>

namespace midinet::control {
namespace {

const std::map<std::string, LogLevel> kLevels{
    {"trace", LogLevel::Trace},     {"debug", LogLevel::Debug}, {"info", LogLevel::Info},
    {"warning", LogLevel::Warning}, {"error", LogLevel::Error}, {"off", LogLevel::Off}};
const std::map<std::string, LogFormat> kFormats{{"text", LogFormat::Text},
                                                {"json", LogFormat::Json}};

/// Accepts the names of `choices` and lists them when the word is none of them.
template <typename T>
CLI::Validator one_of(const std::map<std::string, T>& choices) {
    return CLI::Validator(
        [&choices](const std::string& word) {
            if (choices.count(word) != 0) return std::string{};
            std::string names;
            for (const auto& [name, value] : choices) names += (names.empty() ? "" : ", ") + name;
            return '"' + word + "\" is none of: " + names;
        },
        "");
}

/// A shell variable that is not set must not mean "the usual one".
CLI::Validator not_empty() {
    return {[](const std::string& word) {
                return word.empty() ? std::string("is empty; name a path") : std::string{};
            },
            ""};
}

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
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        std::ostringstream out;
        if (app.exit(error, out, out) == 0) return tl::unexpected(DaemonExit{out.str(), 0});
        const auto& name = description.name;
        return tl::unexpected(DaemonExit{
            name + ": " + error.what() + "; `" + name + " --help` lists the flags\n", 2});
    }
    if (!words.level.empty()) flags.log_level = kLevels.at(words.level);
    if (!words.format.empty()) flags.log_format = kFormats.at(words.format);
    if (!words.config.empty()) flags.config = words.config;
    if (!words.state_dir.empty()) flags.state_dir = words.state_dir;
    flags.inject_loss = percent / 100;
    return flags;
}

}  // namespace midinet::control
