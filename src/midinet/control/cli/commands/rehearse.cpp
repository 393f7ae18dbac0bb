#include "control/cli/commands/specs.hpp"

namespace midinet::control::cli {
namespace {

constexpr unsigned kMostSeconds = plane::kLongestHold / 1s;

void add_rehearse(Grammar& grammar, Words& words) {
    grammar
        .option("HOST", words.target,
                "The host with this id sends nothing for a while, as if it was lost; without "
                "one: what came of the last rehearsals, as midi-admin tells")
        .check(between(1, 65535))
        .type("");
    words.seconds_given =
        grammar.option("--seconds", words.seconds, "For so long, 1 to 60; 5 unless given")
            .check(between(1, kMostSeconds))
            .type("S");
    grammar.flag("--force", words.force, "Also if nobody could take over: then the music stops");
    grammar.flag("--end", words.end, "It goes on now");
}

std::string read_rehearse(const Words& words, Order& order) {
    const bool host = words.target != 0;
    const bool timed = words.seconds_given.typed();
    if (!host && (words.end || words.force || timed)) return "name the host: `rehearse HOST`";
    if (words.end && words.force) return "--force does not go with --end";
    if (words.end && timed) return "--seconds does not go with --end";
    auto& request = order.request;
    request.task = !host ? Task::Rehearsals : words.end ? Task::RehearseEnd : Task::Rehearse;
    request.hold_ms = request.task == Task::Rehearse ? words.seconds * 1000 : 0;
    request.force = words.force;
    return {};
}

}  // namespace

const CommandSpec kRehearseCommand{
    "rehearse", "Try out the loss of a host: it sends nothing for a while, and then goes on",
    add_rehearse, read_rehearse};

}  // namespace midinet::control::cli
