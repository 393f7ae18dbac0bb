#include "platform/macos/interface_counts.hpp"

#include <sys/types.h>
// The order of these is macOS's.
#include <net/if.h>
#include <net/route.h>
#include <sys/socket.h>
#include <sys/sysctl.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>
#include <span>

namespace midinet::platform {
namespace {

constexpr std::uint64_t kMegabit = 1'000'000;

/// One message after the other; empty when refused. The list may grow between the two calls, for
/// which the system itself adds some room to the size that it tells.
std::vector<std::byte> messages() {
    std::array<int, 6> what{CTL_NET, PF_ROUTE, 0, 0, NET_RT_IFLIST2, 0};
    std::size_t size = 0;
    if (::sysctl(what.data(), what.size(), nullptr, &size, nullptr, 0) != 0) return {};
    std::vector<std::byte> list(size);
    if (::sysctl(what.data(), what.size(), list.data(), &size, nullptr, 0) != 0) return {};
    list.resize(size);
    return list;
}

io::InterfaceReading reading_of(const if_msghdr2& told, const char* name) {
    const auto& data = told.ifm_data;
    io::InterfaceReading one{.name = name,
                             .received_bytes = data.ifi_ibytes,
                             .received_packets = data.ifi_ipackets,
                             .received_errors = data.ifi_ierrors,
                             .received_dropped = data.ifi_iqdrops,
                             .sent_bytes = data.ifi_obytes,
                             .sent_packets = data.ifi_opackets,
                             .sent_errors = data.ifi_oerrors,
                             .sent_dropped = static_cast<std::uint64_t>(told.ifm_snd_drops),
                             .speed_mbit = {}};
    if (data.ifi_baudrate >= kMegabit)
        one.speed_mbit = static_cast<std::uint32_t>(data.ifi_baudrate / kMegabit);
    return one;
}

/// Nothing for a message about something else, or an interface that is down or the loopback.
std::optional<io::InterfaceReading> reading_in(std::span<const std::byte> message) {
    if_msghdr2 told{};
    if (message.size() < sizeof told) return std::nullopt;
    std::memcpy(&told, message.data(), sizeof told);
    if (told.ifm_type != RTM_IFINFO2 || (told.ifm_flags & IFF_UP) == 0 ||
        (told.ifm_flags & IFF_LOOPBACK) != 0)
        return std::nullopt;
    std::array<char, IF_NAMESIZE> name{};
    if (::if_indextoname(told.ifm_index, name.data()) == nullptr) return std::nullopt;
    return reading_of(told, name.data());
}

}  // namespace

std::vector<io::InterfaceReading> interface_counts() {
    const auto list = messages();
    std::vector<io::InterfaceReading> all;
    std::span<const std::byte> rest(list);
    while (rest.size() >= sizeof(std::uint16_t)) {
        std::uint16_t length = 0;  // every kind of message begins with its own
        std::memcpy(&length, rest.data(), sizeof length);
        if (length < sizeof length || length > rest.size()) break;
        if (auto one = reading_in(rest.first(length))) all.push_back(std::move(*one));
        rest = rest.subspan(length);
    }
    std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
    return all;
}

}  // namespace midinet::platform
