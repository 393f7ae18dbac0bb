#include "control/cli/commands/specs.hpp"

namespace midinet::control::cli {

const CommandSpec kDoctorCommand{
    "doctor", "Look for what is wrong with this machine, its network and the show", nullptr,
    [](const Words& words, Order& order) {
        order.act = Act::Doctor;
        // Two statuses of each box, and an interval of a busy querier.
        if (words.wait_ms == 0) order.request.wait = 3s;
        return std::string{};
    }};

}  // namespace midinet::control::cli
