#include "admin/routes/config_routes.hpp"

#include "admin/http/body_reader.hpp"
#include "admin/http/target.hpp"
#include "control/report/show_json.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <charconv>
#include <optional>
#include <utility>

namespace midinet::admin {
namespace {

using control::JsonValue;

constexpr std::int64_t kLongestTrial = 3600;  ///< Units: s

template <typename T>
using Read = tl::expected<T, Problem>;

tl::unexpected<Problem> bad_parameter(std::string detail) {
    return tl::unexpected(Problem{ProblemKind::BadParameter, std::move(detail)});
}

Response said(const ConfigDesk::Answer& answer) {
    if (!answer) return problem_response(answer.error());
    auto response = live_json_response(control::dump(answer->json) + '\n');
    if (!answer->etag.empty()) response.headers.add("ETag", answer->etag);
    return response;
}

Read<bool> read_flag(const std::string& name, const std::string& value) {
    if (value != "true" && value != "false")
        return bad_parameter(fmt::format("{} is \"{}\"; expected true or false.", name, value));
    return value == "true";
}

Read<std::int64_t> read_seconds(const std::string& name, const std::string& value) {
    std::int64_t seconds = 0;
    const auto* end = value.data() + value.size();
    const auto [read, error] = std::from_chars(value.data(), end, seconds);
    if (error != std::errc{} || read != end || seconds < 1 || seconds > kLongestTrial)
        return bad_parameter(
            fmt::format("{} is \"{}\"; expected seconds, 1 to {}.", name, value, kLongestTrial));
    return seconds;
}

/// What the query and the header say.
Read<ConfigWish> wish_of(const Request& request) {
    ConfigWish wish;
    wish.from = io::to_string(request.from);
    if (const auto match = request.headers.find("If-Match")) wish.if_match = std::string(*match);
    const auto parameters = parse_query(request.query);
    if (!parameters) return bad_parameter(parameters.error().message + '.');
    for (const auto& [name, value] : *parameters) {
        if (name == "dry_run") {
            const auto flag = read_flag(name, value);
            if (!flag) return tl::unexpected(flag.error());
            wish.dry_run = *flag;
        } else if (name == "confirm_within") {
            const auto seconds = read_seconds(name, value);
            if (!seconds) return tl::unexpected(seconds.error());
            wish.within_ms = *seconds * 1000;
        } else {
            return bad_parameter(name + " is not known here; expected dry_run and confirm_within.");
        }
    }
    return wish;
}

/// {"config": {…}} or {"text": "…"}.
std::optional<Problem> read_body(const std::string& text, ConfigWish& wish) {
    BodyReader body(text);
    std::string whole;
    body.learn("config");
    body.read("text", whole);
    if (auto problem = body.finish()) return problem;
    if (body.has("text") == body.has("config"))
        return Problem{ProblemKind::Invalid,
                       fmt::format("The body has {}; expected either config or text.",
                                   body.has("text") ? "both" : "neither")};
    if (body.has("text")) {
        wish.text = std::move(whole);
        return std::nullopt;
    }
    wish.patch = JsonValue::parse(text)["config"];
    if (wish.patch.is_object()) return std::nullopt;
    return Problem{ProblemKind::Invalid, "config is no object; expected sections with their keys.",
                   "/config"};
}

class DoorRoute : public Route {
  public:
    DoorRoute(ConfigDoor door, std::string_view path) : door_(std::move(door)), path_(path) {}
    std::string_view path() const noexcept override { return path_; }
    std::vector<Method> methods() const override { return {Method::Post}; }

  protected:
    /// Asks the desk on its thread.
    void ask(const Respond& respond, std::function<ConfigDesk::Answer(ConfigDesk&)> question) {
        const bool taken =
            door_.later([&desk = door_.desk, respond, question = std::move(question)] {
                respond(said(question(desk)));
            });
        if (!taken)
            respond(problem_response(
                {ProblemKind::TooMany, "Too much waits for the disk; try again in a second."}));
    }
    /// Answers itself where there are parameters.
    bool has_parameters(const Request& request, const Respond& respond) const {
        if (request.query.empty()) return false;
        respond(problem_response(
            {ProblemKind::BadParameter, fmt::format("{} has no parameters.", path_)}));
        return true;
    }

  private:
    ConfigDoor door_;
    std::string_view path_;
};

class ConfigRoute : public DoorRoute {
  public:
    using DoorRoute::DoorRoute;
    std::vector<Method> methods() const override { return {Method::Get, Method::Put}; }
    void answer(const Request& request, const Respond& respond) override {
        if (request.method == Method::Get) {
            if (!has_parameters(request, respond))
                ask(respond, [](ConfigDesk& desk) { return desk.show(); });
            return;
        }
        auto wish = wish_of(request);
        if (!wish) return respond(problem_response(wish.error()));
        if (auto problem = read_body(request.body, *wish))
            return respond(problem_response(*problem));
        ask(respond, [wish = *wish](ConfigDesk& desk) { return desk.change(wish); });
    }
};

class HistoryRoute : public DoorRoute {
  public:
    using DoorRoute::DoorRoute;
    std::vector<Method> methods() const override { return {Method::Get}; }
    void answer(const Request& request, const Respond& respond) override {
        if (!has_parameters(request, respond))
            ask(respond, [](ConfigDesk& desk) { return desk.history(); });
    }
};

class RollbackRoute : public DoorRoute {
  public:
    using DoorRoute::DoorRoute;
    void answer(const Request& request, const Respond& respond) override {
        const auto wish = wish_of(request);
        if (!wish) return respond(problem_response(wish.error()));
        BodyReader body(request.body);
        std::int64_t version = 0;
        body.require("to", "the number of a version in GET /api/config/history");
        body.read("to", version, 1, INT64_MAX);
        if (auto problem = body.finish()) return respond(problem_response(*problem));
        ask(respond,
            [wish = *wish, version](ConfigDesk& desk) { return desk.roll_back(version, wish); });
    }
};

class ConfirmRoute : public DoorRoute {
  public:
    using DoorRoute::DoorRoute;
    void answer(const Request& request, const Respond& respond) override {
        if (has_parameters(request, respond)) return;
        if (auto problem = BodyReader(request.body).finish())
            return respond(problem_response(*problem));
        ask(respond,
            [from = io::to_string(request.from)](ConfigDesk& desk) { return desk.confirm(from); });
    }
};

}  // namespace

std::vector<std::unique_ptr<Route>> make_config_routes(const ConfigDoor& door) {
    std::vector<std::unique_ptr<Route>> routes;
    routes.push_back(std::make_unique<ConfigRoute>(door, "/api/config"));
    routes.push_back(std::make_unique<HistoryRoute>(door, "/api/config/history"));
    routes.push_back(std::make_unique<RollbackRoute>(door, "/api/config/rollback"));
    routes.push_back(std::make_unique<ConfirmRoute>(door, "/api/config/confirm"));
    return routes;
}

}  // namespace midinet::admin
