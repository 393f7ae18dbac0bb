#include "control/cli/tune_report.hpp"

#include "control/cli/table.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace midinet::control::cli {
namespace {

std::string or_dash(const std::string& text) { return text.empty() ? "-" : text; }

/// One sentence a kind that this machine has, in the order of the table.
std::string reasons(const tuning::Plan& plan) {
    std::string text;
    for (std::size_t i = 0; i < plan.settings.size(); ++i) {
        const auto kind = plan.settings[i].kind;
        if (i > 0 && plan.settings[i - 1].kind == kind) continue;
        text += fmt::format("{}: {}\n", tuning::title(kind), tuning::why(kind));
    }
    return text.empty() ? text : "\nWhy\n" + text;
}

std::string verdict(const tuning::Plan& plan) {
    const auto wrong = std::count_if(plan.settings.begin(), plan.settings.end(),
                                     [](const auto& one) { return !one.good; });
    if (wrong == 0) return "\nNothing is to be set.\n";
    return fmt::format("\n{} of {} {} to be set: sudo midinet-cli tune --apply\n", wrong,
                       plan.settings.size(), wrong == 1 ? "is" : "are");
}

std::string outcome_words(const tuning::Change& change) {
    switch (change.outcome) {
        case tuning::Outcome::AsItWas:
            return "as it was";
        case tuning::Outcome::Set:
            return "set";
        case tuning::Outcome::Refused:
            return "refused: " + change.why;
        case tuning::Outcome::NotKept:
            return "taken, but not kept";
        case tuning::Outcome::Gone:
            break;
    }
    return "not there any more";
}

}  // namespace

std::string tuning_text(const tuning::Plan& plan) {
    Table table({"SETTING", "NOW", "WANTED", ""});
    for (const auto& one : plan.settings)
        table.add({one.name, or_dash(one.now), one.wanted, one.good ? "good" : "to be set"});
    std::string text = table.text();
    if (!plan.lacks.empty()) text += "\nNot here\n";
    for (const auto& lack : plan.lacks)
        text += fmt::format("{}: {}\n", tuning::title(lack.kind), lack.text);
    text += reasons(plan);
    if (!plan.notes.empty()) text += "\nNotes\n";
    for (const auto& note : plan.notes) text += note + '\n';
    return text + verdict(plan);
}

JsonValue tuning_json(const tuning::Plan& plan) {
    JsonValue settings = JsonValue::array();
    for (const auto& one : plan.settings)
        settings.push_back({{"kind", to_string(one.kind)},
                            {"name", one.name},
                            {"path", one.path},
                            {"now", one.now},
                            {"wanted", one.wanted},
                            {"good", one.good},
                            {"why", tuning::why(one.kind)}});
    JsonValue lacks = JsonValue::array();
    for (const auto& lack : plan.lacks)
        lacks.push_back({{"kind", to_string(lack.kind)}, {"text", lack.text}});
    return {{"settings", settings}, {"lacks", lacks}, {"notes", plan.notes}};
}

std::string changes_text(const std::vector<tuning::Change>& changes) {
    Table table({"SETTING", "BEFORE", "AFTER", ""});
    for (const auto& one : changes)
        table.add({one.name, or_dash(one.before), or_dash(one.after), outcome_words(one)});
    return table.text();
}

JsonValue changes_json(const std::vector<tuning::Change>& changes) {
    JsonValue list = JsonValue::array();
    for (const auto& one : changes)
        list.push_back({{"name", one.name},
                        {"path", one.path},
                        {"before", one.before},
                        {"after", one.after},
                        {"outcome", to_string(one.outcome)},
                        {"why", one.why}});
    return list;
}

}  // namespace midinet::control::cli
