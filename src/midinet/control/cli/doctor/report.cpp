#include "control/cli/doctor/examination.hpp"
#include "control/cli/table.hpp"
#include "control/report/counted.hpp"
#include "control/report/show_json.hpp"
#include "control/report/words.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace midinet::control::cli {
namespace {

std::size_t count_of(const std::vector<Check>& checks, CheckOutcome outcome) {
    return static_cast<std::size_t>(
        std::count_if(checks.begin(), checks.end(),
                      [outcome](const auto& check) { return check.outcome == outcome; }));
}

std::string upper(std::string_view word) {
    std::string text(word);
    for (char& c : text)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    return text;
}

}  // namespace

ExitCode exit_code_of(const std::vector<Check>& checks) {
    const bool all_well =
        count_of(checks, CheckOutcome::Warning) == 0 && count_of(checks, CheckOutcome::Fault) == 0;
    return all_well ? ExitCode::Ok : ExitCode::Degraded;
}

std::string doctor_text(const std::vector<Check>& checks, Duration took) {
    std::string text;
    for (const auto& check : checks) {
        const bool bad = check.outcome >= CheckOutcome::Warning;
        const auto outcome = to_string(check.outcome);
        text += fmt::format("{:<8} {:<11} {}\n", bad ? upper(outcome) : std::string(outcome),
                            check.name, check.finding);
        if (!check.fix.empty()) text += fmt::format("{:21}Fix: {}\n", "", check.fix);
    }
    return text + fmt::format("\n{}, {}, {}, {} ok, {} skipped; looked for {}\n",
                              counted(count_of(checks, CheckOutcome::Fault), "fault"),
                              counted(count_of(checks, CheckOutcome::Warning), "warning"),
                              counted(count_of(checks, CheckOutcome::Note), "note"),
                              count_of(checks, CheckOutcome::Ok),
                              count_of(checks, CheckOutcome::Skipped),
                              span_text(static_cast<std::uint64_t>(took / 1ms)));
}

std::string doctor_json(const std::vector<Check>& checks, Duration took) {
    JsonValue json{{"command", "doctor"}, {"checks", JsonValue::array()}};
    for (const auto& check : checks)
        json["checks"].push_back({{"name", check.name},
                                  {"outcome", to_string(check.outcome)},
                                  {"finding", check.finding},
                                  {"fix", check.fix}});
    json["took_ms"] = took / 1ms;
    json["exit_code"] = static_cast<int>(exit_code_of(checks));
    return dump(json) + '\n';
}

}  // namespace midinet::control::cli
