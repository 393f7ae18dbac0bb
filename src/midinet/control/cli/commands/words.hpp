// What is typed, before it means something. Private to the command line.
#pragma once

#include "control/cli/commands/grammar.hpp"
#include "control/cli/order.hpp"
#include "wire/constants.hpp"

#include <span>
#include <string>
#include <vector>

namespace midinet::control::cli {

/// A host that is no real one, unless the person names another id.
inline constexpr unsigned kTestSource = 65'000;

struct Words {
    // Of every command.
    bool json = false;
    std::vector<std::string> interfaces;
    std::vector<std::string> hosts;
    std::string group = wire::kControlGroup;
    unsigned port = wire::kControlPort;
    unsigned device = 0;   ///< 0: not given
    unsigned wait_ms = 0;  ///< 0: not given
    std::string url;
    std::string token;
    std::string token_file;

    // Of one.
    unsigned target = 0;
    bool status = false;
    bool arm = false;
    bool disarm = false;
    unsigned audit = 0;
    std::string client;
    unsigned input = 0;
    bool system = false;
    std::string verb;
    std::vector<std::string> files;
    std::string kind;
    unsigned interval_ms = 1000;
    unsigned count = 0;
    std::string shell;
    std::vector<std::string> types;
    unsigned channel = 0;
    unsigned from = 0;
    bool raw = false;
    unsigned lasts_s = 0;
    std::vector<std::string> bytes;
    unsigned as = kTestSource;
    bool yes = false;
    unsigned confirm_within_s = 0;
    unsigned version = 0;
    Given audit_given;
    Given target_given;
    std::string tap;
    unsigned seconds = 5;
    bool force = false;
    bool end = false;
    std::string source;
    bool show = false;
    bool apply = false;
    bool undo = false;
    std::string root;
    Given seconds_given;
};

/// A command of the program. All of its help, its completions and its usage come from here.
struct CommandSpec {
    const char* name;
    const char* purpose;
    /// Adds its own flags and words. Null: it has none.
    void (*add)(Grammar& grammar, Words& words);
    /// Says what is to be done: `act`, and the `task` of a conversation. Gives what is wrong with
    /// the words, or nothing.
    std::string (*read)(const Words& words, Order& order);
};

/// In the order of the help.
std::span<const CommandSpec* const> command_table();

/// What is wrong with the address of an API, or nothing.
std::string wrong_url(const std::string& word);

/// What every command takes, in front of its name or behind it.
void add_common(Grammar& grammar, Words& words);

/// The whole command line, with its flags bound to `words`.
void add_commands(CLI::App& app, Words& words);
inline constexpr const char* kProgram = "midinet-cli";

/// A script that has a shell complete what is typed: "bash", "zsh" or "fish".
std::string completions(const std::string& shell);

}  // namespace midinet::control::cli
