// launchd starts the client again when it has ended (KeepAlive), and wants to be told nothing.
#include "startup.hpp"

namespace midinet::apps {

Result<std::unique_ptr<control::Pulse>> make_pulse() {
    return std::make_unique<control::Pulse>(control::Pulse::Tell{}, Duration{});
}

}  // namespace midinet::apps
