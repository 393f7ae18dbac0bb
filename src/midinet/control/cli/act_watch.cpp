#include "control/cli/acts.hpp"
#include "control/cli/api/show_calls.hpp"
#include "control/report/counted.hpp"
#include "control/report/overview.hpp"

#include <fmt/format.h>

#include <array>

namespace midinet::control::cli {
namespace {

constexpr const char* kHomeAndClear = "\x1b[H\x1b[2J";

/// One round, as it is printed.
struct Round {
    std::string json;
    std::string text;
    std::string line;  ///< all of it in one
    int exit_code = 0;
};

std::string line_of(const Scene& scene) {
    const auto verdict = judge(scene.view());
    const auto overview = overview_of(scene.roster, scene.now);
    std::string played;
    for (const auto& [source, clients] : overview.played)
        if (source.value != 0) played += fmt::format(" host {} by {};", source.value, clients);
    return fmt::format("{}; {}, {}; played:{}{}", to_string(verdict.grade),
                       counted(overview.hosts, "host"), counted(overview.clients, "client"),
                       played.empty() ? " nobody;" : played,
                       verdict.findings.empty() ? "" : ' ' + verdict.findings.front().text);
}

/// False: it is lost.
bool show(const Order& order, const Tools& tools, const Round& round) {
    if (order.request.json) return tools.print(round.json);
    if (const auto size = tools.terminal())
        return tools.print(
            kHomeAndClear +
            fit_terminal(fmt::format("{}  midinet-cli watch, every {} ms\n\n{}",
                                     tools.time_of_day(), order.interval / 1ms, round.text),
                         *size));
    return tools.print(fmt::format("{} {}\n", tools.time_of_day(), round.line));
}

bool is_last(const Order& order, unsigned round) {
    return order.count != 0 && round >= order.count;
}

int watch_boxes(const Order& order, const Tools& tools) {
    auto conversation = Conversation::open(tools.with, order.request);
    if (!conversation) {
        tools.complain(conversation.error().message);
        return conversation.error().exit_code;
    }
    for (unsigned n = 1;; ++n) {
        while ((*conversation)->turn()) {
        }
        const auto scene = (*conversation)->scene();
        const Round round{json_report(scene), text_report(scene), line_of(scene),
                          number(exit_code_of(scene))};
        if (!show(order, tools, round) || is_last(order, n)) return round.exit_code;
        (*conversation)->go_on(order.interval);
    }
}

Round round_of(const Order& order, const tl::expected<JsonValue, ApiRefusal>& answer) {
    if (!answer)
        return {dump(JsonValue{{"command", "status"},
                               {"source", order.api.url},
                               {"why", answer.error().sentence}}) +
                    '\n',
                answer.error().sentence + '\n', answer.error().sentence,
                number(answer.error().code)};
    auto text = api_text(Task::Status, *answer);
    auto line = text.substr(0, text.find('\n'));
    if (const auto reason = text.find("\n  - "); reason != std::string::npos)
        line += "; " + text.substr(reason + 5, text.find('\n', reason + 1) - reason - 5);
    return {dump(*answer) + '\n', std::move(text), std::move(line),
            number(exit_code_of(Task::Status, *answer))};
}

int watch_api(const Order& order, const Tools& tools) {
    ApiCaller caller(tools.web, order.api);
    const auto call = call_for(order.request);
    for (unsigned n = 1;; ++n) {
        const auto round = round_of(order, caller.ask(call.method, call.path));
        if (!show(order, tools, round) || is_last(order, n)) return round.exit_code;
        std::array<io::Ready, 1> none;
        (void)tools.with.waiter.wait(tools.with.clock.now() + order.interval, none);
    }
}

}  // namespace

int act_watch(const Order& order, const Tools& tools) {
    say_source(tools, order, order.api.url.empty() ? kPlane : order.api.url);
    return order.api.url.empty() ? watch_boxes(order, tools) : watch_api(order, tools);
}

}  // namespace midinet::control::cli
