// Commands that play as a host, where there is no other.
#include "control/cli/commands/specs.hpp"
#include "control/cli/play/message_bytes.hpp"

namespace midinet::control::cli {
namespace {

void add_as(Grammar& grammar, Words& words) {
    grammar.option("--as", words.as, "Play as the host with this id; 65000 unless given")
        .check(between(1, 65534))
        .type("ID");
}

void add_send(Grammar& grammar, Words& words) {
    grammar
        .option("BYTES", words.bytes,
                "One or more messages in hexadecimal, as in 90 3C 64; notes are released a second "
                "later, when the host ends")
        .required()
        .type("");
    add_as(grammar, words);
}

void add_replay(Grammar& grammar, Words& words) {
    grammar.option("FILE", words.files, "Standard MIDI File, such as `record` writes")
        .required()
        .check(some_text())
        .type("");
    add_as(grammar, words);
}

/// What both have.
std::string read_play(const Words& words, Order& order, Act act) {
    order.act = act;
    order.as = SourceId{static_cast<std::uint16_t>(words.as)};
    order.files = words.files;
    return words.device > 1 ? "it plays as the first device alone: leave --device out" : "";
}

std::string read_send(const Words& words, Order& order) {
    auto messages = message_bytes(words.bytes);
    if (!messages) return messages.error();
    order.messages = std::move(*messages);
    return read_play(words, order, Act::Send);
}

std::string read_replay(const Words& words, Order& order) {
    if (words.files.size() != 1) return "give one file to replay";
    return read_play(words, order, Act::Replay);
}

}  // namespace

const CommandSpec kSendCommand{"send",
                               "Play messages to the clients, to try them out, as a host of its "
                               "own; refused while another host "
                               "is there",
                               add_send, read_send};
const CommandSpec kReplayCommand{
    "replay",
    "Play a Standard MIDI File to the clients, as a host of its own; refused while another host is "
    "there",
    add_replay, read_replay};

}  // namespace midinet::control::cli
