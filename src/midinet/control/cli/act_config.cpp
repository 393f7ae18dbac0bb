#include "control/cli/acts.hpp"
#include "control/cli/config_files.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace midinet::control::cli {
namespace {

ConfigKind kind_for(const Order& order) {
    if (order.kind == "client") return ConfigKind::Client;
    return order.kind == "host" ? ConfigKind::Show : kind_of(order.files.front());
}

int check(const Order& order, const Tools& tools) {
    const auto& file = order.files.front();
    const auto sentences = check_config(file, kind_for(order));
    const auto code = number(sentences.empty() ? ExitCode::Ok : ExitCode::Usage);
    JsonValue warnings = JsonValue::array();
    for (const auto& one : config_misfits(file, kind_for(order), tools.here))
        warnings.push_back(one.text);
    if (order.request.json) {
        tools.print(dump(JsonValue{{"command", "config"},
                                   {"action", "check"},
                                   {"file", file},
                                   {"errors", sentences},
                                   {"warnings", warnings},
                                   {"exit_code", code}}) +
                    '\n');
        return code;
    }
    for (const auto& sentence : sentences) tools.complain(sentence);
    for (const auto& warning : warnings) tools.complain("warning: " + warning.get<std::string>());
    if (sentences.empty()) tools.print(file + " is good\n");
    return code;
}

const char* when(const ConfigDifference& one) {
    return one.restarts ? "at the next start of" : "on reload of";
}

int diff(const Order& order, const Tools& tools) {
    const auto differences = diff_configs(order.files[0], order.files[1], kind_for(order));
    if (!differences) {
        tools.complain(differences.error().message);
        return differences.error().exit_code;
    }
    JsonValue list = JsonValue::array();
    std::string text;
    for (const auto& one : *differences) {
        list.push_back({{"program", one.program},
                        {"key", one.key},
                        {"before", one.before},
                        {"after", one.after},
                        {"restarts", one.restarts}});
        text += fmt::format("{}: {} -> {}  ({} {})\n", one.key, one.before, one.after, when(one),
                            one.program);
    }
    if (text.empty()) text = "both files mean the same\n";
    if (order.request.json)
        text = dump(JsonValue{{"command", "config"},
                              {"action", "diff"},
                              {"differences", list},
                              {"exit_code", 0}}) +
               '\n';
    tools.print(text);
    return number(ExitCode::Ok);
}

}  // namespace

int act_config(const Order& order, const Tools& tools) {
    return order.act == Act::ConfigCheck ? check(order, tools) : diff(order, tools);
}

}  // namespace midinet::control::cli
