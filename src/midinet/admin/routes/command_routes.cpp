#include "admin/routes/command_routes.hpp"

#include "admin/http/body_reader.hpp"
#include "control/report/focus.hpp"
#include "control/report/words.hpp"

#include <fmt/format.h>

namespace midinet::admin {
namespace {

namespace plane = control::plane;
using control::JsonValue;
using plane::CommandOutcome;

/// What the audit knows of who asked.
plane::Name who(const Request& request) {
    return plane::Name{"api " + io::to_string(request.from)};
}

Response done(const plane::CommandResult& result) {
    JsonValue json{{"outcome", plane::to_string(result.outcome)}};
    control::add_result(json, result);
    return live_json_response(control::dump(json) + '\n');
}

Response not_done(ProblemKind kind, const plane::CommandResult& result) {
    JsonValue more{{"outcome", plane::to_string(result.outcome)}};
    control::add_result(more, result);
    return problem_response(
        {.kind = kind, .detail = std::string(result.why.view()), .more = control::dump(more)});
}

Response answer_to(const plane::CommandResult& result) {
    switch (result.outcome) {
        case CommandOutcome::Done:
            return done(result);
        case CommandOutcome::Refused:
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
                             "GET /api/failover and /api/focus."});
}

std::string text_of(const plane::Command& command) {
    const std::string where = command.all_devices ? " on all devices" : "";
    switch (command.verb) {
        case plane::Verb::SwitchHost:
            return (command.target.value == 0
                        ? "switch to the best standby"
                        : fmt::format("switch to host {}", command.target.value)) +
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
class Errand {
  public:
    Errand(const Hands& hands, const Request& request, DeviceSlot device,
           const plane::Command& command)
        : hands_(hands), device_(device), command_(command) {
        event_ = {.at_ms = hands.unix_ms(),
                  .kind = EventKind::Command,
                  .device = device.value,
                  .text = text_of(command),
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
                        .done = [respond, errand = *this](const auto& result) {
                            errand.note(result ? plane::to_string(result->outcome) : "unanswered");
                            respond(result ? answer_to(*result) : unanswered());
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
        auto event = event_;
        event.result = result;
        hands_.record(std::move(event));
    }
    Hands hands_;
    DeviceSlot device_;
    plane::Command command_;
    Event event_;
};

/// With "device" the command is that device's alone; without, the host's other devices follow.
bool names_device(const Request& request) { return !request.query.empty(); }

class SwitchRoute : public Route {
  public:
    explicit SwitchRoute(Hands hands) : hands_(std::move(hands)) {}
    std::string_view path() const noexcept override { return "/api/failover/switch"; }
    std::vector<Method> methods() const override { return {Method::Post}; }
    void answer(const Request& request, const Respond& respond) override {
        const auto picture = hands_.latest();
        const auto device = device_of(request, *picture);
        if (!device) return respond(problem_response(device.error()));
        std::int64_t target = 0;
        BodyReader body(request.body);
        body.read("target", target, 1, 65'535);
        if (const auto problem = body.finish()) return respond(problem_response(*problem));
        plane::Command command{.verb = plane::Verb::SwitchHost, .who = who(request)};
        command.target = SourceId{static_cast<std::uint16_t>(target)};
        command.all_devices = !names_device(request);
        Errand(hands_, request, *device, command).run(respond);
    }

  private:
    Hands hands_;
};

class AutoRoute : public Route {
  public:
    explicit AutoRoute(Hands hands) : hands_(std::move(hands)) {}
    std::string_view path() const noexcept override { return "/api/failover/auto"; }
    std::vector<Method> methods() const override { return {Method::Put}; }
    void answer(const Request& request, const Respond& respond) override {
        const auto picture = hands_.latest();
        const auto device = device_of(request, *picture);
        if (!device) return respond(problem_response(device.error()));
        plane::Command command{.verb = plane::Verb::Arm, .who = who(request)};
        BodyReader body(request.body);
        body.require("enabled", "true or false");
        body.read("enabled", command.on);
        if (const auto problem = body.finish()) return respond(problem_response(*problem));
        command.all_devices = !names_device(request);
        Errand(hands_, request, *device, command).run(respond);
    }

  private:
    Hands hands_;
};

class FocusRoute : public PictureRoute {
  public:
    explicit FocusRoute(Hands hands) : PictureRoute(hands.latest), hands_(std::move(hands)) {}
    std::string_view path() const noexcept override { return "/api/focus"; }
    std::vector<Method> methods() const override { return {Method::Get, Method::Put}; }
    void answer(const Request& request, const Respond& respond) override {
        if (request.method == Method::Get) return PictureRoute::answer(request, respond);
        const auto picture = latest();
        const auto device = device_of(request, *picture);
        if (!device) return respond(problem_response(device.error()));
        plane::Command command{.verb = plane::Verb::AssignFocus, .who = who(request)};
        if (const auto problem = read(request.body, picture->device(*device)->roster, command))
            return respond(problem_response(*problem));
        Errand(hands_, request, *device, command).run(respond);
    }

  private:
    void render(JsonValue& json, const Picture& picture,
                const DevicePicture& device) const override {
        control::add_focus(json, picture.view(device));
    }
    /// {"client": "foh"}, {"client": null}, or {"auto": true}.
    static std::optional<Problem> read(const std::string& text, const plane::Roster& roster,
                                       plane::Command& command) {
        BodyReader body(text);
        body.read("auto", command.on);
        if (body.has("auto") == body.has("client") || (body.has("auto") && !command.on))
            return body.finish().value_or(Problem{ProblemKind::Invalid,
                                                  "Expected either \"client\" (its name, number or "
                                                  "id; null for nobody) or \"auto\": true."});
        body.learn("client");
        if (!body.has("client") || body.is_null("client")) return body.finish();
        std::string word;
        body.read("client", word);
        if (auto problem = body.finish()) return problem;
        if (roster.clients().empty())
            return Problem{
                ProblemKind::NobodyThere,
                "No client is heard: start midi-client, or look at the network towards it."};
        const auto client = control::find_client(word, roster);
        if (!client)
            return Problem{ProblemKind::Invalid, "client: " + client.error() + ".", "/client"};
        command.client = *client;
        return std::nullopt;
    }
    Hands hands_;
};

}  // namespace

std::unique_ptr<Route> make_switch_route(Hands hands) {
    return std::make_unique<SwitchRoute>(std::move(hands));
}
std::unique_ptr<Route> make_auto_route(Hands hands) {
    return std::make_unique<AutoRoute>(std::move(hands));
}
std::unique_ptr<PictureRoute> make_focus_route(Hands hands) {
    return std::make_unique<FocusRoute>(std::move(hands));
}

}  // namespace midinet::admin
