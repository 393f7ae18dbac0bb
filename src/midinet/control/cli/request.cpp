#include "control/cli/request.hpp"

namespace midinet::control::cli {

plane::Command command_of(const Request& request, std::uint64_t id, SenderId from,
                          const std::string& who) {
    plane::Command command;
    command.id = id;
    command.from = from;
    command.target = request.target;
    command.max = request.max_audit;
    command.who = plane::Name{who};
    command.all_devices = request.all_devices;
    command.on = request.task == Task::Arm || request.task == Task::FocusAuto;
    switch (request.task) {
        case Task::Switch:
            command.verb = plane::Verb::SwitchHost;
            break;
        case Task::Arm:
        case Task::Disarm:
            command.verb = plane::Verb::Arm;
            break;
        case Task::Audit:
            command.verb = plane::Verb::Audit;
            break;
        case Task::GiveFocus:
        case Task::FocusNobody:
        case Task::FocusAuto:
            command.verb = plane::Verb::AssignFocus;
            break;
        case Task::SwitchInput:
            command.verb = plane::Verb::SwitchInput;
            command.input = request.input;
            break;
        case Task::Rehearse:
        case Task::RehearseEnd:
            command.verb = plane::Verb::Rehearse;
            command.to = SenderId{request.target.value};
            command.target = SourceId{};
            command.hold_ms = request.hold_ms;
            command.on = request.force;
            break;
        default:
            command.verb = plane::Verb::FailoverStatus;
            break;
    }
    return command;
}

}  // namespace midinet::control::cli
