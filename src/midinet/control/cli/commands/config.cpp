#include "control/cli/commands/specs.hpp"

namespace midinet::control::cli {
namespace {

void add(CLI::App& app, Words& words) {
    app.add_option("VERB", words.verb,
                   "check FILE: whether its programs take it; diff FILE FILE: what the second one "
                   "means otherwise, and when that takes effect")
        ->required()
        ->check(one_word_of({"check", "diff"}))
        ->type_name("");
    app.add_option("FILE", words.files, "midinet.toml or client.toml")
        ->required()
        ->check(some_text())
        ->type_name("");
    app.add_option("--for", words.kind,
                   "host (and admin) or client, whose file it is; else its name tells")
        ->check(one_word_of({"host", "client"}))
        ->type_name("PROGRAM");
}

std::string read(const Words& words, Order& order) {
    const bool check = words.verb == "check";
    if (words.files.size() != (check ? 1U : 2U))
        return "give one file to `config check`, and two to `config diff`";
    order.act = check ? Act::ConfigCheck : Act::ConfigDiff;
    order.files = words.files;
    order.kind = words.kind;
    return {};
}

}  // namespace

const CommandSpec kConfigCommand{"config", "Look at configuration files before they are used", add,
                                 read};

}  // namespace midinet::control::cli
