#include "control/cli/order.hpp"

#include "control/audit_trail.hpp"
#include "control/cli/commands/words.hpp"
#include "control/cli/exit_code.hpp"
#include "control/device_slots.hpp"
#include "control/plane/command_sender.hpp"

#include <algorithm>
#include <sstream>

namespace midinet::control::cli {
namespace {

template <typename Test>
CLI::Validator address(Test&& test, const char* what) {
    return CLI::Validator(
        [test, what](const std::string& word) {
            const auto parsed = io::parse_ipv4(word);
            return parsed && test(*parsed) ? std::string{}
                                           : '"' + word + "\" is not " + std::string(what);
        },
        "");
}

void add_api(CLI::App& app, Words& words) {
    app.add_option("--url", words.url,
                   "Ask the API of midi-admin at http://HOST:PORT instead of the boxes themselves; "
                   "MIDINET_URL unless given")
        ->check(CLI::Validator(
            [](const std::string& word) {
                return word.starts_with("http://") || word.starts_with("https://")
                           ? std::string{}
                           : '"' + word + "\" is not http://HOST:PORT";
            },
            ""))
        ->type_name("URL");
    app.add_option("--token", words.token,
                   "The API's token; others on this machine can see it in the list of processes")
        ->check(some_text())
        ->type_name("TOKEN");
    app.add_option("--token-file", words.token_file,
                   "Read the token from this file; else it is MIDINET_API_TOKEN")
        ->check(some_text())
        ->type_name("FILE");
}

/// Every command takes them, in front of its name or behind it.
void add_common(CLI::App& app, Words& words) {
    const auto is_group = [](std::uint32_t a) { return io::is_multicast(a); };
    const auto is_host = [](std::uint32_t a) { return a != 0 && !io::is_multicast(a); };
    app.add_flag("--json", words.json, "Print one JSON object");
    app.add_option("--interface", words.interfaces,
                   "Use this network interface (repeatable; lo stays on this machine) instead of "
                   "all that are up")
        ->allow_extra_args(false)
        ->check(some_text())
        ->type_name("NAME");
    app.add_option("--host", words.hosts,
                   "Speak by unicast to the box at this IPv4 address, too (repeatable)")
        ->allow_extra_args(false)
        ->check(address(is_host, "the IPv4 address of a box"))
        ->type_name("ADDRESS");
    app.add_option("--group", words.group,
                   std::string("The control group; ") + wire::kControlGroup + " unless given")
        ->check(address(is_group, "an IPv4 multicast address"))
        ->type_name("ADDRESS");
    app.add_option("--port", words.port,
                   "The control port; " + std::to_string(wire::kControlPort) + " unless given")
        ->check(between(1, 65535))
        ->type_name("N");
    app.add_option(
           "--device", words.device,
           "Ask about this one of the hosts' devices, the first unless given; failover then "
           "is about it alone, not about all")
        ->check(between(1, wire::kMaxDevices))
        ->type_name("N");
    app.add_option("--wait", words.wait_ms,
                   "Milliseconds to listen (1300 unless given, 3000 for doctor), or at most for an "
                   "answer (5000)")
        ->check(between(100, 600'000))
        ->type_name("MS");
    add_api(app, words);
}

tl::unexpected<DaemonExit> misused(const std::string& why) {
    return tl::unexpected(
        DaemonExit{std::string(kProgram) + ": " + why + "; `" + kProgram + " --help` tells more\n",
                   static_cast<int>(ExitCode::Usage)});
}

/// All that is the same for every command.
Request request_of(const Words& words) {
    Request request;
    request.json = words.json;
    request.interfaces = words.interfaces;
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
        return misused(audit_text(error.what()));  // it repeats what was typed
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
    Order order{.request = request_of(words), .api = access_of(words, environment)};
    if (const auto why = command.read(words, order); !why.empty()) return misused(why);
    if (order.act == Act::Converse && asks(order.request.task))
        order.request.wait = plane::CommandSender::kPatience;
    if (words.wait_ms != 0) order.request.wait = std::chrono::milliseconds(words.wait_ms);
    return order;
}

}  // namespace

CLI::Validator between(unsigned least, unsigned most) {
    return {[least, most](const std::string& word) {
                unsigned value = 0;
                const bool digits = word.find_first_not_of("0123456789") == std::string::npos;
                const bool good = digits && CLI::detail::lexical_cast(word, value) &&
                                  value >= least && value <= most;
                return good ? std::string{}
                            : '"' + word + "\" is not a number from " + std::to_string(least) +
                                  " to " + std::to_string(most);
            },
            ""};
}

CLI::Validator one_word_of(std::vector<std::string> words) {
    return {[words = std::move(words)](const std::string& word) {
                std::string all;
                for (const auto& one : words) {
                    if (one == word) return std::string{};
                    all += (all.empty() ? "" : ", ") + one;
                }
                return '"' + word + "\" is none of " + all;
            },
            ""};
}

void add_commands(CLI::App& app, Words& words) {
    add_common(app, words);
    for (const auto* spec : command_table()) {
        CLI::App* sub = app.add_subcommand(spec->name, spec->purpose);
        add_common(*sub, words);
        if (spec->add != nullptr) spec->add(*sub, words);
    }
}

CLI::Validator some_text() {
    return {[](const std::string& word) { return word.empty() ? "is empty" : std::string{}; }, ""};
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
    if (app.get_subcommands().size() != 1)
        return misused("name one command: " + names_of_commands());
    for (const auto* spec : command_table())
        if (app.got_subcommand(spec->name)) return order_of(*spec, words, environment);
    return misused("name one command: " + names_of_commands());
}

}  // namespace midinet::control::cli
