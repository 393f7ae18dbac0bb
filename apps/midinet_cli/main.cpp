// midinet-cli: asks the boxes of a show how they are, and tells them to switch.
#include "control/cli/program.hpp"
#include "platform/http_client.hpp"
#include "platform/native.hpp"
#include "platform/posix/console.hpp"
#include "startup.hpp"

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <random>

namespace midinet {
namespace {

constexpr const char* kProgram = "midinet-cli";

std::string user_at_machine() {
    return "cli " + platform::user_name() + "@" + platform::machine_name();
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
std::optional<control::cli::TerminalSize> drawn_on() {
    if (!platform::output_is_terminal() || !environment("NO_COLOR").empty() ||
        environment("TERM") == "dumb")
        return std::nullopt;
    const auto size = platform::console_size();
    return control::cli::TerminalSize{size.columns, size.rows};
}

/// Nothing: standard input is no terminal.
std::optional<bool> confirm(const std::string& question) {
    if (!platform::input_is_terminal()) return std::nullopt;
    (void)std::fprintf(stderr, "%s [y/N] ", question.c_str());
    std::string word;
    (void)std::getline(std::cin, word);
    return word == "y" || word == "Y" || word == "yes";
}

/// But a reader of our lines that leaves ends it at once: nobody is told anything then.
Result<std::unique_ptr<io::Signals>> make_signals() {
    auto inbox = platform::SignalInbox::open();
    if (!inbox) return tl::unexpected(inbox.error());
    platform::end_with_reader();
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
    auto waiter = platform::NativeWaiter::create();
    if (!waiter) return apps::complain(kProgram, waiter.error());
    platform::UdpNetwork network;
    platform::SteadyClock clock;
    const auto machine = platform::make_machine();
    platform::NativeMeter meter({std::filesystem::current_path().root_path().string()});
    const auto web = platform::make_http_client();
    return control::cli::run(*order,
                             {.with = {.network = network,
                                       .clock = clock,
                                       .waiter = **waiter,
                                       .seed = new_seed(),
                                       .who = user_at_machine(),
                                       .make_browser = platform::open_browser},
                              .machine = machine.get(),
                              .meter = meter,
                              .here = apps::this_machine(),
                              .web = *web,
                              .make_ear = platform::open_query_ear,
                              .version = MIDINET_VERSION,
                              .terminal = drawn_on,
                              .start_program = platform::start_program,
                              .confirm = confirm,
                              .unix_ms = apps::unix_ms,
                              .time_of_day = platform::local_time_of_day,
                              .print = [](auto text) { return apps::say(std::string(text)) == 0; },
                              .complain = complain,
                              .make_signals = make_signals,
                              .open_settings = platform::open_settings});
}

}  // namespace
}  // namespace midinet

int main(int argc, char** argv) { return midinet::midinet_cli(argc, argv); }
