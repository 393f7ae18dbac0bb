// Which network interfaces a daemon uses, waited for while there is none.
#pragma once

#include "control/config_sections.hpp"
#include "io/clock.hpp"
#include "io/datagram_socket.hpp"
#include "io/signals.hpp"
#include "io/waiter.hpp"

#include <functional>
#include <string>
#include <vector>

namespace midinet::engine {

/// What waiting takes. `waiter` watches the signals already. Lifetime: all of it outlives the wait.
struct InterfaceWait {
    io::Network& network;
    io::Clock& clock;
    io::Waiter& waiter;
    io::Signals& signals;
    control::Logger& logger;
    std::function<void()> reload;     ///< may change the configuration that is waited with
    std::function<void()> waiting{};  ///< every second of it; may be empty
};

/// The interfaces that are configured, when one of them can be used at least; else all usable ones,
/// looked for every second until there is one. Empty: told to stop. Errors: none of the configured
/// ones can be used. Thread: control.
Result<std::vector<std::string>> await_interfaces(const InterfaceWait& with,
                                                  const control::NetworkConfig& config);

}  // namespace midinet::engine
