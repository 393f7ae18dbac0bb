// What the programs' command lines have in common. For the files that read one: CLI11 is heavy.
#pragma once

#include "control/daemon_flags.hpp"

#include <CLI/CLI.hpp>

#include <map>
#include <optional>
#include <sstream>
#include <string>

namespace midinet::control {

inline const std::map<std::string, LogLevel> kLevels{
    {"trace", LogLevel::Trace},     {"debug", LogLevel::Debug}, {"info", LogLevel::Info},
    {"warning", LogLevel::Warning}, {"error", LogLevel::Error}, {"off", LogLevel::Off}};
inline const std::map<std::string, LogFormat> kFormats{{"text", LogFormat::Text},
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
inline CLI::Validator not_empty() {
    return {[](const std::string& word) {
                return word.empty() ? std::string("is empty; say it, or leave the flag out")
                                    : std::string{};
            },
            ""};
}

/// What is interpreted only once all flags are read; empty: not given.
struct CommonWords {
    std::string config;
    std::string level;
    std::string format;
};

/// What every program that has a configuration offers. `Flags`: DaemonFlags or AdminFlags.
template <typename Flags>
void add_common_flags(CLI::App& app, Flags& flags, CommonWords& words) {
    app.add_option("--config", words.config, "Configuration file (TOML)")
        ->check(not_empty())
        ->type_name("FILE");
    app.add_option("--log-level", words.level, "trace, debug, info, warning, error or off")
        ->check(one_of(kLevels))
        ->type_name("LEVEL");
    app.add_option("--log-format", words.format, "text or json")
        ->check(one_of(kFormats))
        ->type_name("FORMAT");
    app.add_flag("--check-config", flags.check_config, "Check the configuration and exit");
    app.add_flag("--print-config", flags.print_config,
                 "Print the effective configuration and exit");
}
template <typename Flags>
void take_common(const CommonWords& words, Flags& flags) {
    if (!words.config.empty()) flags.config = words.config;
    if (!words.level.empty()) flags.log_level = kLevels.at(words.level);
    if (!words.format.empty()) flags.log_format = kFormats.at(words.format);
}

/// Nothing when all is well. Precondition: the app has its program's name.
inline std::optional<DaemonExit> parse(CLI::App& app, int argc, const char* const* argv) {
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        std::ostringstream out;
        if (app.exit(error, out, out) == 0) return DaemonExit{out.str(), 0};
        const auto& name = app.get_name();
        return DaemonExit{name + ": " + error.what() + "; `" + name + " --help` lists the flags\n",
                          2};
    }
    return std::nullopt;
}

}  // namespace midinet::control
