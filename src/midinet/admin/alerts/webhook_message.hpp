// What a webhook says, and when it says it again.
#pragma once

#include "admin/alerts/alert_engine.hpp"
#include "base/random.hpp"
#include "base/time.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace midinet::admin {

/// One alert as the API has it.
control::JsonValue alert_json(const Alert& alert);
/// "fired", "resolved".
std::string_view to_string(Transition::What what) noexcept;
/// {"delivery", "event", "sent_at", "alert"}; without an alert for a test.
std::string webhook_body(std::uint64_t delivery, std::string_view event, std::int64_t unix_ms,
                         const Alert* alert);
/// "sha256=" and in hexadecimal HMAC-SHA256 (RFC 2104) of "<unix_s>.<body>".
std::string webhook_signature(const std::string& secret, std::int64_t unix_s,
                              std::string_view body);
/// After `attempts` (1…) that failed: twice as long each time, up to a minute, of which a random
/// part of up to a half is taken off, so that many do not come at once.
Duration webhook_pause(unsigned attempts, Random& random);
/// Whether it may help to try again: the receiver is busy, ill, or was not reached (0).
bool worth_another_try(long status) noexcept;

}  // namespace midinet::admin
