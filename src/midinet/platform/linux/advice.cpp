#include "platform/posix/advice.hpp"

namespace midinet::platform {

std::string who_holds_port(std::uint16_t port) {
    return "ss -ulpn 'sport = :" + std::to_string(port) + "'";
}

std::string bring_up(const std::string& interface) { return "ip link set " + interface + " up"; }

std::string give_address(const std::string& interface) {
    return "ip address add ADDRESS/24 dev " + interface;
}

}  // namespace midinet::platform
