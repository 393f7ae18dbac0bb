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

/// The configured ones, some of which may come later. Errors: none of them can be used.
Result<std::vector<std::string>> take_configured(const InterfaceWait& with,
                                                 const std::vector<std::string>& names) {
    std::vector<Error> absent;
    for (const auto& name : names)
        if (auto usable = with.network.check_interface(name); !usable)
            absent.push_back(usable.error());
    if (absent.size() == names.size()) return tl::unexpected(absent.front());
    for (const auto& why : absent)
        with.logger.warning(why.message + "; starting without it, it is used once it is there");
    return names;
}

}  // namespace

Result<std::vector<std::string>> await_interfaces(const InterfaceWait& with,
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
        if (with.waiting) with.waiting();
        if (!wait_a_while(with)) return std::vector<std::string>{};
    }
    return take_configured(with, config.interfaces);
}

}  // namespace midinet::engine
