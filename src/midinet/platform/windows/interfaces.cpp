#include "platform/posix/interfaces.hpp"

#include "platform/windows/handle.hpp"
#include "platform/windows/winsock.hpp"

#include <iphlpapi.h>

#include <algorithm>
#include <cstddef>
#include <cstring>

namespace midinet::platform {
namespace {

constexpr std::size_t kMappedPrefix = 12;  ///< bytes before an IPv4 address that IPv6 maps
/// What Microsoft's documentation of GetAdaptersAddresses recommends to begin with.
constexpr ULONG kFirstSize = 15'000;

/// Room for the list, which has pointers into itself.
class Adapters {
  public:
    Adapters() {
        constexpr ULONG kFlags =
            GAA_FLAG_SKIP_ANYCAST | GAA_FLAG_SKIP_MULTICAST | GAA_FLAG_SKIP_DNS_SERVER;
        ULONG size = kFirstSize;
        for (int tries = 0; tries < 3; ++tries) {  // it may grow between two calls
            memory_.resize(size / sizeof(std::max_align_t) + 1);
            const ULONG result =
                ::GetAdaptersAddresses(AF_INET, kFlags, nullptr, first_in_memory(), &size);
            found_ = result == NO_ERROR;
            if (result != ERROR_BUFFER_OVERFLOW) break;
        }
    }
    const IP_ADAPTER_ADDRESSES* first() noexcept { return found_ ? first_in_memory() : nullptr; }

  private:
    IP_ADAPTER_ADDRESSES* first_in_memory() noexcept {
        return static_cast<IP_ADAPTER_ADDRESSES*>(static_cast<void*>(memory_.data()));
    }
    std::vector<std::max_align_t> memory_;
    bool found_ = false;
};

std::uint32_t ipv4_of(const IP_ADAPTER_ADDRESSES& adapter) noexcept {
    for (const auto* at = adapter.FirstUnicastAddress; at != nullptr; at = at->Next) {
        if (at->Address.lpSockaddr->sa_family != AF_INET) continue;
        sockaddr_in in{};
        std::memcpy(&in, at->Address.lpSockaddr, sizeof in);
        return ::ntohl(in.sin_addr.s_addr);
    }
    return 0;
}

std::string names_of(const std::vector<Interface>& all) {
    std::string text;
    for (const Interface& one : all) text += (text.empty() ? "\"" : ", \"") + one.name + "\"";
    return text.empty() ? "none" : text;
}

/// UDP, port 0: nothing is sent, and nobody's port is in the way.
template <typename Address>
bool can_bind(const Address& address, int family) {
    start_winsock();
    const OwnedSocket probe(::socket(family, SOCK_DGRAM, 0));
    const void* const memory = &address;
    return probe.valid() &&
           ::bind(probe.get(), static_cast<const sockaddr*>(memory), sizeof address) == 0;
}

}  // namespace

/// By the names that Windows shows: "Ethernet", "Wi-Fi".
std::vector<Interface> list_interfaces() {
    Adapters adapters;
    std::vector<Interface> found;
    for (const auto* at = adapters.first(); at != nullptr; at = at->Next)
        found.push_back({.name = to_utf8(at->FriendlyName),
                         .index = at->IfIndex,
                         .address = ipv4_of(*at),
                         .up = at->OperStatus == IfOperStatusUp,
                         .loopback = at->IfType == IF_TYPE_SOFTWARE_LOOPBACK});
    return found;
}

Result<Interface> find_interface(const std::vector<Interface>& all, const std::string& name) {
    const auto found =
        std::find_if(all.begin(), all.end(), [&](const Interface& i) { return i.name == name; });
    if (found == all.end())
        return fail("there is no network interface \"" + name +
                    "\"; this machine has: " + names_of(all));
    if (found->address == 0)
        return fail("network interface \"" + name + "\" " +
                    (found->up ? "has" : "is not connected and has") +
                    " no IPv4 address: connect it, give it one (Settings, Network), or name "
                    "another interface");
    return *found;
}

std::vector<std::string> usable_names(const std::vector<Interface>& all) {
    std::vector<std::string> names;
    for (const Interface& one : all)
        if (one.up && one.address != 0 && !one.loopback) names.push_back(one.name);
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
    return IN6_IS_ADDR_LINKLOCAL(&at.sin6_addr) != 0 || can_bind(at, AF_INET6);
}

}  // namespace midinet::platform
