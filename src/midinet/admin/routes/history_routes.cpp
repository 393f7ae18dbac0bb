#include "admin/routes/history_routes.hpp"

#include "admin/routes/history_parameters.hpp"

#include <fmt/format.h>

#include <utility>

namespace midinet::admin {
namespace {

using control::JsonValue;

Response said(const JsonValue& json) { return live_json_response(control::dump(json) + '\n'); }

Response too_many() {
    return problem_response(
        {ProblemKind::TooMany, "Too many ask for what was at once; try again in a second."});
}

/// What could not be read is trouble, too, and nothing else is said of it.
JsonValue state_json(const History& history, const std::string& unread) {
    auto state = history.state();
    if (!unread.empty()) state.trouble = unread;
    return history_json(state);
}

JsonValue point_json(const Point& point, bool is_second) {
    if (is_second) return JsonValue::array({point.at, point.mean});
    return JsonValue::array({point.at, point.mean, point.lowest, point.highest});
}

JsonValue series_json(const std::vector<Series>& all, bool is_second) {
    auto json = JsonValue::object();
    for (const auto& series : all) {
        const auto& facts = kMetrics.at(series.metric);
        auto points = JsonValue::array();
        for (const auto& point : series.points) points.push_back(point_json(point, is_second));
        json[std::string(facts.name)] = {{"unit", facts.unit},
                                         {"of", facts.of_device ? "device" : "machine"},
                                         {"points", std::move(points)}};
    }
    return json;
}

JsonValue text_or_null(const std::string& text) {
    return text.empty() ? JsonValue(nullptr) : JsonValue(text);
}

JsonValue event_json(const Event& event) {
    return {{"id", event.id},
            {"at", time_text(event.at_ms)},
            {"kind", to_string(event.kind)},
            {"device", event.device == 0 ? JsonValue(nullptr) : JsonValue(event.device)},
            {"subject", text_or_null(event.subject)},
            {"text", event.text},
            {"who", text_or_null(event.who)},
            {"from", text_or_null(event.from)},
            {"result", text_or_null(event.result)}};
}

class HistoryRoute : public Route {
  public:
    HistoryRoute(PictureRoute::Latest latest, History& history)
        : latest_(std::move(latest)), history_(history) {}
    std::vector<Method> methods() const override { return {Method::Get}; }
    void answer(const Request& request, const Respond& respond) override {
        const auto parameters = parse_query(request.query);
        if (!parameters)
            return respond(
                problem_response({ProblemKind::BadParameter, parameters.error().message + "."}));
        read(*parameters, *latest_(), respond);
    }

  protected:
    virtual void read(const Parameters& parameters, const Picture& picture,
                      const Respond& respond) = 0;
    History& history() const noexcept { return history_; }

  private:
    PictureRoute::Latest latest_;
    History& history_;
};

class SeriesRoute : public HistoryRoute {
  public:
    using HistoryRoute::HistoryRoute;
    std::string_view path() const noexcept override { return "/api/metrics/history"; }

  private:
    void read(const Parameters& parameters, const Picture& picture,
              const Respond& respond) override {
        Parameters of_device;
        if (const auto device = parameters.find("device"); device != parameters.end())
            of_device.insert(*device);
        const auto slot = device_of(of_device, picture);
        if (!slot) return respond(problem_response(slot.error()));
        auto query = series_query(parameters, picture.unix_ms / 1000);
        if (!query) return respond(problem_response(query.error()));
        query->device = slot->value;
        const bool taken = history().ask(
            *query, [this, query = *query, respond, at = picture.unix_ms](const auto& read) {
                const auto width = width_of(query.resolution);
                JsonValue json{{"as_of", time_text(at)}, {"device", query.device}};
                json["resolution_s"] = width;
                json["from"] = time_text(query.from * 1000);
                json["to"] = time_text(query.to * 1000);
                json["history"] = state_json(history(), read ? "" : read.error().message);
                json["series"] = series_json(read.value_or(std::vector<Series>{}), width == 1);
                respond(said(json));
            });
        if (!taken) respond(too_many());
    }
};

class EventsRoute : public HistoryRoute {
  public:
    using HistoryRoute::HistoryRoute;
    std::string_view path() const noexcept override { return "/api/events"; }

  private:
    void read(const Parameters& parameters, const Picture& picture,
              const Respond& respond) override {
        const auto query = event_query(parameters);
        if (!query) return respond(problem_response(query.error()));
        const bool taken =
            history().ask(*query, [this, respond, at = picture.unix_ms](const auto& read) {
                JsonValue json{{"as_of", time_text(at)}};
                json["history"] = state_json(history(), read ? "" : read.error().message);
                json["events"] = JsonValue::array();
                for (const auto& event : read.value_or(std::vector<Event>{}))
                    json["events"].push_back(event_json(event));
                respond(said(json));
            });
        if (!taken) respond(too_many());
    }
};

}  // namespace

std::unique_ptr<Route> make_history_route(PictureRoute::Latest latest, History& history) {
    return std::make_unique<SeriesRoute>(std::move(latest), history);
}
std::unique_ptr<Route> make_events_route(PictureRoute::Latest latest, History& history) {
    return std::make_unique<EventsRoute>(std::move(latest), history);
}

}  // namespace midinet::admin
