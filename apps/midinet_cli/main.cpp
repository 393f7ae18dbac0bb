// midinet-cli: asks the boxes of a show how they are, and tells them to switch.
#include "control/cli/conversation.hpp"
#include "platform/linux/avahi_directory.hpp"
#include "platform/linux/epoll_waiter.hpp"
#include "platform/posix/steady_clock.hpp"
#include "platform/posix/udp_network.hpp"
#include "startup.hpp"

#include <pwd.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
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

int midinet_cli(int argc, char** argv) {
    apps::set_last_words(kProgram);
    const auto request = control::cli::parse_request(MIDINET_VERSION, argc, argv);
    if (!request) return apps::leave(request.error());
    auto waiter = platform::EpollWaiter::create();
    if (!waiter) return apps::complain(kProgram, waiter.error());
    platform::UdpNetwork network;
    platform::SteadyClock clock;
    auto conversation = control::cli::Conversation::open({.network = network,
                                                          .clock = clock,
                                                          .waiter = **waiter,
                                                          .seed = new_seed(),
                                                          .who = user_at_machine(),
                                                          .make_browser = platform::open_browser},
                                                         *request);
    if (!conversation) return apps::complain(kProgram, conversation.error());
    while ((*conversation)->turn()) {
    }
    const auto scene = (*conversation)->scene();
    apps::say(request->json ? json_report(scene) : text_report(scene));
    return static_cast<int>(exit_code_of(scene));
}

}  // namespace
}  // namespace midinet

int main(int argc, char** argv) { return midinet::midinet_cli(argc, argv); }
