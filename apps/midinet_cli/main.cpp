// midinet-cli: asks the boxes of a show how they are, and tells them to switch.
#include "control/cli/program.hpp"
#include "platform/linux/avahi_directory.hpp"
#include "platform/linux/child_program.hpp"
#include "platform/linux/epoll_waiter.hpp"
#include "platform/linux/local_machine.hpp"
#include "platform/linux/proc_meter.hpp"
#include "platform/linux/setting_files.hpp"
#include "platform/linux/signal_inbox.hpp"
#include "platform/posix/curl_client.hpp"
#include "platform/posix/steady_clock.hpp"
#include "platform/posix/udp_network.hpp"
#include "startup.hpp"

#include <pwd.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <iostream>
#include <random>

namespace midinet {
namespace {

constexpr const char* kProgram = "midinet-cli";

std::string user_at_machine() {
    const char* user = std::getenv("USER");  // NOLINT(concurrency-mt-unsafe): the only thread
    if (user == nullptr || *user == '\0')
        if (const auto* known = ::getpwuid(::getuid()))  // NOLINT(concurrency-mt-unsafe): likewise
            user = known->pw_name;
    std::array<char, 65> machine{};
    if (::gethostname(machine.data(), machine.size() - 1) != 0) machine[0] = '?';
    const std::string name = user != nullptr && *user != '\0' ? user : std::to_string(::getuid());
    return "cli " + name + "@" + machine.data();
}

std::uint64_t new_seed() {
    std::random_device device;
    return std::uint64_t{device()} << 32U | device();
}

std::string environment(const char* name) {
    const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): the only thread
    return value != nullptr ? value : "";
}

/// NO_COLOR (no-color.org) wants no escape sequences, and a dumb terminal knows none.
bool draws_on_terminal() {
    return ::isatty(STDOUT_FILENO) != 0 && environment("NO_COLOR").empty() &&
           environment("TERM") != "dumb";
}

std::string time_of_day() {
    const std::time_t now = std::time(nullptr);
    std::tm local{};
    std::array<char, 16> text{};
    if (::localtime_r(&now, &local) != nullptr)
        (void)std::strftime(text.data(), text.size(), "%H:%M:%S", &local);
    return text.data();
}

/// Nothing: standard input is no terminal.
std::optional<bool> confirm(const std::string& question) {
    if (::isatty(STDIN_FILENO) == 0) return std::nullopt;
    (void)std::fprintf(stderr, "%s [y/N] ", question.c_str());
    std::string word;
    (void)std::getline(std::cin, word);
    return word == "y" || word == "Y" || word == "yes";
}

/// But a reader of our lines that leaves ends it at once: nobody is told anything then.
Result<std::unique_ptr<io::Signals>> make_signals() {
    auto inbox = platform::SignalInbox::open();
    if (!inbox) return tl::unexpected(inbox.error());
    (void)std::signal(SIGPIPE, SIG_DFL);
    return std::make_unique<platform::SignalInbox>(std::move(*inbox));
}

void complain(std::string_view sentence) {
    (void)apps::complain(kProgram, Error{std::string(sentence)});
}

int midinet_cli(int argc, char** argv) {
    apps::set_last_words(kProgram);
    const auto order =
        control::cli::parse_order(MIDINET_VERSION, argc, argv,
                                  {environment("MIDINET_URL"), environment("MIDINET_API_TOKEN")});
    if (!order) return apps::leave(order.error());
    auto waiter = platform::EpollWaiter::create();
    if (!waiter) return apps::complain(kProgram, waiter.error());
    platform::UdpNetwork network;
    platform::SteadyClock clock;
    platform::LocalMachine machine;
    platform::ProcMeter meter({"/"});
    const auto web = platform::make_http_client();
    return control::cli::run(*order, {.with = {.network = network,
                                               .clock = clock,
                                               .waiter = **waiter,
                                               .seed = new_seed(),
                                               .who = user_at_machine(),
                                               .make_browser = platform::open_browser},
                                      .machine = machine,
                                      .meter = meter,
                                      .here = apps::this_machine(),
                                      .web = *web,
                                      .make_ear = platform::open_query_ear,
                                      .version = MIDINET_VERSION,
                                      .terminal = draws_on_terminal(),
                                      .start_program = platform::start_program,
                                      .confirm = confirm,
                                      .unix_ms = apps::unix_ms,
                                      .time_of_day = time_of_day,
                                      .print = [](auto text) { apps::say(std::string(text)); },
                                      .complain = complain,
                                      .make_signals = make_signals,
                                      .open_settings = platform::open_settings});
}

}  // namespace
}  // namespace midinet

int main(int argc, char** argv) { return midinet::midinet_cli(argc, argv); }
