// When there is an alert. What people change by PUT /api/alerts/config.
#pragma once

#include "admin/alerts/alert_kind.hpp"
#include "admin/http/problem.hpp"
#include "base/time.hpp"
#include "control/report/show_json.hpp"

#include <nlohmann/json.hpp>
#include <tl/expected.hpp>

#include <array>
#include <cstdint>
#include <string>

namespace midinet::admin {

struct AlertRule {
    bool enabled = true;
    double threshold = 0;     ///< at it and above it is bad; of kinds with a level alone
    double clear = 0;         ///< at it and below it is good again. Range: ..threshold
    std::int64_t hold_s = 0;  ///< that long it must be bad, and then good, before anything is said
    friend bool operator==(const AlertRule&, const AlertRule&) = default;
};

struct WebhookRule {
    bool enabled = false;
    std::string url;
    std::string secret;  ///< signs; never told
    friend bool operator==(const WebhookRule&, const WebhookRule&) = default;
};

struct AlertRules {
    static constexpr std::int64_t kLongestHold = 3600;  ///< Units: s
    static constexpr std::size_t kShortestSecret = 16;  ///< Units: bytes
    static constexpr std::size_t kLongestText = 2000;   ///< of URL and secret. Units: bytes

    std::array<AlertRule, kAlerts.size()> rules = defaults();
    WebhookRule webhook;

    const AlertRule& of(AlertKind kind) const noexcept {
        return rules[static_cast<std::size_t>(kind)];
    }
    friend bool operator==(const AlertRules&, const AlertRules&) = default;

  private:
    static std::array<AlertRule, kAlerts.size()> defaults() noexcept;
};

/// Everything but the secret, of which it tells whether there is one.
control::JsonValue to_json(const AlertRules& rules);
/// Everything, to be kept in a file that others may not read.
std::string to_file(const AlertRules& rules);
/// `rules` with what `body` changes (RFC 7396 without removal); what it does not name stays. The
/// problem points at the first thing that is not known, of another type, or out of its range.
tl::expected<AlertRules, Problem> merged(AlertRules rules, const std::string& body);
}  // namespace midinet::admin
