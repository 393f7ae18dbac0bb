#include "control/cli/request.hpp"

namespace midinet::control::cli {

namespace {

/// Whose loss it is about is told by whom it goes to.
void rehearse(plane::Command& command, const Request& request) {
    command.verb = plane::Verb::Rehearse;
    command.to = SenderId{request.target.value};
    command.target = SourceId{};
    command.hold_ms = request.hold_ms;
    command.on = request.force;
}

}  // namespace

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
            rehearse(command, request);
            break;
        default:
            command.verb = plane::Verb::FailoverStatus;
            break;
    }
    return command;
}

}  // namespace midinet::control::cli
