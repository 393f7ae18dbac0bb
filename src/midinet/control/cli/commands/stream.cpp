// Commands that hear the stream itself.
#include "control/cli/commands/specs.hpp"
#include "control/report/message_words.hpp"

namespace midinet::control::cli {
namespace {

void add_choice(CLI::App& app, Words& words) {
    app.add_option("--from", words.from, "Of the host with this id alone")
        ->check(between(1, 65535))
        ->type_name("ID");
    app.add_option("--for", words.lasts_s, "End after so many seconds")
        ->check(between(1, 1'000'000))
        ->type_name("S");
}

void add_monitor(CLI::App& app, Words& words) {
    add_choice(app, words);
    app.add_option("--type", words.types,
                   "Only messages of this type (repeatable): note, cc, program, bend, pressure, "
                   "sysex, clock, system; without it: all but clock")
        ->allow_extra_args(false)
        ->check(one_word_of(message_types()))
        ->type_name("TYPE");
    app.add_option("--channel", words.channel, "Only messages of this channel, 1 to 16")
        ->check(between(1, 16))
        ->type_name("N");
    app.add_flag("--raw", words.raw, "With the bytes in hexadecimal");
    app.add_option("--count", words.count, "End after so many messages")
        ->check(between(1, 1'000'000))
        ->type_name("N");
}

void take(const Words& words, Order& order) {
    order.stream = {SourceId{static_cast<std::uint16_t>(words.from)}, words.types, words.channel,
                    words.raw};
    order.lasts = std::chrono::seconds(words.lasts_s);
    order.count = words.count;
    order.files = words.files;
}

void add_record(CLI::App& app, Words& words) {
    add_choice(app, words);
    app.add_option("FILE", words.files, "Standard MIDI File to write; must not be there yet")
        ->required()
        ->check(some_text())
        ->type_name("");
}

void add_verify(CLI::App& app, Words& words) {
    add_choice(app, words);
    app.add_option("FILE", words.files,
                   "Two Standard MIDI Files; or one, to hold the stream against it")
        ->required()
        ->check(some_text())
        ->type_name("");
}

}  // namespace

const CommandSpec kMonitorCommand{"monitor", "The MIDI of the stream, as clients hear it",
                                  add_monitor, [](const Words& words, Order& order) {
                                      order.act = Act::Monitor;
                                      take(words, order);
                                      return std::string{};
                                  }};
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
