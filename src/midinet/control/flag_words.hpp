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
                return word.empty() ? std::string("is empty; name a path") : std::string{};
            },
            ""};
}

/// Nothing when all is well. Precondition: the app has its program's name.
inline std::optional<DaemonExit> parse(CLI::App& app, int argc, const char* const* argv) {
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        std::ostringstream out;
        if (app.exit(error, out, out) == 0) return DaemonExit{out.str(), 0};
        const auto name = app.get_name();
        return DaemonExit{name + ": " + error.what() + "; `" + name + " --help` lists the flags\n",
                          2};
    }
    return std::nullopt;
}

}  // namespace midinet::control
