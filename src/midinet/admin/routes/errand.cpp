#include "admin/routes/errand.hpp"

#include "control/report/words.hpp"

#include <fmt/format.h>

namespace midinet::admin {
namespace {

namespace plane = control::plane;
using control::JsonValue;
using plane::CommandOutcome;

Response done(const plane::Command& command, const plane::CommandResult& result) {
    JsonValue json{{"outcome", plane::to_string(result.outcome)}};
    control::add_result(json, result);
    if (command.verb == plane::Verb::Play) json["played"] = command.midi.count();
    return live_json_response(control::dump(json) + '\n');
}

Response not_done(ProblemKind kind, const plane::CommandResult& result) {
    JsonValue more{{"outcome", plane::to_string(result.outcome)}};
    control::add_result(more, result);
    return problem_response(
        {.kind = kind, .detail = std::string(result.why.view()), .more = control::dump(more)});
}

Response answer_to(const plane::Command& command, const plane::CommandResult& result) {
    switch (result.outcome) {
        case CommandOutcome::Done:
            return done(command, result);
        case CommandOutcome::Refused:
        case CommandOutcome::Unknown:  // an older host
            return not_done(ProblemKind::Refused, result);
        case CommandOutcome::NeedsConfirmation:
            return not_done(ProblemKind::Confirm, result);
        default:
            return not_done(ProblemKind::Failed, result);
    }
}

Response nobody_there() {
    return problem_response(
        {ProblemKind::NobodyThere,
         "No host is heard: start midi-host, or look at the network towards it."});
}

Response unanswered() {
    return problem_response({ProblemKind::Unanswered,
                             "No host answered in 5 s; whether it was done is not known: look at "
                             "/api/failover and /api/focus."});
}

std::string text_of(const plane::Command& command) {
    const std::string where = command.all_devices ? " on all devices" : "";
    switch (command.verb) {
        case plane::Verb::SwitchHost:
            return (command.target.value == 0
                        ? "switch to the best standby"
                        : fmt::format("switch to host {}", command.target.value)) +
                   where;
        case plane::Verb::Rehearse:
            return (command.hold_ms == 0
                        ? fmt::format("end the rehearsal of host {}", command.to.value)
                        : fmt::format("rehearse the loss of host {} for {} s{}", command.to.value,
                                      command.hold_ms / 1000.0,
                                      command.on ? ", whatever stops" : "")) +
                   where;
        case plane::Verb::Arm:
            return (command.on ? "arm automatic failover" : "disarm automatic failover") + where;
        default:
            if (command.on) return "give the focus to whoever claims it";
            return command.client.value == 0
                       ? "give the focus to nobody"
                       : "give the focus to client " + control::id_text(command.client);
    }
}

/// Asks, answers the request when the host did, and has it noted.
class Running {
  public:
    Running(const Hands& hands, const Request& request, const Errand& errand)
        : hands_(hands), device_(errand.device), command_(errand.command), is_noted_(errand.noted) {
        event_ = {.at_ms = hands.unix_ms(),
                  .kind = EventKind::Command,
                  .device = errand.device.value,
                  .text = text_of(errand.command),
                  .who = "api",
                  .from = io::to_string(request.from)};
    }
    void run(const Respond& respond) const {
        const auto picture = hands_.latest();
        const auto* show = picture->device(device_);
        if (show == nullptr || show->roster.hosts_present(picture->now) == 0) {
            note("nobody_there");
            return respond(nobody_there());
        }
        const bool taken =
            hands_.ask({.device = device_,
                        .command = command_,
                        .done = [respond, running = *this](const auto& result) {
                            running.note(result ? plane::to_string(result->outcome) : "unanswered");
                            respond(result ? answer_to(running.command_, *result) : unanswered());
                        }});
        if (taken) return;
        note("too_many");
        respond(problem_response(
            {ProblemKind::TooMany,
             "Too many commands wait for their answers, or this program is ending; try "
             "again in a second."}));
    }

  private:
    void note(std::string_view result) const {
        if (!is_noted_) return;
        auto event = event_;
        event.result = result;
        hands_.record(std::move(event));
    }
    Hands hands_;
    DeviceSlot device_;
    plane::Command command_;
    bool is_noted_;
    Event event_;
};

}  // namespace

plane::Name asker_of(const Request& request) {
    return plane::Name{"api " + io::to_string(request.from)};
}

void run_errand(const Hands& hands, const Request& request, const Errand& errand,
                const Respond& respond) {
    Running(hands, request, errand).run(respond);
}

}  // namespace midinet::admin
