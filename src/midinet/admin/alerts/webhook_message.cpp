#include "admin/alerts/webhook_message.hpp"

#include "admin/routes/picture_route.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sodium.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace midinet::admin {
namespace {

using control::JsonValue;

constexpr double kTenths = 10;

JsonValue time_or_null(const std::optional<std::int64_t>& unix_ms) {
    return unix_ms ? JsonValue(time_text(*unix_ms)) : JsonValue(nullptr);
}
JsonValue level(const Alert& alert, double value) {
    if (!has_level(alert.kind)) return nullptr;
    return std::round(value * kTenths) / kTenths;
}
JsonValue text_or_null(const std::string& text) {
    return text.empty() ? JsonValue(nullptr) : JsonValue(text);
}

std::string text_of(const Alert& alert) {
    const auto& facts = facts_of(alert.kind);
    if (!has_level(alert.kind)) return fmt::format("{}: {}", facts.title, alert.who);
    const auto worst = alert.worst > alert.value
                           ? fmt::format(", was at {:.1f} {} at worst", alert.worst, facts.unit)
                           : std::string();
    return fmt::format("{}: {} is at {:.1f} {}{}, the threshold is {:g} {}", facts.title, alert.who,
                       alert.value, facts.unit, worst, alert.threshold, facts.unit);
}

}  // namespace

JsonValue alert_json(const Alert& alert) {
    const auto& facts = facts_of(alert.kind);
    return {{"id", alert.id},
            {"kind", facts.name},
            {"device", alert.device == 0 ? JsonValue(nullptr) : JsonValue(alert.device)},
            {"subject", alert.subject},
            {"text", text_of(alert)},
            {"fix", facts.fix},
            {"value", level(alert, alert.value)},
            {"worst", level(alert, alert.worst)},
            {"threshold", has_level(alert.kind) ? JsonValue(alert.threshold) : JsonValue(nullptr)},
            {"unit", facts.unit},
            {"since", time_text(alert.since_ms)},
            {"resolved", time_or_null(alert.resolved_ms)},
            {"acknowledged", time_or_null(alert.acknowledged_ms)},
            {"acknowledged_from", text_or_null(alert.acknowledged_from)},
            {"muted_until",
             alert.muted_until_ms > 0 ? JsonValue(time_text(alert.muted_until_ms)) : nullptr}};
}

std::string_view to_string(Transition::What what) noexcept {
    return what == Transition::What::Fired ? "fired" : "resolved";
}

std::string webhook_body(std::uint64_t delivery, std::string_view event, std::int64_t unix_ms,
                         const Alert* alert) {
    JsonValue json{{"delivery", delivery}, {"event", event}, {"sent_at", time_text(unix_ms)}};
    json["alert"] = alert != nullptr ? alert_json(*alert) : JsonValue(nullptr);
    return control::dump(json);
}

std::string webhook_signature(const std::string& secret, std::int64_t unix_s,
                              std::string_view body) {
    const auto text = fmt::format("{}.{}", unix_s, body);
    const auto bytes = [](const std::string& of) {
        const void* const begin = of.data();
        return static_cast<const unsigned char*>(begin);
    };
    crypto_auth_hmacsha256_state state;
    std::array<unsigned char, crypto_auth_hmacsha256_BYTES> sum{};
    // Fail never.
    (void)crypto_auth_hmacsha256_init(&state, bytes(secret), secret.size());
    (void)crypto_auth_hmacsha256_update(&state, bytes(text), text.size());
    (void)crypto_auth_hmacsha256_final(&state, sum.data());
    return fmt::format("sha256={:02x}", fmt::join(sum, ""));
}

Duration webhook_pause(unsigned attempts, Random& random) {
    constexpr Duration kFirst = 1s;
    constexpr Duration kLongest = 60s;
    constexpr unsigned kSteps = 1000;
    const auto full = std::min<Duration>(kFirst * (1U << std::min(attempts, 10U)), kLongest);
    return full - full * static_cast<std::int64_t>(random.next() % kSteps) / (2 * kSteps);
}

bool worth_another_try(long status) noexcept {
    constexpr long kTimeout = 408;
    constexpr long kTooMany = 429;
    constexpr long kIll = 500;
    return status == 0 || status == kTimeout || status == kTooMany || status >= kIll;
}

}  // namespace midinet::admin
