#include "control/cli/request.hpp"

#include "control/audit_trail.hpp"
#include "control/cli/exit_code.hpp"
#include "control/device_slots.hpp"
#include "control/plane/command_sender.hpp"
#include "wire/constants.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <sstream>

namespace midinet::control::cli {
namespace {

constexpr const char* kProgram = "midinet-cli";

/// As typed, before it means something.
struct Words {
    bool json = false;
    std::vector<std::string> interfaces;
    std::vector<std::string> hosts;
    std::string group = wire::kControlGroup;
    unsigned port = wire::kControlPort;
    unsigned device = 0;   ///< 0: not given
    unsigned wait_ms = 0;  ///< 0: not given
    unsigned target = 0;
    bool status = false;
    bool arm = false;
    bool disarm = false;
    unsigned audit = 0;
    std::string client;
    unsigned input = 0;
    CLI::Option* audit_given = nullptr;
    CLI::Option* target_given = nullptr;
};

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

/// Says what it wants in words, and nothing in the list of flags.
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

/// Every command takes them, in front of its name or behind it.
void add_common(CLI::App& app, Words& words) {
    const auto is_group = [](std::uint32_t a) { return io::is_multicast(a); };
    const auto is_host = [](std::uint32_t a) { return a != 0 && !io::is_multicast(a); };
    app.add_flag("--json", words.json, "Print one JSON object");
    app.add_option("--interface", words.interfaces,
                   "Use this network interface (repeatable; lo stays on this machine) instead of "
                   "all that are up")
        ->allow_extra_args(false)
        ->check(CLI::Validator(
            [](const std::string& w) { return w.empty() ? "is empty" : std::string{}; }, ""))
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
                   "Milliseconds to listen (1300 unless given), or at most for an answer (5000)")
        ->check(between(100, 600'000))
        ->type_name("MS");
}

void add_failover(CLI::App& app, Words& words) {
    words.target_given =
        app.add_option("TARGET", words.target,
                       "Switch to the host with this id; without one, to the best standby")
            ->check(between(1, 65535))
            ->type_name("");
    app.add_flag("--status", words.status, "Tell how failover is, and the last decisions");
    app.add_flag("--arm", words.arm, "Let clients leave a silent host by themselves");
    app.add_flag("--disarm", words.disarm, "Do not let them");
    words.audit_given = app.add_option("--audit", words.audit,
                                       "Tell the last N decisions, or as many as fit one answer")
                            ->expected(0, 1)
                            ->check(between(1, 255))
                            ->type_name("[N]");
}

void add_focus(CLI::App& app, Words& words) {
    app.add_option(
           "CLIENT", words.client,
           "Give it to this client: its number in what `clients` lists, its name or its id; "
           "none: to nobody; auto: to whoever asks first. Without one: tell who has it")
        ->check(CLI::Validator(
            [](const std::string& w) { return w.empty() ? "is empty" : std::string{}; }, ""))
        ->type_name("");
}

void add_input(CLI::App& app, Words& words) {
    app.add_option("INPUT", words.input,
                   "Read this one, 1 or 2, from now on; --host tells of which host where several "
                   "have two. Without one: tell which is read")
        ->check(between(1, plane::kInputs))
        ->type_name("");
}

tl::unexpected<DaemonExit> misused(const std::string& why) {
    return tl::unexpected(
        DaemonExit{std::string(kProgram) + ": " + why + "; `" + kProgram + " --help` tells more\n",
                   static_cast<int>(ExitCode::Usage)});
}

/// Nothing when more than one thing was asked at once.
std::optional<Task> failover_task(const Words& words) {
    const bool audit = words.audit_given->count() != 0;
    const bool target = words.target_given->count() != 0;
    if (words.status + words.arm + words.disarm + audit + target > 1) return std::nullopt;
    if (words.status) return Task::FailoverStatus;
    if (words.arm) return Task::Arm;
    if (words.disarm) return Task::Disarm;
    return audit ? Task::Audit : Task::Switch;
}

Task focus_task(const Words& words) {
    if (words.client.empty()) return Task::Focus;
    if (words.client == "none") return Task::FocusNobody;
    return words.client == "auto" ? Task::FocusAuto : Task::GiveFocus;
}

Request request_of(const Words& words, Task task) {
    Request request;
    request.task = task;
    request.json = words.json;
    request.interfaces = words.interfaces;
    request.all_devices = words.device == 0;
    request.device.value = static_cast<std::uint8_t>(std::max(words.device, 1U));
    const auto port = port_of(static_cast<std::uint16_t>(words.port), request.device);
    request.group = {*io::parse_ipv4(words.group), port};
    for (const auto& host : words.hosts) request.peers.push_back({*io::parse_ipv4(host), port});
    request.wait = asks(task) ? plane::CommandSender::kPatience : Request::kListen;
    if (words.wait_ms != 0) request.wait = std::chrono::milliseconds(words.wait_ms);
    request.target = SourceId{static_cast<std::uint16_t>(words.target)};
    request.max_audit = static_cast<std::uint8_t>(words.audit);
    request.client = words.client;
    request.input = static_cast<std::uint8_t>(words.input);
    return request;
}

Task input_task(const Words& words) { return words.input == 0 ? Task::Input : Task::SwitchInput; }

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

}  // namespace

tl::expected<Request, DaemonExit> parse_request(const std::string& version, int argc,
                                                const char* const* argv) {
    CLI::App app{"Asks the boxes of a MIDInet show how they are, and tells them to switch",
                 kProgram};
    Words words;
    app.set_version_flag("--version", std::string(kProgram) + " " + version);
    add_common(app, words);
    const auto command = [&](const char* name, const char* purpose) {
        CLI::App* sub = app.add_subcommand(name, purpose);
        add_common(*sub, words);
        return sub;
    };
    command("status", "Whether the show is safe, and why not");
    const auto* hosts = command("hosts", "The hosts that are heard");
    const auto* clients = command("clients", "The clients that are heard");
    auto* failover = command("failover", "Switch to another host, or tell and set how it is done");
    add_failover(*failover, words);
    auto* focus = command("focus", "Whose lights the controllers show, or give that to a client");
    add_focus(*focus, words);
    auto* input = command("input", "Which of its two controllers a host reads, or switch to one");
    add_input(*input, words);
    if (auto read = read_words(app, argc, argv); !read) return tl::unexpected(read.error());
    if (!has_port(words))
        return misused("device " + std::to_string(words.device) +
                       "'s control port would be above 65535: give --port that of the first one");
    if (app.get_subcommands().size() != 1)
        return misused("name one command: status, hosts, clients, failover, focus or input");
    if (hosts->parsed()) return request_of(words, Task::Hosts);
    if (clients->parsed()) return request_of(words, Task::Clients);
    if (focus->parsed()) return request_of(words, focus_task(words));
    if (input->parsed()) return request_of(words, input_task(words));
    if (!failover->parsed()) return request_of(words, Task::Status);
    const auto task = failover_task(words);
    if (!task)
        return misused("ask one thing at a time: TARGET, --status, --arm, --disarm or --audit");
    return request_of(words, *task);
}

plane::Command command_of(const Request& request, std::uint64_t id, SenderId from,
                          const std::string& who) {
    plane::Command command;
    command.id = id;
    command.from = from;
    command.target = request.target;
    command.max = request.max_audit;
    command.who = plane::Name{who};
    command.all_devices = request.all_devices;
    command.on = request.task == Task::Arm || request.task == Task::FocusAuto;
    switch (request.task) {
        case Task::Switch:
            command.verb = plane::Verb::SwitchHost;
            break;
        case Task::Arm:
        case Task::Disarm:
            command.verb = plane::Verb::Arm;
            break;
        case Task::Audit:
            command.verb = plane::Verb::Audit;
            break;
        case Task::GiveFocus:
        case Task::FocusNobody:
        case Task::FocusAuto:
            command.verb = plane::Verb::AssignFocus;
            break;
        case Task::SwitchInput:
            command.verb = plane::Verb::SwitchInput;
            command.input = request.input;
            break;
        default:
            command.verb = plane::Verb::FailoverStatus;
            break;
    }
    return command;
}

}  // namespace midinet::control::cli
