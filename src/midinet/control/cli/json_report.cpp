#include "control/cli/input.hpp"
#include "control/cli/scene.hpp"
#include "control/report/admins.hpp"
#include "control/report/show_json.hpp"

#include <nlohmann/json.hpp>

namespace midinet::control::cli {
namespace {

std::int64_t whole_ms(Duration d) { return d.count() / 1'000'000; }

JsonValue listening_json(const Scene& scene) {
    static constexpr std::array<const char*, 5> kNames{"status", "hosts", "clients", "focus",
                                                       "input"};
    const Task task = scene.request.task;
    JsonValue json{{"command", kNames[static_cast<std::size_t>(task)]}};
    if (task == Task::Status) add_overview(json, scene.view());
    if (task == Task::Focus) add_focus(json, scene.view());
    if (task == Task::Input) add_inputs(json, scene);
    if (task == Task::Status && scene.admins != nullptr)
        json["admins"] = admins_json(*scene.admins, {}, scene.now);
    if (task == Task::Status || task == Task::Hosts) json["hosts"] = hosts_json(scene.view());
    if (task == Task::Status || task == Task::Clients) json["clients"] = clients_json(scene.view());
    return json;
}

const char* action_of(Task task) {
    switch (task) {
        case Task::Arm:
            return "arm";
        case Task::Disarm:
            return "disarm";
        case Task::Audit:
            return "audit";
        case Task::FailoverStatus:
            return "status";
        case Task::Rehearse:
            return "begin";
        case Task::RehearseEnd:
            return "end";
        default:
            return "switch";
    }
}

JsonValue asking_json(const Scene& scene) {
    const auto& sender = scene.sender;
    auto result = sender.result().value_or(plane::CommandResult{});
    if (!sender.result()) result.from = sender.acknowledged_by();
    const bool rehearses = asks_to_rehearse(scene.request.task);
    JsonValue json{{"command", rehearses ? "rehearse" : "failover"},
                   {"action", action_of(scene.request.task)},
                   {"outcome", sender.result() ? plane::to_string(result.outcome) : "unanswered"}};
    add_result(json, result);
    if (scene.request.task == Task::FailoverStatus) {
        const auto* host = scene.roster.host(HostId{static_cast<std::uint16_t>(result.from.value)});
        json["rules"] = host != nullptr ? rules_json(host->status.failover) : JsonValue(nullptr);
    }
    json["copies_sent"] = sender.sent();
    return json;
}

const char* focus_action_of(Task task) {
    if (task == Task::FocusNobody) return "none";
    return task == Task::FocusAuto ? "auto" : "give";
}

JsonValue focus_asking_json(const Scene& scene) {
    const auto& sender = scene.sender;
    const auto result = sender.result().value_or(plane::CommandResult{});
    const auto by = sender.result() ? result.from : sender.acknowledged_by();
    const auto outcome = sender.result() ? plane::to_string(result.outcome) : "unanswered";
    const bool asked = scene.not_asked.empty();
    return {{"command", "focus"},
            {"action", focus_action_of(scene.request.task)},
            {"outcome", asked ? outcome : "not_asked"},
            {"why", asked ? std::string(result.why.view()) : scene.not_asked},
            {"host", by.value},
            {"client", id_json(scene.client)},
            {"copies_sent", sender.sent()}};
}

JsonValue input_asking_json(const Scene& scene) {
    const auto& sender = scene.sender;
    const auto result = sender.result().value_or(plane::CommandResult{});
    const auto by = sender.result() ? result.from : sender.acknowledged_by();
    const auto outcome = sender.result() ? plane::to_string(result.outcome) : "unanswered";
    const bool asked = scene.not_asked.empty();
    return {{"command", "input"},
            {"outcome", asked ? outcome : "not_asked"},
            {"why", asked ? std::string(result.why.view()) : scene.not_asked},
            {"host", by.value},
            {"input", scene.request.input},
            {"copies_sent", sender.sent()}};
}

JsonValue report_json(const Scene& scene) {
    if (!asks(scene.request.task)) return listening_json(scene);
    if (scene.request.task == Task::SwitchInput) return input_asking_json(scene);
    return asks_for_focus(scene.request.task) ? focus_asking_json(scene) : asking_json(scene);
}

}  // namespace

std::string json_report(const Scene& scene) {
    JsonValue json = report_json(scene);
    json["source"] = "control plane";
    json["took_ms"] = whole_ms(scene.took);
    json["exit_code"] = static_cast<int>(exit_code_of(scene));
    return dump(json) + '\n';
}

}  // namespace midinet::control::cli
