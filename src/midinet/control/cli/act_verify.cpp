#include "control/cli/acts.hpp"
#include "control/cli/song_files.hpp"
#include "control/cli/stream/song_check.hpp"
#include "control/cli/stream/stream_choice.hpp"
#include "control/cli/stream/stream_ear.hpp"
#include "control/report/counted.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace midinet::control::cli {
namespace {

/// Where two songs part: the number of events where they do not.
std::size_t common_events(const midi::SmfSong& a, const midi::SmfSong& b, Duration& drift) {
    const auto shorter = std::min(a.events.size(), b.events.size());
    for (std::size_t i = 0; i < shorter; ++i) {
        const auto x = a.bytes(a.events[i]);
        const auto y = b.bytes(b.events[i]);
        if (!std::equal(x.begin(), x.end(), y.begin(), y.end())) return i;
        // What counts is how far apart the messages are, not when a recording was begun.
        const auto apart = (a.events[i].at - a.events[0].at) - (b.events[i].at - b.events[0].at);
        drift = std::max(drift, apart < Duration{} ? -apart : apart);
    }
    return shorter;
}

/// What came of a comparison.
struct Comparison {
    bool all = false;  ///< nothing differs
    std::size_t same = 0;
    Duration drift{};
    std::string first;   ///< of the first that differs
    std::string second;  ///< of it, on the other side
};

/// `names`: of both sides.
int tell(const Order& order, const Tools& tools, const Comparison& came,
         const std::array<std::string, 2>& names) {
    const auto code = number(came.all ? ExitCode::Ok : ExitCode::Degraded);
    const auto or_null = [&](const std::string& text) {
        return came.all ? JsonValue(nullptr) : JsonValue(text);
    };
    const JsonValue json{{"command", "verify"},
                         {"same", came.all},
                         {"events", came.same},
                         {"first", or_null(came.first)},
                         {"second", or_null(came.second)},
                         {"drift_us", came.drift / 1us},
                         {"exit_code", code}};
    const auto text = came.all
                          ? fmt::format("the same {}; times differ by {:.3f} ms at most\n",
                                        counted(came.same, "message"),
                                        static_cast<double>(came.drift / 1us) / 1e3)
                          : fmt::format("they differ at message {}:\n  {}: {}\n  {}: {}\n",
                                        came.same + 1, names[0], came.first, names[1], came.second);
    tools.print(order.request.json ? dump(json) + '\n' : text);
    return code;
}

/// Until there is a verdict or the time is over. Gives why nothing was heard, or nothing.
std::string hold_against(const Order& order, const Tools& tools, SongCheck& check, StreamEar& ear,
                         std::vector<TapEvent>& heard) {
    const auto& clock = tools.with.clock;
    const TimePoint end = order.lasts > Duration{} ? clock.now() + order.lasts : kNever;
    SourceId from = order.stream.from;
    while (!check.over() && clock.now() < end) {
        ear.turn(std::min({end, check.due(), clock.now() + 50ms}));
        for (const auto& event : heard) {
            if (from.value == 0) from = event.source;
            if (event.source == from) check.on_event(event, clock.now());
        }
        heard.clear();
        check.on_timer(clock.now());
    }
    check.end();
    return unheard(ear.tap().sources(), order.stream.from);
}

}  // namespace

int act_verify(const Order& order, const Tools& tools) {
    const auto a = song_of(order.files[0]);
    const auto b = song_of(order.files[1]);
    for (const auto* song : {&a, &b})
        if (!*song) {
            tools.complain(song->error().message);
            return number(ExitCode::Usage);
        }
    Comparison came;
    came.same = common_events(*a, *b, came.drift);
    came.all = came.same == a->events.size() && came.same == b->events.size();
    came.first = event_text(*a, came.same);
    came.second = event_text(*b, came.same);
    return tell(order, tools, came, {order.files[0], order.files[1]});
}

int act_verify_live(const Order& order, const Tools& tools) {
    auto song = song_of(order.files[0]);
    if (song && song->events.empty())
        song = fail("there is no message in " + order.files[0], number(ExitCode::Usage));
    std::vector<TapEvent> heard;
    auto ear = StreamEar::open(tools.with, order.request,
                               [&heard](const TapEvent& event) { heard.push_back(event); });
    if (!song || !ear) {
        const auto& error = !song ? song.error() : ear.error();
        tools.complain(error.message);
        return error.exit_code;
    }
    SongCheck check(*song);
    if (const auto why = hold_against(order, tools, check, **ear, heard); !why.empty()) {
        tools.complain(why);
        return number(ExitCode::Unreachable);
    }
    if (const auto lost = (*ear)->tap().lost(); lost > 0)
        tools.complain(
            fmt::format("{} did not come by multicast: clients ask for such ones, this program "
                        "does not",
                        counted(lost, "event")));
    return tell(order, tools,
                {!check.differs(), check.same(), check.drift(), check.wanted(), check.heard()},
                {order.files[0], "the stream"});
}

}  // namespace midinet::control::cli
