#include "control/cli/commands/specs.hpp"

namespace midinet::control::cli {
namespace {

void add(CLI::App& app, Words& words) {
    app.add_option("SHELL", words.shell, "bash, zsh or fish")
        ->required()
        ->check(one_word_of({"bash", "zsh", "fish"}))
        ->type_name("");
}

std::string read(const Words& words, Order& order) {
    order.act = Act::Print;
    order.text = completions(words.shell);
    return {};
}

}  // namespace

const CommandSpec kCompletionsCommand{
    "completions", "Print a script that has a shell complete commands and flags", add, read};

}  // namespace midinet::control::cli
