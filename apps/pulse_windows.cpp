// Nobody supervises the client on Windows: a scheduled task starts it again when it has ended.
#include "startup.hpp"

namespace midinet::apps {

Result<std::unique_ptr<control::Pulse>> make_pulse() {
    return std::make_unique<control::Pulse>(control::Pulse::Tell{}, Duration{});
}

}  // namespace midinet::apps
