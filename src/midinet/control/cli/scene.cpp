#include "control/cli/scene.hpp"

#include "control/report/overview.hpp"

namespace midinet::control::cli {
namespace {

ExitCode of_listening(const Scene& scene) {
    switch (scene.request.task) {
        case Task::Hosts:
        case Task::Focus:
        case Task::Input:
            return scene.roster.hosts().empty() ? ExitCode::Unreachable : ExitCode::Ok;
        case Task::Clients:
            return scene.roster.clients().empty() ? ExitCode::Unreachable : ExitCode::Ok;
        default:
            break;
    }
    switch (judge(scene.view()).grade) {
        case Grade::Ready:
            return ExitCode::Ok;
        case Grade::Unreachable:
            return ExitCode::Unreachable;
        default:
            return ExitCode::Degraded;
    }
}

bool nobody_to_ask(const Scene& scene) {
    return scene.request.task == Task::SwitchInput ? scene.roster.hosts().empty()
                                                   : scene.roster.clients().empty();
}

}  // namespace

ExitCode exit_code_of(const Scene& scene) {
    if (!asks(scene.request.task)) return of_listening(scene);
    if (!scene.not_asked.empty())
        return nobody_to_ask(scene) ? ExitCode::Unreachable : ExitCode::Refused;
    const auto& result = scene.sender.result();
    if (!result) return ExitCode::Unreachable;
    switch (result->outcome) {
        case plane::CommandOutcome::Done:
            break;
        case plane::CommandOutcome::Refused:
            return ExitCode::Refused;
        case plane::CommandOutcome::NeedsConfirmation:
            return ExitCode::Confirm;
        default:
            return ExitCode::Error;
    }
    const bool all_follow = result->clients_ok >= result->clients_total;
    return scene.request.task != Task::Switch || all_follow ? ExitCode::Ok : ExitCode::Degraded;
}

}  // namespace midinet::control::cli
