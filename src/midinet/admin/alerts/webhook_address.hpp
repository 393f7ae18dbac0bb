// Where webhooks may not go.
#pragma once

#include "control/ip_range.hpp"
#include "io/ip_address.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace midinet::admin {

struct WebhookPolicy {
    std::vector<control::IpRange> private_ranges;  ///< that may be reached, though they are private
    std::uint16_t own_port = 0;                    ///< that this server listens on
};

/// Why nothing may be sent there; empty: it may. Loopback, link-local, multicast and unspecified
/// addresses never may; private ones only where they are listed; nor may this server's own port.
/// `is_own`: it is an address of this machine. Pure.
std::string webhook_refusal(const io::IpEndpoint& to, bool is_own, const WebhookPolicy& policy);

}  // namespace midinet::admin
