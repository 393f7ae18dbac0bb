#include "admin/alerts/webhook_address.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace midinet::admin {
namespace {

using control::IpRange;
using Words = std::initializer_list<std::string_view>;

std::vector<IpRange> ranges(Words words) {
    std::vector<IpRange> all;
    for (const auto word : words) all.push_back(IpRange::parse(word).value());
    return all;
}

/// RFC 6890 and IANA's registries of special-purpose addresses.
const std::vector<IpRange>& never() {
    static const auto all =
        ranges({"0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "192.0.0.0/24", "224.0.0.0/3",
                "::/128", "::1/128", "fe80::/10", "fec0::/10", "ff00::/8", "100::/64"});
    return all;
}

/// Also what leads to IPv4 addresses by another name (NAT64, 6to4).
const std::vector<IpRange>& listed_only() {
    static const auto all =
        ranges({"10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16", "198.18.0.0/15",
                "fc00::/7", "64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32"});
    return all;
}

}  // namespace

std::string webhook_refusal(const io::IpEndpoint& to, bool is_own, const WebhookPolicy& policy) {
    const auto& address = to.address;
    if (control::any_contains(never(), address))
        return fmt::format(
            "{} is a loopback, link-local or multicast address, where no webhook "
            "goes",
            io::to_string(address));
    if (is_own && to.port == policy.own_port)
        return fmt::format("{} is this server itself", io::to_string(to));
    if (control::any_contains(listed_only(), address) &&
        !control::any_contains(policy.private_ranges, address))
        return fmt::format(
            "{} is a private address; list its range in admin.webhook_private_ranges",
            io::to_string(address));
    return {};
}

}  // namespace midinet::admin
