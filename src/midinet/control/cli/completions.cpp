// Scripts for shells, from the same command line that the help is printed of.
#include "control/cli/commands/words.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace midinet::control::cli {
namespace {

struct Flag {
    std::string name;  ///< "--json"
    std::string purpose;
    bool takes_value = false;
    bool takes_file = false;
};
struct Command {
    std::string name;
    std::string purpose;
    std::vector<Flag> flags;
    bool takes_file = false;  ///< as a word of its own
};

std::vector<Flag> flags_of(const CLI::App& app) {
    std::vector<Flag> flags;
    for (const auto* option : app.get_options())
        for (const auto& name : option->get_lnames())
            flags.push_back({"--" + name, option->get_description(),
                             option->get_items_expected_max() > 0,
                             option->get_type_name() == "FILE"});
    return flags;
}

std::vector<Command> all_commands() {
    CLI::App app{"", kProgram};
    Words words;
    add_commands(app, words);
    std::vector<Command> commands;
    for (const auto* spec : command_table()) {
        const auto* sub = app.get_subcommand(spec->name);
        const auto* file = sub->get_option_no_throw("FILE");
        commands.push_back({spec->name, spec->purpose, flags_of(*sub), file != nullptr});
    }
    return commands;
}

std::string names(const std::vector<Flag>& flags) {
    std::vector<std::string> found;
    found.reserve(flags.size());
    for (const auto& flag : flags) found.push_back(flag.name);
    return fmt::format("{}", fmt::join(found, " "));
}

/// Without what a shell's quotes would end at.
std::string plain(std::string text) {
    std::erase_if(text, [](char c) { return c == '\'' || c == '`' || c == '"' || c == '\\'; });
    std::replace(text.begin(), text.end(), ':', ';');
    std::replace(text.begin(), text.end(), '[', '(');
    std::replace(text.begin(), text.end(), ']', ')');
    return text;
}

/// All flags that take a value which a shell cannot know, each once: "--group|--port".
std::string valued_flags(const std::vector<Command>& commands) {
    std::string values;
    for (const auto& command : commands)
        for (const auto& flag : command.flags)
            if (flag.takes_value && !flag.takes_file &&
                ('|' + values + '|').find('|' + flag.name + '|') == std::string::npos)
                values += (values.empty() ? "" : "|") + flag.name;
    return values;
}

std::string bash() {
    const auto all = all_commands();
    std::vector<std::string> commands;
    std::string cases;
    std::string files;
    for (const auto& command : all) {
        commands.push_back(command.name);
        cases += fmt::format("        {}) flags='{}' ;;\n", command.name, names(command.flags));
        if (command.takes_file) files += (files.empty() ? "" : "|") + command.name;
    }
    return fmt::format(R"(# bash completion of midinet-cli
_midinet_cli() {{
    local word=${{COMP_WORDS[COMP_CWORD]}} previous=${{COMP_WORDS[COMP_CWORD-1]}} command= flags= i
    local commands='{}'
    COMPREPLY=()
    for ((i = 1; i < COMP_CWORD; i++)); do
        [[ " $commands " == *" ${{COMP_WORDS[i]}} "* ]] && command=${{COMP_WORDS[i]}} && break
    done
    case $previous in
        {}) return ;;
        --token-file) compopt -o default; return ;;
    esac
    case $command in
{}        *) flags=$commands ;;
    esac
    if [[ $word == -* || -z $command ]]; then
        COMPREPLY=($(compgen -W "$flags" -- "$word"))
    else
        case $command in
            {}) compopt -o default ;;
        esac
    fi
}}
complete -F _midinet_cli midinet-cli
)",
                       fmt::join(commands, " "), valued_flags(all), cases, files);
}

std::string zsh() {
    std::string commands;
    std::string cases;
    for (const auto& command : all_commands()) {
        commands += fmt::format("        '{}:{}'\n", command.name, plain(command.purpose));
        cases += fmt::format("        {})\n            _arguments -S", command.name);
        for (const auto& flag : command.flags)
            cases += fmt::format(" \\\n                '{}[{}]{}'", flag.name, plain(flag.purpose),
                                 flag.takes_file    ? ":file:_files"
                                 : flag.takes_value ? ":value: "
                                                    : "");
        cases += fmt::format(" \\\n                '*:word:{}' ;;\n",
                             command.takes_file ? "_files" : " ");
    }
    return fmt::format(R"(#compdef midinet-cli
_midinet_cli() {{
    local -a commands
    commands=(
{}    )
    if (( CURRENT == 2 )); then
        _describe command commands
        return
    fi
    local command=$words[2]
    shift words
    (( CURRENT-- ))
    case $command in
{}    esac
}}
_midinet_cli "$@"
)",
                       commands, cases);
}

std::string fish() {
    std::string text = "# fish completion of midinet-cli\ncomplete -c midinet-cli -f\n";
    for (const auto& command : all_commands()) {
        text += fmt::format("complete -c midinet-cli -n __fish_use_subcommand -a {} -d '{}'\n",
                            command.name, plain(command.purpose));
        const auto when = fmt::format("complete -c midinet-cli -n '__fish_seen_subcommand_from {}'",
                                      command.name);
        for (const auto& flag : command.flags)
            text += fmt::format("{} -l {}{} -d '{}'\n", when, flag.name.substr(2),
                                flag.takes_file ? " -rF" : (flag.takes_value ? " -x" : ""),
                                plain(flag.purpose));
        if (command.takes_file) text += when + " -F\n";
    }
    return text;
}

}  // namespace

std::string completions(const std::string& shell) {
    if (shell == "zsh") return zsh();
    return shell == "fish" ? fish() : bash();
}

}  // namespace midinet::control::cli
