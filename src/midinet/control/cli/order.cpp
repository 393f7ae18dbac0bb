#include "control/cli/order.hpp"

#include "control/audit_trail.hpp"
#include "control/cli/commands/words.hpp"
#include "control/cli/exit_code.hpp"
#include "control/device_slots.hpp"
#include "control/plane/command_sender.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <sstream>

namespace midinet::control::cli {
namespace {

tl::unexpected<DaemonExit> misused(const std::string& why) {
    return tl::unexpected(
        DaemonExit{std::string(kProgram) + ": " + why + "; `" + kProgram + " --help` tells more\n",
                   static_cast<int>(ExitCode::Usage)});
}

/// All that is the same for every command.
Request request_of(const Words& words) {
    Request request;
    request.json = words.json;
    for (const auto& name : words.interfaces)  // one that is named twice is one
        if (std::find(request.interfaces.begin(), request.interfaces.end(), name) ==
            request.interfaces.end())
            request.interfaces.push_back(name);
    request.all_devices = words.device == 0;
    request.device.value = static_cast<std::uint8_t>(std::max(words.device, 1U));
    const auto port = port_of(static_cast<std::uint16_t>(words.port), request.device);
    request.group = {*io::parse_ipv4(words.group), port};
    for (const auto& host : words.hosts) request.peers.push_back({*io::parse_ipv4(host), port});
    request.target = SourceId{static_cast<std::uint16_t>(words.target)};
    request.max_audit = static_cast<std::uint8_t>(words.audit);
    request.client = words.client;
    request.input = static_cast<std::uint8_t>(words.input);
    return request;
}

ApiAccess access_of(const Words& words, const Environment& environment) {
    ApiAccess api{words.url.empty() ? environment.url : words.url, words.token, words.token_file};
    while (api.url.ends_with('/')) api.url.pop_back();
    if (api.token.empty() && api.token_file.empty()) api.token = environment.token;
    return api;
}

/// Whether the device's ports are there.
bool has_port(const Words& words) {
    return words.port + (std::max(words.device, 1U) - 1) * wire::kDevicePortStep <= 65'535;
}

/// Errors: also help and version, which end the program well.
tl::expected<void, DaemonExit> read_words(CLI::App& app, int argc, const char* const* argv) {
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        std::ostringstream out;
        if (app.exit(error, out, out) == 0) return tl::unexpected(DaemonExit{out.str(), 0});
        return misused(audit_text(plain_words(error.what())));  // it repeats what was typed
    }
    return {};
}

/// The flag with a value that stands both in front of the command and behind it, or nothing: the
/// one behind would count, and nobody would be told.
std::string given_on_both_sides(const CLI::App& app, const CLI::App& command) {
    for (const auto* option : command.get_options()) {
        if (option->count() == 0 || option->get_items_expected_max() == 0) continue;
        const auto* in_front = app.get_option_no_throw(option->get_name());
        if (in_front != nullptr && in_front->count() != 0) return option->get_name();
    }
    return {};
}

/// "status, hosts or clients".
std::string names_of_commands() {
    std::string names;
    const auto table = command_table();
    for (std::size_t i = 0; i < table.size(); ++i)
        names += (i == 0                  ? ""
                  : i + 1 == table.size() ? " or "
                                          : ", ") +
                 std::string(table[i]->name);
    return names;
}

tl::expected<Order, DaemonExit> order_of(const CommandSpec& command, const Words& words,
                                         const Environment& environment) {
    if (!words.token.empty() && !words.token_file.empty())
        return misused("give --token or --token-file, not both");
    if (const auto why = wrong_url(environment.url);
        words.url.empty() && !environment.url.empty() && !why.empty())
        return misused("MIDINET_URL: " + why);
    Order order{.request = request_of(words), .api = access_of(words, environment)};
    if (const auto why = command.read(words, order); !why.empty()) return misused(why);
    if (order.act == Act::Converse && asks(order.request.task))
        order.request.wait = plane::CommandSender::kPatience;
    if (words.wait_ms != 0) order.request.wait = std::chrono::milliseconds(words.wait_ms);
    return order;
}

}  // namespace

void add_commands(CLI::App& app, Words& words) {
    Grammar common(app);
    add_common(common, words);
    for (const auto* spec : command_table()) {
        CLI::App* sub = app.add_subcommand(spec->name, spec->purpose);
        Grammar grammar(*sub);
        add_common(grammar, words);
        if (spec->add != nullptr) spec->add(grammar, words);
    }
}

tl::expected<Order, DaemonExit> parse_order(const std::string& version, int argc,
                                            const char* const* argv,
                                            const Environment& environment) {
    CLI::App app{"Asks the boxes of a MIDInet show how they are, and tells them to switch",
                 kProgram};
    Words words;
    app.set_version_flag("--version", std::string(kProgram) + " " + version);
    add_commands(app, words);
    if (auto read = read_words(app, argc, argv); !read) return tl::unexpected(read.error());
    if (!has_port(words))
        return misused("device " + std::to_string(words.device) +
                       "'s control port would be above 65535: give --port that of the first one");
    if (app.get_subcommands().size() != 1 || app.get_subcommands().front()->count() != 1)
        return misused("name one command: " + names_of_commands());
    if (const auto flag = given_on_both_sides(app, *app.get_subcommands().front()); !flag.empty())
        return misused(flag + " is given in front of the command and behind it: give it once");
    for (const auto* spec : command_table())
        if (app.got_subcommand(spec->name)) return order_of(*spec, words, environment);
    return misused("name one command: " + names_of_commands());
}

}  // namespace midinet::control::cli
