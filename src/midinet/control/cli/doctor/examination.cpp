#include "control/cli/doctor/examination.hpp"

#include "control/cli/api/json_words.hpp"
#include "control/cli/doctor/listening.hpp"
#include "control/report/wall_time.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <future>

namespace midinet::control::cli {
namespace {

/// How far its clock is ahead of ours, which said `before` and `after` around the answer.
std::optional<std::int64_t> ahead_of(const std::string& body, std::int64_t before,
                                     std::int64_t after) {
    const auto json = JsonValue::parse(body, nullptr, false);
    const auto said = json.is_object() ? parse_time(words(json, "as_of")) : std::nullopt;
    if (!said) return std::nullopt;
    return *said - std::clamp(*said, before, after);
}

ApiFact ask_api(const Instruments& instruments, const ApiAccess& api) {
    const auto before = instruments.unix_ms();
    const auto answer = instruments.web.ask({.url = api.url + "/api/status", .token = api.token});
    const auto after = std::max(before, instruments.unix_ms());
    return {.url = api.url,
            .status = answer ? answer->status : 0,
            .trouble = answer ? std::string{} : answer.error().message,
            .has_token = !api.token.empty(),
            .ahead_ms = answer ? ahead_of(answer->body, before, after) : std::nullopt};
}

}  // namespace

Facts gather_facts(const Instruments& instruments, const Order& order) {
    Facts facts;
    facts.own_version = instruments.version;
    facts.interfaces = instruments.machine.interfaces();
    auto& machine = instruments.machine;
    auto firewall = std::async(std::launch::async, [&] { return machine.firewall(); });
    auto realtime = std::async(std::launch::async, [&] { return machine.realtime(); });
    auto clock = std::async(std::launch::async, [&] { return machine.clock(); });
    std::future<ApiFact> api;
    if (!order.api.url.empty())
        api = std::async(std::launch::async, [&] { return ask_api(instruments, order.api); });
    Listening listening(instruments, order, facts);
    while (listening.turn()) {
    }
    facts.firewall = firewall.get();
    facts.realtime = realtime.get();
    facts.clock = clock.get();
    if (api.valid()) facts.api = api.get();
    return facts;
}

}  // namespace midinet::control::cli
