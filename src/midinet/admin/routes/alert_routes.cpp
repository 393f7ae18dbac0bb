#include "admin/routes/alert_routes.hpp"

#include "admin/alerts/webhook_message.hpp"
#include "admin/http/body_reader.hpp"
#include "admin/routes/picture_route.hpp"

#include <fmt/format.h>

#include <utility>

namespace midinet::admin {
namespace {

using control::JsonValue;

Response said(const JsonValue& json) { return live_json_response(control::dump(json) + '\n'); }

/// Answers itself where there are parameters.
bool has_parameters(const Request& request, const Route& route, const Respond& respond) {
    if (request.query.empty()) return false;
    respond(problem_response(
        {ProblemKind::BadParameter, fmt::format("{} has no parameters.", route.path())}));
    return true;
}

Response no_such_alert(const std::string& id) {
    return problem_response(
        {ProblemKind::NotFound,
         fmt::format("There is no alert {} to do this to; GET /api/alerts lists them.", id)});
}

void audit(AlertDesk& desk, const Request& request, std::string subject, std::string text) {
    desk.history().record(Event{.at_ms = desk.unix_ms(),
                                .kind = EventKind::Command,
                                .subject = std::move(subject),
                                .text = std::move(text),
                                .who = "api",
                                .from = io::to_string(request.from),
                                .result = "done"});
}

class DeskRoute : public Route {
  public:
    DeskRoute(AlertDesk& desk, std::string_view path) : desk_(desk), path_(path) {}
    std::string_view path() const noexcept override { return path_; }
    std::vector<Method> methods() const override { return {Method::Get}; }
    void answer(const Request& request, const Respond& respond) override {
        if (!has_parameters(request, *this, respond)) handle(request, respond);
    }

  protected:
    virtual void handle(const Request& request, const Respond& respond) = 0;
    AlertDesk& desk() const noexcept { return desk_; }

  private:
    AlertDesk& desk_;
    std::string_view path_;
};

class AlertsRoute : public DeskRoute {
  public:
    using DeskRoute::DeskRoute;

  private:
    void handle(const Request&, const Respond& respond) override {
        JsonValue json{{"as_of", time_text(desk().unix_ms())}};
        json.update(desk().document());
        respond(said(json));
    }
};

class AcknowledgeRoute : public DeskRoute {
  public:
    using DeskRoute::DeskRoute;
    std::vector<Method> methods() const override { return {Method::Post}; }

  private:
    void handle(const Request& request, const Respond& respond) override {
        if (auto problem = BodyReader(request.body).finish())
            return respond(problem_response(*problem));
        const auto* alert = desk().acknowledge(request.id, io::to_string(request.from));
        if (alert == nullptr) return respond(no_such_alert(request.id));
        audit(desk(), request, request.id, "acknowledge the alert " + request.id);
        respond(said(alert_json(*alert)));
    }
};

class MuteRoute : public DeskRoute {
  public:
    static constexpr std::int64_t kLongest = std::int64_t{7} * 86'400;  ///< Units: s
    using DeskRoute::DeskRoute;
    std::vector<Method> methods() const override { return {Method::Post}; }

  private:
    void handle(const Request& request, const Respond& respond) override {
        BodyReader body(request.body);
        std::int64_t seconds = 0;
        body.require("seconds", "a whole number; 0: not any more");
        body.read("seconds", seconds, 0, kLongest);
        if (auto problem = body.finish()) return respond(problem_response(*problem));
        const auto* alert = desk().mute(request.id, seconds);
        if (alert == nullptr) return respond(no_such_alert(request.id));
        audit(desk(), request, request.id,
              fmt::format("mute the alert {} for {} s", request.id, seconds));
        respond(said(alert_json(*alert)));
    }
};

class ConfigRoute : public DeskRoute {
  public:
    using DeskRoute::DeskRoute;
    std::vector<Method> methods() const override { return {Method::Get, Method::Put}; }

