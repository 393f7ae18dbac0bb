// Whether a request may become a WebSocket.
#pragma once

#include "admin/http/message.hpp"

#include <optional>

namespace midinet::admin {

/// What to answer instead, where a request that asks for one is no handshake of RFC 6455 §4.2.1; a
/// version that is not spoken here gets 426 with the one that is (§4.4). Precondition: it is a GET
/// with Connection and Upgrade. Pure.
std::optional<Response> refuse_handshake(const Request& request);

}  // namespace midinet::admin
