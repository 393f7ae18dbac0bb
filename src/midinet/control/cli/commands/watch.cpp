#include "control/cli/commands/specs.hpp"

namespace midinet::control::cli {
namespace {

void add_watch(Grammar& grammar, Words& words) {
    grammar
        .option("--interval", words.interval_ms, "Milliseconds between rounds; 1000 unless given")
        .check(between(100, 600'000))
        .type("MS");
    grammar.option("--count", words.count, "End after so many rounds, with the last one's status")
        .check(between(1, 1'000'000))
        .type("N");
}

std::string read_watch(const Words& words, Order& order) {
    order.act = Act::Watch;
    order.request.task = Task::Status;
    order.interval = std::chrono::milliseconds(words.interval_ms);
    order.count = words.count;
    return {};
}

}  // namespace

const CommandSpec kWatchCommand{"watch", "The status again and again, in its place on a terminal",
                                add_watch, read_watch};

}  // namespace midinet::control::cli
