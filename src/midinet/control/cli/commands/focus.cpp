#include "control/cli/commands/specs.hpp"

namespace midinet::control::cli {
namespace {

void add_focus(Grammar& grammar, Words& words) {
    grammar
        .option("CLIENT", words.client,
                "Give it to this client: its number in what `clients` lists, its name or its id; "
                "none: to nobody; auto: to whoever asks first. Without one: tell who has it")
        .check(some_text())
        .type("");
}

std::string read_focus(const Words& words, Order& order) {
    auto& task = order.request.task;
    task = Task::GiveFocus;
    if (words.client.empty()) task = Task::Focus;
    if (words.client == "none") task = Task::FocusNobody;
    if (words.client == "auto") task = Task::FocusAuto;
    return {};
}

}  // namespace

const CommandSpec kFocusCommand{
    "focus", "Whose lights the controllers show, or give that to a client", add_focus, read_focus};

}  // namespace midinet::control::cli
