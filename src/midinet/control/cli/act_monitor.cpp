#include "control/cli/acts.hpp"
#include "control/cli/stream/stream_choice.hpp"
#include "control/cli/stream/stream_ear.hpp"
#include "control/report/counted.hpp"
#include "control/report/message_words.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace midinet::control::cli {
namespace {

bool is_wanted(const StreamChoice& choice, const TapEvent& event) {
    if (choice.from.value != 0 && event.source != choice.from) return false;
    return is_chosen(choice, event.bytes);
}

std::string words_of(const TapEvent& event) {
    return event.bytes.empty() ? "sysex     incomplete: parts of it were missed, or it was cut off"
                               : message_words(event.bytes);
}

std::string line(const Order& order, const Tools& tools, const TapEvent& event) {
    const auto at_s = static_cast<double>(event.at / 1us) / 1e6;
    if (order.request.json)
        return dump(JsonValue{{"host", event.source.value},
                              {"epoch", event.epoch.value},
                              {"port", event.port.value},
                              {"at_us", event.at / 1us},
                              {"type", event.bytes.empty() ? "sysex" : type_of(event.bytes)},
                              {"text", words_of(event)},
                              {"hex", hex_words(event.bytes, event.bytes.size())}}) +
               '\n';
    return fmt::format("{} {:>12.6f}  host {} port {}  {}{}\n", tools.time_of_day(), at_s,
                       event.source.value, event.port.value, words_of(event),
                       order.stream.raw ? "  " + hex_words(event.bytes) : "");
}

}  // namespace

int act_monitor(const Order& order, const Tools& tools) {
    unsigned shown = 0;
    bool is_read = true;
    auto ear = StreamEar::open(tools.with, order.request, [&](const TapEvent& event) {
        if (!is_wanted(order.stream, event) || (order.count != 0 && shown >= order.count)) return;
        ++shown;
        is_read = tools.print(line(order, tools, event)) && is_read;
    });
    if (!ear) {
        tools.complain(ear.error().message);
        return ear.error().exit_code;
    }
    const TimePoint end = order.lasts > Duration{} ? tools.with.clock.now() + order.lasts : kNever;
    std::uint64_t told = 0;
    while (is_read && tools.with.clock.now() < end && (order.count == 0 || shown < order.count)) {
        (*ear)->turn(std::min(end, tools.with.clock.now() + 1s));
        const auto lost = (*ear)->tap().lost();
        if (lost > told)
            tools.complain(
                fmt::format("{} did not come by multicast ({} so far): clients "
                            "ask for such ones, this program does not",
                            counted(lost - told, "event"), lost));
        told = lost;
    }
    if (const auto why = unheard((*ear)->tap().sources(), order.stream.from); !why.empty()) {
        tools.complain(why);
        return number(ExitCode::Unreachable);
    }
    return number(told == 0 ? ExitCode::Ok : ExitCode::Degraded);
}

}  // namespace midinet::control::cli
