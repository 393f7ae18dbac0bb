#include "control/cli/commands/specs.hpp"

namespace midinet::control::cli {
namespace {

void add_config(Grammar& grammar, Words& words) {
    grammar
        .option("VERB", words.verb,
                "check FILE: whether its programs take it; diff FILE FILE: what the second one "
                "means otherwise, and when that takes effect; apply FILE: put it in force by "
                "midi-admin; rollback [VERSION]: what was in force before; confirm: the change "
                "that waits for it stays")
        .required()
        .check(one_word_of({"check", "diff", "apply", "rollback", "confirm"}))
        .type("");
    grammar.option("FILE", words.files, "midinet.toml or client.toml; for rollback the version")
        .check(some_text())
        .type("");
    grammar
        .option("--for", words.kind,
                "host (and admin) or client, whose file it is; else its name tells")
        .check(one_word_of({"host", "client"}))
        .type("PROGRAM");
    grammar.flag("--yes", words.yes, "apply, rollback: do not ask");
    grammar
        .option("--confirm-within", words.confirm_within_s,
                "apply, rollback: taken back after so many seconds, unless `config confirm` is "
                "said")
        .check(between(1, 3600))
        .type("S");
}

std::string read_change(const Words& words, Order& order) {
    order.files = words.files;
    order.yes = words.yes;
    order.confirm_within_s = words.confirm_within_s;
    order.act = Act::ConfigConfirm;
    if (words.verb == "apply") order.act = Act::ConfigApply;
    if (words.verb == "rollback") order.act = Act::ConfigRollback;
    if (words.verb == "apply" && words.files.size() != 1) return "give one file to `config apply`";
    if (words.verb == "confirm" && !words.files.empty()) return "`config confirm` takes no word";
    if (words.verb != "rollback" || words.files.empty()) return {};
    order.files.clear();
    const bool number =
        words.files.size() == 1 && between(1, 1'000'000'000)(words.files[0]).empty();
    if (!number) return "give `config rollback` one version, a number, or none";
    order.version = static_cast<unsigned>(std::stoul(words.files[0]));
    return {};
}

std::string read_config(const Words& words, Order& order) {
    if (words.verb != "check" && words.verb != "diff") return read_change(words, order);
    if (words.yes || words.confirm_within_s != 0)
        return "--yes and --confirm-within are for `config apply` and `config rollback`";
    const bool check = words.verb == "check";
    if (words.files.size() != (check ? 1U : 2U))
        return "give one file to `config check`, and two to `config diff`";
    order.act = check ? Act::ConfigCheck : Act::ConfigDiff;
    order.files = words.files;
    order.kind = words.kind;
    return {};
}

}  // namespace

const CommandSpec kConfigCommand{"config",
                                 "Look at configuration files, put one in force, or take it back",
                                 add_config, read_config};

}  // namespace midinet::control::cli