  private:
    Response config() const {
        auto json = to_json(desk().rules());
        json["kept"] = desk().is_kept();
        json["trouble"] = desk().trouble();
        auto response = said(json);
        response.headers.add("ETag", desk().etag());
        return response;
    }
    void handle(const Request& request, const Respond& respond) override {
        if (request.method == Method::Get) return respond(config());
        const auto match = request.headers.find("If-Match");
        if (match && *match != "*" && *match != desk().etag())
            return respond(problem_response(
                {ProblemKind::Outdated,
                 "The rules were changed since this was begun: look at them as they are now, and "
                 "decide anew."}));
        auto rules = merged(desk().rules(), request.body);
        if (!rules) return respond(problem_response(rules.error()));
        if (auto problem = judge(rules->webhook)) return respond(problem_response(*problem));
        desk().change(*std::move(rules),
                      [this, respond, request](AlertDesk::Changed how, const std::string& why) {
                          if (how == AlertDesk::Changed::Done)
                              audit(desk(), request, "", "change the rules of alerts");
                          respond(changed(how, why));
                      });
    }
    /// A new one, as far as its URL tells where it goes.
    std::optional<Problem> judge(const WebhookRule& webhook) const {
        if (webhook.url.empty() || webhook == desk().rules().webhook) return std::nullopt;
        const auto refusal = desk().sender().refusal(webhook.url);
        if (refusal.empty()) return std::nullopt;
        return Problem{ProblemKind::Invalid, fmt::format("/webhook/url: {}.", refusal),
                       "/webhook/url"};
    }
    Response changed(AlertDesk::Changed how, const std::string& why) const {
        switch (how) {
            case AlertDesk::Changed::Done:
                return config();
            case AlertDesk::Changed::Busy:
                return problem_response(
                    {ProblemKind::TooMany, "Another change is being kept; try again in a second."});
            default:
                return problem_response(
                    {ProblemKind::NotKept, fmt::format("Nothing was changed: {}.", why)});
        }
    }
};

JsonValue delivery_json(const Delivery& delivery) {
    return {{"id", delivery.id},
            {"event", delivery.event},
            {"alert", delivery.alert.empty() ? JsonValue(nullptr) : JsonValue(delivery.alert)},
            {"state", to_string(delivery.state)},
            {"attempts", delivery.attempts},
            {"status", delivery.status == 0 ? JsonValue(nullptr) : JsonValue(delivery.status)},
            {"why", delivery.why},
            {"begun", time_text(delivery.begun_ms)},
            {"ended", delivery.ended_ms == 0 ? JsonValue(nullptr)
                                             : JsonValue(time_text(delivery.ended_ms))}};
}

class DeliveriesRoute : public DeskRoute {
  public:
    using DeskRoute::DeskRoute;

  private:
    void handle(const Request&, const Respond& respond) override {
        JsonValue json{{"as_of", time_text(desk().unix_ms())}, {"deliveries", JsonValue::array()}};
        for (const auto& delivery : desk().sender().log())
            json["deliveries"].push_back(delivery_json(delivery));
        respond(said(json));
    }
};

class WebhookTestRoute : public DeskRoute {
  public:
    using DeskRoute::DeskRoute;
    std::vector<Method> methods() const override { return {Method::Post}; }

  private:
    void handle(const Request& request, const Respond& respond) override {
        if (auto problem = BodyReader(request.body).finish())
            return respond(problem_response(*problem));
        const auto& webhook = desk().rules().webhook;
        if (webhook.url.empty())
            return respond(problem_response(
                {ProblemKind::Refused, "There is no webhook: PUT its url to /api/alerts/config."}));
        audit(desk(), request, "", "send a test to the webhook");
        const bool taken = desk().sender().test(webhook, [respond](const Delivery& delivery) {
            const auto json = delivery_json(delivery);
            if (delivery.state == Delivery::State::Delivered) return respond(said(json));
            respond(problem_response({.kind = ProblemKind::Failed,
                                      .detail = delivery.why + '.',
                                      .more = control::dump({{"delivery", json}})}));
        });
        if (!taken)
            respond(problem_response(
                {ProblemKind::TooMany, "Too much waits to be sent; try again later."}));
    }
};

}  // namespace

std::vector<std::unique_ptr<Route>> make_alert_routes(AlertDesk& desk) {
    std::vector<std::unique_ptr<Route>> routes;
    routes.push_back(std::make_unique<AlertsRoute>(desk, "/api/alerts"));
    routes.push_back(std::make_unique<AcknowledgeRoute>(desk, "/api/alerts/{id}/acknowledge"));
    routes.push_back(std::make_unique<MuteRoute>(desk, "/api/alerts/{id}/mute"));
    routes.push_back(std::make_unique<ConfigRoute>(desk, "/api/alerts/config"));
    routes.push_back(std::make_unique<DeliveriesRoute>(desk, "/api/alerts/deliveries"));
    routes.push_back(std::make_unique<WebhookTestRoute>(desk, "/api/alerts/webhooks/test"));
    return routes;
}

}  // namespace midinet::admin
