#include "control/cli/api/show_calls.hpp"

#include "control/cli/api/json_words.hpp"

#include <algorithm>

namespace midinet::control::cli {
namespace {

/// Of hosts or clients. The API also lists who is gone, and hosts that DNS-SD alone tells of.
bool anybody(const JsonValue& answer, const char* key) {
    const auto boxes = list(answer, key);
    return std::any_of(boxes.begin(), boxes.end(), [](const JsonValue& box) {
        return !is_true(box, "gone") && get(box, "heard") != false;
    });
}

ExitCode of_presence(const JsonValue& answer, const char* key) {
    return anybody(answer, key) ? ExitCode::Ok : ExitCode::Unreachable;
}

std::string rehearsal_body(const Request& request) {
    return dump(JsonValue{{"host", request.target.value},
                          {"seconds", request.hold_ms / 1000},
                          {"force", request.force}});
}

}  // namespace

ApiCall call_for(const Request& request) {
    const std::string device =
        request.all_devices ? "" : "?device=" + std::to_string(request.device.value);
    const auto get_of = [&](const char* path) { return ApiCall{"GET", path + device, {}}; };
    const auto put_to = [&](const char* path, const JsonValue& body) {
        return ApiCall{"PUT", path + device, dump(body)};
    };
    switch (request.task) {
        case Task::Status:
            return get_of("/api/status");
        case Task::Hosts:
            return get_of("/api/hosts");
        case Task::Clients:
            return get_of("/api/clients");
        case Task::Focus:
            return get_of("/api/focus");
        case Task::FailoverStatus:
            return get_of("/api/failover");
        case Task::Switch:
            return {"POST", "/api/failover/switch" + device,
                    request.target.value == 0 ? std::string("{}")
                                              : dump(JsonValue{{"target", request.target.value}})};
        case Task::Arm:
        case Task::Disarm:
            return put_to("/api/failover/auto", {{"enabled", request.task == Task::Arm}});
        case Task::Rehearsals:
            return get_of("/api/rehearsal");
        case Task::Rehearse:
        case Task::RehearseEnd:
            return {"POST", "/api/rehearsal" + device, rehearsal_body(request)};
        case Task::GiveFocus:
            return put_to("/api/focus", {{"client", request.client}});
        case Task::FocusNobody:
            return put_to("/api/focus", {{"client", nullptr}});
        case Task::FocusAuto:
            return put_to("/api/focus", {{"auto", true}});
        default:
            return {};
    }
}

const char* command_name(Task task) {
    switch (task) {
        case Task::Status:
            return "status";
        case Task::Hosts:
            return "hosts";
        case Task::Clients:
            return "clients";
        case Task::Input:
        case Task::SwitchInput:
            return "input";
        case Task::Rehearsals:
        case Task::Rehearse:
        case Task::RehearseEnd:
            return "rehearse";
        case Task::Focus:
        case Task::GiveFocus:
        case Task::FocusNobody:
        case Task::FocusAuto:
            return "focus";
        default:
            return "failover";
    }
}

ExitCode exit_code_of(Task task, const JsonValue& answer) {
    const auto verdict = words(answer, "verdict");
    switch (task) {
        case Task::Status:
            if (verdict == "ready") return ExitCode::Ok;
            return verdict == "unreachable" ? ExitCode::Unreachable : ExitCode::Degraded;
        case Task::Hosts:
        case Task::FailoverStatus:
            return of_presence(answer, "hosts");
        case Task::Clients:
            return of_presence(answer, "clients");
        case Task::Focus:
            return of_presence(answer, "surfaces");
        case Task::Switch:
            return number(answer, "clients_ok") < number(answer, "clients_total")
                       ? ExitCode::Degraded
                       : ExitCode::Ok;
        default:
            return ExitCode::Ok;
    }
}

ExitCode exit_code_of(const Request& request, const ApiRefusal& refusal) {
    // Whom somebody named is not there.
    if (request.task == Task::GiveFocus && get(refusal.problem, "pointer") == "/client")
        return ExitCode::Refused;
    if (asks_to_rehearse(request.task) && get(refusal.problem, "pointer") == "/host")
        return ExitCode::Unreachable;
    // The device: without the API nobody would be heard.
    const bool not_found = words(refusal.problem, "type").ends_with("#not-found");
    return not_found && !request.all_devices ? ExitCode::Unreachable : refusal.code;
}

}  // namespace midinet::control::cli
