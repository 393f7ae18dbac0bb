#include "control/cli/commands/specs.hpp"

namespace midinet::control::cli {
namespace {

void add_completions(Grammar& grammar, Words& words) {
    grammar.option("SHELL", words.shell, "bash, zsh or fish")
        .required()
        .check(one_word_of({"bash", "zsh", "fish"}))
        .type("");
}

std::string read_completions(const Words& words, Order& order) {
    order.act = Act::Print;
    order.text = completions(words.shell);
    return {};
}

}  // namespace

const CommandSpec kCompletionsCommand{"completions",
                                      "Print a script that has a shell complete commands and flags",
                                      add_completions, read_completions};

}  // namespace midinet::control::cli
