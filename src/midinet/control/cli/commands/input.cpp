#include "control/cli/commands/specs.hpp"

namespace midinet::control::cli {
namespace {

void add_input(Grammar& grammar, Words& words) {
    grammar
        .option("INPUT", words.input,
                "Read this one, 1 or 2, from now on; --host tells of which host where several "
                "have two. Without one: tell which is read")
        .check(between(1, plane::kInputs))
        .type("");
}

std::string read_input(const Words& words, Order& order) {
    order.request.task = words.input == 0 ? Task::Input : Task::SwitchInput;
    return {};
}

}  // namespace

const CommandSpec kInputCommand{
    "input", "Which of its two controllers a host reads, or switch to one", add_input, read_input};

}  // namespace midinet::control::cli
