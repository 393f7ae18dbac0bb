#include "platform/posix/interfaces.hpp"

#include "platform/posix/advice.hpp"
#include "platform/posix/new_socket.hpp"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>
#include <memory>

namespace midinet::platform {
namespace {

std::uint32_t ipv4_of(const sockaddr* address) noexcept {
    if (address == nullptr || address->sa_family != AF_INET) return 0;
    sockaddr_in in{};
    std::memcpy(&in, address, sizeof in);
    return ntohl(in.sin_addr.s_addr);
}

std::string names_of(const std::vector<Interface>& all) {
    std::string text;
    for (const Interface& interface : all) text += (text.empty() ? "" : ", ") + interface.name;
    return text.empty() ? "none" : text;
}

constexpr std::size_t kMappedPrefix = 12;  ///< bytes before an IPv4 address that IPv6 maps

/// UDP, port 0: nothing is sent, and nobody's port is in the way.
template <typename Address>
bool can_bind(const Address& address, int family) {
    const auto probe = new_socket(family, SOCK_DGRAM);
    const void* const memory = &address;
    return probe.valid() &&
           ::bind(probe.get(), static_cast<const sockaddr*>(memory), sizeof address) == 0;
}

}  // namespace

std::vector<Interface> list_interfaces() {
    ifaddrs* raw = nullptr;
    if (::getifaddrs(&raw) != 0) return {};
    const std::unique_ptr<ifaddrs, decltype(&::freeifaddrs)> list(raw, &::freeifaddrs);

    std::vector<Interface> found;
    for (const ifaddrs* at = list.get(); at != nullptr; at = at->ifa_next) {
        auto known = std::find_if(found.begin(), found.end(),
                                  [&](const Interface& i) { return i.name == at->ifa_name; });
        if (known == found.end()) {
            found.push_back({.name = at->ifa_name,
                             .index = ::if_nametoindex(at->ifa_name),
                             .address = 0,
                             .up = (at->ifa_flags & IFF_UP) != 0,
                             .loopback = (at->ifa_flags & IFF_LOOPBACK) != 0});
            known = found.end() - 1;
        }
        if (known->address == 0) known->address = ipv4_of(at->ifa_addr);
    }
    return found;
}

Result<Interface> find_interface(const std::vector<Interface>& all, const std::string& name) {
    const auto found =
        std::find_if(all.begin(), all.end(), [&](const Interface& i) { return i.name == name; });
    if (found == all.end())
        return fail("there is no network interface \"" + name +
                    "\"; this machine has: " + names_of(all));
    if (found->address == 0 && !found->up)
        return fail("network interface \"" + name +
                    "\" is down and has no IPv4 address: bring it up (" + bring_up(name) +
                    ") or name another interface");
    if (found->address == 0)
        return fail("network interface \"" + name + "\" has no IPv4 address: give it one (" +
                    give_address(name) + ") or name another interface");
    return *found;
}

std::vector<std::string> usable_names(const std::vector<Interface>& all) {
    std::vector<std::string> names;
    for (const Interface& interface : all)
        if (interface.up && interface.address != 0 && !interface.loopback)
            names.push_back(interface.name);
    return names;
}

bool has_address(const io::IpAddress& address) {
    if (address.is_ipv4()) {
        sockaddr_in at{};
        at.sin_family = AF_INET;
        std::memcpy(&at.sin_addr, address.bytes().data() + kMappedPrefix, sizeof at.sin_addr);
        return can_bind(at, AF_INET);
    }
    sockaddr_in6 at{};
    at.sin6_family = AF_INET6;
    std::memcpy(&at.sin6_addr, address.bytes().data(), address.bytes().size());
    // One of a link means something on that link alone, which is not said here.
    return IN6_IS_ADDR_LINKLOCAL(&at.sin6_addr) || can_bind(at, AF_INET6);
}

}  // namespace midinet::platform
