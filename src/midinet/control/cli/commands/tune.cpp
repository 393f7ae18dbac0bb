#include "control/cli/commands/specs.hpp"

namespace midinet::control::cli {
namespace {

void add_tune(Grammar& grammar, Words& words) {
    grammar.flag("--show", words.show,
                 "What is set, what would be, and why: so it is without a flag");
    grammar.flag("--apply", words.apply,
                 "Set it, and keep what was there before; until the machine is started anew");
    grammar.flag("--undo", words.undo, "Put back what was there before");
    grammar.option("--root", words.root, "The machine whose sys, proc and var are in this folder")
        .check(some_text())
        .type("DIR");
}

std::string read_tune(const Words& words, Order& order) {
    if (int{words.show} + int{words.apply} + int{words.undo} > 1)
        return "give one of --show, --apply and --undo to `tune`";
    order.act = words.apply ? Act::TuneApply : words.undo ? Act::TuneUndo : Act::TuneShow;
    order.root = words.root;
    return {};
}

}  // namespace

const CommandSpec kTuneCommand{
    "tune", "Tune this machine for real time, or show what that would change", add_tune, read_tune};

}  // namespace midinet::control::cli
