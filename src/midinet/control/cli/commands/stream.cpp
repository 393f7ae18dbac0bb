// Commands that hear the stream itself.
#include "control/cli/commands/specs.hpp"
#include "control/report/kind_words.hpp"

#include <algorithm>

namespace midinet::control::cli {
namespace {

void add_time(Grammar& grammar, Words& words) {
    grammar.option("--for", words.lasts_s, "End after so many seconds")
        .check(between(1, 1'000'000))
        .type("S");
}

void add_choice(Grammar& grammar, Words& words) {
    grammar.option("--from", words.from, "Of the host with this id alone")
        .check(between(1, 65535))
        .type("ID");
    add_time(grammar, words);
}

std::vector<std::string> tap_names() {
    std::vector<std::string> names;
    for (unsigned n = 0; n < plane::kTapPoints; ++n)
        names.emplace_back(to_string(static_cast<plane::TapPoint>(n)));
    return names;
}

void add_monitor(Grammar& grammar, Words& words) {
    grammar
        .option("--tap", words.tap,
                "As hosts tell what their device sends (in), what they put into the stream (out) "
                "or what they gave to their device (lights), or clients what they gave to their "
                "port (delivered)")
        .check(one_word_of(tap_names()))
        .type("TAP");
    grammar
        .option("--from", words.source,
                "Of the host with this id alone; with --tap delivered of this client: its "
                "number, id, or machine's name")
        .check(some_text())
        .type("ID");
    add_time(grammar, words);
    grammar
        .option("--type", words.types,
                "Only messages of this type (repeatable): note, cc, program, bend, pressure, "
                "sysex, clock, system; without it: all but clock")
        .one_each()
        .check(one_word_of(message_types()))
        .type("TYPE");
    grammar.option("--channel", words.channel, "Only messages of this channel, 1 to 16")
        .check(between(1, 16))
        .type("N");
    grammar.flag("--raw", words.raw, "With the bytes in hexadecimal");
    grammar.option("--count", words.count, "End after so many messages")
        .check(between(1, 1'000'000))
        .type("N");
}

void take(const Words& words, Order& order) {
    order.stream = {SourceId{static_cast<std::uint16_t>(words.from)}, words.types, words.channel,
                    words.raw};
    order.lasts = std::chrono::seconds(words.lasts_s);
    order.count = words.count;
    order.files = words.files;
}

void add_record(Grammar& grammar, Words& words) {
    add_choice(grammar, words);
    grammar.option("FILE", words.files, "Standard MIDI File to write; must not be there yet")
        .required()
        .check(some_text())
        .type("");
}

void add_verify(Grammar& grammar, Words& words) {
    add_choice(grammar, words);
    grammar
        .option("FILE", words.files,
                "Two Standard MIDI Files; or one, to hold the stream against it")
        .required()
        .check(some_text())
        .type("");
}

/// Gives what is wrong with them.
std::string read_monitor(const Words& words, Order& order) {
    order.act = Act::Monitor;
    take(words, order);
    const auto taps = tap_names();
    const auto tap = std::find(taps.begin(), taps.end(), words.tap);
    if (tap != taps.end()) order.tap = static_cast<plane::TapPoint>(tap - taps.begin());
    if (words.source.empty()) return {};
    if (order.tap == plane::TapPoint::Delivered) {
        order.client = words.source;
        return {};
    }
    auto text = words.source;
    if (auto why = between(1, 65535)(text); !why.empty()) return "--from: " + why;
    order.stream.from = SourceId{static_cast<std::uint16_t>(std::stoul(words.source))};
    return {};
}

}  // namespace

const CommandSpec kMonitorCommand{"monitor",
                                  "The MIDI of the stream as clients hear it, or as boxes tell it",
                                  add_monitor, read_monitor};
const CommandSpec kRecordCommand{
    "record", "Write the stream of one host to a Standard MIDI File", add_record,
    [](const Words& words, Order& order) {
        order.act = Act::Record;
        take(words, order);
        return std::string(words.files.size() == 1 ? "" : "give one file to record to");
    }};
const CommandSpec kVerifyCommand{
    "verify", "Whether two Standard MIDI Files, or one and the stream, hold the same messages",
    add_verify, [](const Words& words, Order& order) {
        order.act = words.files.size() == 1 ? Act::VerifyLive : Act::Verify;
        take(words, order);
        if (words.files.size() > 2) return std::string("give one file or two to verify");
        const bool of_stream = words.from != 0 || words.lasts_s != 0;
        return std::string(order.act == Act::Verify && of_stream
                               ? "--from and --for are for one file and the stream"
                               : "");
    }};

}  // namespace midinet::control::cli
