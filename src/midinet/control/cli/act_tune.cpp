#include "control/cli/acts.hpp"
#include "control/cli/tune.hpp"
#include "control/cli/tune_report.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace midinet::control::cli {
namespace {

int tell(const Order& order, const TuneTools& tools, const char* action, const JsonValue& json,
         const std::string& text) {
    JsonValue whole{{"command", "tune"}, {"action", action}};
    whole.update(json);
    tools.print(order.request.json ? dump(whole) + '\n' : text);
    return whole["exit_code"].get<int>();
}

int give_up(const TuneTools& tools, const Error& error) {
    tools.complain(error.message);
    return error.exit_code;
}

/// What was refused is told, and the others are in force.
ExitCode code_of(const std::vector<tuning::Change>& changes) {
    const bool all = std::none_of(changes.begin(), changes.end(),
                                  [](const auto& one) { return tuning::failed(one.outcome); });
    return all ? ExitCode::Ok : ExitCode::Degraded;
}

int show(const Order& order, const TuneTools& tools, const io::SettingFiles& files) {
    const auto plan = tuning::plan_of(tuning::read_settings(files));
    auto json = tuning_json(plan);
    json["exit_code"] = number(ExitCode::Ok);
    return tell(order, tools, "show", json, tuning_text(plan));
}

int apply(const Order& order, const TuneTools& tools, io::SettingFiles& files) {
    const auto plan = tuning::plan_of(tuning::read_settings(files));
    const auto changes = tuning::apply(files, plan);
    if (!changes) return give_up(tools, changes.error());
    auto json = tuning_json(plan);
    json["changes"] = changes_json(*changes);
    json["exit_code"] = number(code_of(*changes));
    auto text = changes_text(*changes);
    for (const auto& lack : plan.lacks)
        text += fmt::format("{}: {}\n", tuning::title(lack.kind), lack.text);
    for (const auto& note : plan.notes) text += note + '\n';
    return tell(order, tools, "apply", json, text);
}

int undo(const Order& order, const TuneTools& tools, io::SettingFiles& files) {
    const auto undone = tuning::undo(files);
    if (!undone) return give_up(tools, undone.error());
    const JsonValue json{{"tuned", undone->tuned},
                         {"restarted", undone->restarted},
                         {"changes", changes_json(undone->changes)},
                         {"exit_code", number(code_of(undone->changes))}};
    std::string text = changes_text(undone->changes);
    if (!undone->tuned) text = "this machine is not tuned: nothing is to be put back\n";
    if (undone->restarted)
        text = "the machine was started anew since it was tuned: nothing is to be put back\n";
    return tell(order, tools, "undo", json, text);
}

}  // namespace

int tune(const Order& order, const TuneTools& tools) {
    if (!tools.open_settings)
        return give_up(tools, {"tune knows the settings of Linux alone, and this is another system",
                               number(ExitCode::Error)});
    const auto files = tools.open_settings(order.root.empty() ? "/" : order.root);
    if (!files) return give_up(tools, files.error());
    if (order.act == Act::TuneShow) return show(order, tools, **files);
    const bool applies = order.act == Act::TuneApply;
    if (!(*files)->may_change())
        return give_up(
            tools,
            {fmt::format("only root changes settings of the machine: sudo midinet-cli tune {}",
                         applies ? "--apply" : "--undo"),
             number(ExitCode::Error)});
    return applies ? apply(order, tools, **files) : undo(order, tools, **files);
}

int act_tune(const Order& order, const Tools& tools) {
    return tune(order, {tools.open_settings, tools.print, tools.complain});
}

}  // namespace midinet::control::cli
