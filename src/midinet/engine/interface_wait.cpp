#include "engine/interface_wait.hpp"

#include <fmt/ranges.h>

#include <array>

namespace midinet::engine {
namespace {

constexpr Duration kRetry = 1s;

/// False: told to stop.
bool wait_a_while(const InterfaceWait& with) {
    std::array<io::Ready, 4> ready;
    (void)with.waiter.wait(with.clock.now() + kRetry, ready);
    while (const auto signal = with.signals.next()) {
        if (*signal == io::Signal::Stop) return false;
        with.reload();
    }
    return true;
}

}  // namespace

std::vector<std::string> await_interfaces(const InterfaceWait& with,
                                          const control::NetworkConfig& config) {
    for (bool said = false; config.interfaces.empty();) {
        if (auto usable = with.network.usable_interfaces(); !usable.empty()) {
            with.logger.info(fmt::format("using network interface {}", fmt::join(usable, ", ")));
            return usable;
        }
        if (!said)
            with.logger.warning(
                "waiting for a network interface that is up and has an IPv4 address; to stay on "
                "this machine, set network.interface = \"lo\"");
        said = true;
        if (!wait_a_while(with)) return {};
    }
    return config.interfaces;
}

}  // namespace midinet::engine
