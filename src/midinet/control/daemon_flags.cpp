#include "control/daemon_flags.hpp"

#include "control/flag_words.hpp"

#include <charconv>

namespace midinet::control {
namespace {

/// CLI::Range lets "nan" through: it compares as neither too small nor too large.
CLI::Validator percentage() {
    return {[](const std::string& word) {
                double value = -1;
                const bool good =
                    CLI::detail::lexical_cast(word, value) && value >= 0.0 && value <= 100.0;
                return good ? std::string{} : '"' + word + "\" is not a percentage from 0 to 100";
            },
            ""};
}

/// Decimal, of 64 bits.
CLI::Validator whole_number() {
    return {[](const std::string& word) {
                std::uint64_t value = 0;
                const auto* const end = word.data() + word.size();
                const auto read = std::from_chars(word.data(), end, value);
                const bool good = read.ec == std::errc{} && read.ptr == end;
                return good
                           ? std::string{}
                           : '"' + word + "\" is not a whole number from 0 to 18446744073709551615";
            },
            ""};
}

void add_flags(CLI::App& app, DaemonFlags& flags, std::string& state_dir) {
    app.add_option("--state-dir", state_dir, "Where epochs and ids are remembered")
        ->check(not_empty())
        ->type_name("DIR");
    app.add_flag("--no-realtime", flags.no_realtime,
                 "Do not ask for real-time priority and locked memory");
}

void add_client_flags(CLI::App& app, DaemonFlags& flags, double& percent) {
    app.add_option("--inject-loss", percent,
                   "Drop this percentage of received datagrams on purpose (rehearsals, demo)")
        ->check(percentage());
    app.add_option("--inject-seed", flags.inject_seed, "Which datagrams --inject-loss drops")
        ->check(whole_number());
    app.add_flag("--status-lines", flags.status_lines, "Print one JSON object a second to stdout");
}

}  // namespace

tl::expected<DaemonFlags, DaemonExit> parse_daemon_flags(const DaemonDescription& description,
                                                         int argc, const char* const* argv) {
    CLI::App app{description.purpose, description.name};
    DaemonFlags flags;
    CommonWords words;
    std::string state_dir;
    double percent = 0;
    app.set_version_flag("--version", description.name + " " + description.version);
    add_common_flags(app, flags, words);
    add_flags(app, flags, state_dir);
    if (description.client) add_client_flags(app, flags, percent);
    if (auto exit = parse(app, argc, argv)) return tl::unexpected(*exit);
    take_common(words, flags);
    if (!state_dir.empty()) flags.state_dir = state_dir;
    flags.inject_loss = percent / 100;
    return flags;
}

}  // namespace midinet::control
