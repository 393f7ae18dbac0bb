#include "platform/posix/advice.hpp"

namespace midinet::platform {

std::string who_holds_port(std::uint16_t port) {
    return "sudo lsof -nP -iUDP:" + std::to_string(port);
}

std::string bring_up(const std::string& interface) { return "sudo ifconfig " + interface + " up"; }

std::string give_address(const std::string& interface) {
    return "sudo ifconfig " + interface + " ADDRESS/24";
}

}  // namespace midinet::platform
