#include "control/cli/api/config_text.hpp"

#include "control/cli/api/json_words.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <map>
#include <vector>

namespace midinet::control::cli {
namespace {

/// The more is to be done the greater.
int weight(const std::string& takes) {
    return takes == "restart" ? 3 : takes == "reload" ? 2 : takes == "at_once" ? 1 : 0;
}

const char* sentence(const std::string& takes) {
    switch (weight(takes)) {
        case 3:
            return "is to be started anew";
        case 2:
            return "is to be told to reload";
        default:
            return "takes it at once";
    }
}

struct Section {
    std::map<std::string, std::string> takes;  ///< by program, what takes most
    std::vector<std::string> lines;
};

void raise(std::map<std::string, std::string>& all, const std::string& program,
           const std::string& takes) {
    auto& most = all[program];
    if (most.empty() || weight(takes) > weight(most)) most = takes;
}

std::string programs(const std::map<std::string, std::string>& takes) {
    std::vector<std::string> parts;
    for (const auto& [program, what] : takes)
        if (weight(what) > 0) parts.push_back(program + ' ' + sentence(what));
    return parts.empty() ? "no program uses it" : fmt::format("{}", fmt::join(parts, ", "));
}

std::map<std::string, Section> sections_of(const JsonValue& answer) {
    std::map<std::string, Section> sections;
    for (const auto& one : list(answer, "keys")) {
        const auto key = words(one, "key");
        const auto dot = key.rfind('.');
        auto& section = sections[dot == std::string::npos ? "" : key.substr(0, dot)];
        const auto takes = get(one, "takes");
        if (takes.is_object())
            for (const auto& [program, what] : takes.items())
                raise(section.takes, program, words(what));
        section.lines.push_back(fmt::format("  {}: {} -> {}\n", key, get(one, "before").dump(),
                                            get(one, "after").dump()));
    }
    return sections;
}

}  // namespace

std::string config_change_text(const JsonValue& answer) {
    std::string text;
    for (const auto& [name, section] : sections_of(answer)) {
        text += fmt::format("[{}] {}\n", name, programs(section.takes));
        for (const auto& line : section.lines) text += line;
    }
    std::string warnings;
    for (const auto& one : list(answer, "warnings"))
        warnings += "warning: " + words(one, "text") + '\n';
    if (!text.empty()) return text + warnings;
    return warnings + (get(answer, "diff").is_string() && !words(answer, "diff").empty()
                           ? "no key changes, only comments and their like\n"
                           : "nothing changes\n");
}

std::string config_done_text(const JsonValue& answer) {
    if (is_true(answer, "dry_run")) return {};
    std::map<std::string, std::string> takes;
    for (const auto& [name, section] : sections_of(answer))
        for (const auto& [program, what] : section.takes) raise(takes, program, what);
    std::string text = get(answer, "version").is_null()
                           ? "done\n"
                           : "version " + words(answer, "version") + " is in force\n";
    if (const auto trial = get(answer, "trial"); trial.is_object())
        text += fmt::format("taken back at {} unless you say `midinet-cli config confirm`\n",
                            words(trial, "until"));
    for (const auto& [program, what] : takes)
        if (weight(what) >= 2)
            text += fmt::format("{} {}: systemctl {} {}\n", program, sentence(what), what,
                                program == "midi-host" ? "midinet-host" : "midinet-admin");
    return text;
}

}  // namespace midinet::control::cli
