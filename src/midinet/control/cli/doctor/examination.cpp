#include "control/cli/doctor/examination.hpp"

#include "control/cli/doctor/listening.hpp"

#include <future>

namespace midinet::control::cli {
namespace {

ApiFact ask_api(io::HttpClient& web, const ApiAccess& api) {
    const auto answer = web.ask({.url = api.url + "/api/status", .token = api.token});
    return {.url = api.url,
            .status = answer ? answer->status : 0,
            .trouble = answer ? std::string{} : answer.error().message,
            .has_token = !api.token.empty()};
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
        api = std::async(std::launch::async, [&] { return ask_api(instruments.web, order.api); });
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
