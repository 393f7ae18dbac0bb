#include "control/cli/acts.hpp"
#include "control/cli/api/caller.hpp"
#include "control/cli/api/json_words.hpp"
#include "control/cli/metrics.hpp"
#include "control/report/system_json.hpp"

#include <array>

namespace midinet::control::cli {
namespace {

/// CPU is a share of the time between two readings.
constexpr Duration kBetweenReadings = 500ms;

void add_head(JsonValue& json, const char* command, const std::string& source) {
    JsonValue whole{{"command", command}, {"source", source}};
    whole.update(json);
    json = std::move(whole);
    json["exit_code"] = 0;
}

/// What a resource says; `text` makes it readable.
int show(const Order& order, const Tools& tools, const std::string& path, const char* command,
         std::string (*text)(const JsonValue&)) {
    ApiCaller caller(tools.web, order.api);
    auto answer = caller.ask("GET", path);
    if (!answer) return refuse(order, tools, command, answer.error());
    const auto readable = text(*answer);
    add_head(*answer, command, order.api.url);
    return report(order, tools, std::move(*answer), readable);
}

/// Two samples of each status: boxes speak once a second.
int sample(const Order& order, const Tools& tools) {
    auto conversation = Conversation::open(tools.with, order.request);
    if (!conversation) {
        tools.complain(conversation.error().message);
        return conversation.error().exit_code;
    }
    while ((*conversation)->turn()) {
    }
    const auto before = (*conversation)->scene().roster;
    (*conversation)->go_on(order.request.wait);
    while ((*conversation)->turn()) {
    }
    const auto scene = (*conversation)->scene();
    auto json = midi_metrics_json(before, scene.view());
    const bool anybody = !scene.roster.hosts().empty() || !scene.roster.clients().empty();
    const auto text = anybody ? midi_metrics_text(json) : text_report(scene);
    add_head(json, "metrics", kPlane);
    json["exit_code"] = number(anybody ? ExitCode::Ok : ExitCode::Unreachable);
    return report(order, tools, std::move(json), text);
}

}  // namespace

int act_metrics(const Order& order, const Tools& tools) {
    if (order.api.url.empty()) return sample(order, tools);
    const std::string device =
        order.request.all_devices ? "" : "?device=" + std::to_string(order.request.device.value);
    return show(order, tools, "/api/metrics/midi" + device, "metrics", midi_metrics_text);
}

int act_system_metrics(const Order& order, const Tools& tools) {
    if (!order.api.url.empty())
        return show(order, tools, "/api/metrics/system", "metrics", system_metrics_text);
    (void)tools.meter.read();
    std::array<io::Ready, 1> none;
    (void)tools.with.waiter.wait(tools.with.clock.now() + kBetweenReadings, none);
    auto json = system_json(tools.meter.read());
    const auto text = system_metrics_text(json);
    add_head(json, "metrics", "this machine");
    return report(order, tools, std::move(json), text);
}

int act_alerts(const Order& order, const Tools& tools) {
    if (order.api.url.empty()) return want_api(tools, "alerts are kept");
    ApiCaller caller(tools.web, order.api);
    auto answer = caller.ask("GET", "/api/alerts");
    if (!answer) return refuse(order, tools, "alerts", answer.error());
    const auto text = alerts_text(*answer);
    const bool any = !list(*answer, "active").empty();
    add_head(*answer, "alerts", order.api.url);
    (*answer)["exit_code"] = number(any ? ExitCode::Degraded : ExitCode::Ok);
    return report(order, tools, std::move(*answer), text);
}

}  // namespace midinet::control::cli
