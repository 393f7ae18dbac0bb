#include "admin/routes/command_routes.hpp"

#include "admin/http/body_reader.hpp"
#include "admin/routes/errand.hpp"
#include "control/report/focus.hpp"

namespace midinet::admin {
namespace {

namespace plane = control::plane;
using control::JsonValue;

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
        plane::Command command{.verb = plane::Verb::SwitchHost, .who = asker_of(request)};
        command.target = SourceId{static_cast<std::uint16_t>(target)};
        command.all_devices = !names_device(request);
        run_errand(hands_, request, {*device, command}, respond);
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
        plane::Command command{.verb = plane::Verb::Arm, .who = asker_of(request)};
        BodyReader body(request.body);
        body.require("enabled", "true or false");
        body.read("enabled", command.on);
        if (const auto problem = body.finish()) return respond(problem_response(*problem));
        command.all_devices = !names_device(request);
        run_errand(hands_, request, {*device, command}, respond);
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
        plane::Command command{.verb = plane::Verb::AssignFocus, .who = asker_of(request)};
        if (const auto problem = read(request.body, picture->device(*device)->roster, command))
            return respond(problem_response(*problem));
        run_errand(hands_, request, {*device, command}, respond);
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
        body.learn("client");
        if (body.has("auto") == body.has("client") || (body.has("auto") && !command.on))
            return body.finish().value_or(Problem{ProblemKind::Invalid,
                                                  "Expected either \"client\" (its name, number or "
                                                  "id; null for nobody) or \"auto\": true."});
        if (!body.has("client") || body.is_null("client")) return body.finish();
        std::string word;
        body.read("client", word);
        if (word.empty()) body.refuse("client", "a client's name, number or id");
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
