#include "control/report/admins.hpp"

#include "control/admin_config.hpp"
#include "control/report/wall_time.hpp"
#include "control/report/words.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace midinet::control {
namespace {

using Entry = plane::AdminBook::Entry;

std::string name_of(const Entry& admin) {
    return fmt::format("{} ({})", admin.status.name.view(), admin_url(admin));
}

JsonValue time_json(std::uint64_t ms) {
    return ms == 0 ? JsonValue(nullptr) : JsonValue(time_text(static_cast<std::int64_t>(ms)));
}

/// The end of a sentence about two of them; empty: nobody knows.
std::string changed_last(const Entry& a, const Entry& b) {
    const auto at_a = a.status.config.changed_ms;
    const auto at_b = b.status.config.changed_ms;
    if (at_a == 0 || at_b == 0 || at_a == at_b) return {};
    const auto& last = at_a > at_b ? a : b;
    return fmt::format("; that of {} was changed last, {}", name_of(last),
                       time_text(static_cast<std::int64_t>(last.status.config.changed_ms)));
}

JsonValue agrees(const plane::ConfigMark& one, const plane::ConfigMark* own) {
    if (own == nullptr || own->agreement == 0 || one.agreement == 0) return nullptr;
    return one.agreement == own->agreement;
}

}  // namespace

std::string admin_url(const Entry& admin) {
    const auto listen = parse_listen(std::string(admin.status.listen.view()));
    auto at = listen.value_or(io::IpEndpoint{});
    if (at.address == io::IpAddress{} || at.address == io::IpAddress::from_ipv4(0))
        at.address = io::IpAddress::from_ipv4(admin.from.address);
    return (admin.status.tls ? "https://" : "http://") + io::to_string(at);
}

std::optional<std::string> admins_disagreement(const plane::AdminBook& book) {
    const Entry* first = nullptr;
    for (const auto& [id, admin] : book.admins()) {
        const auto agreement = admin.status.config.agreement;
        if (agreement == 0) continue;
        if (first == nullptr) first = &admin;
        if (first->status.config.agreement == agreement) continue;
        return fmt::format("midi-admin on {} and on {} have different configuration files{}",
                           name_of(*first), name_of(admin), changed_last(*first, admin));
    }
    return std::nullopt;
}

std::vector<Finding> admin_findings(const plane::AdminBook& book, SenderId own) {
    std::vector<Finding> findings;
    if (auto told = admins_disagreement(book))
        findings.push_back({Grade::Degraded, *std::move(told), kAdminsFix});
    for (const auto& [id, admin] : book.admins())
        if (admin.status.config.broken && id != own)
            findings.push_back(
                {Grade::Degraded,
                 fmt::format("the configuration file of midi-admin on {} cannot be used",
                             name_of(admin)),
                 "GET /api/config there says what is wrong with it; correct it, or roll it back"});
    return findings;
}

JsonValue admins_json(const plane::AdminBook& book, SenderId own, TimePoint now) {
    const auto self = book.admins().find(own);
    const auto* mark = self == book.admins().end() ? nullptr : &self->second.status.config;
    auto admins = JsonValue::array();
    for (const auto& [id, admin] : book.admins()) {
        const auto& s = admin.status;
        JsonValue config{{"fingerprint", fingerprint_text(s.config.agreement)},
                         {"changed", time_json(s.config.changed_ms)},
                         {"usable", !s.config.broken},
                         {"agrees", agrees(s.config, mark)}};
        admins.push_back({{"id", id_text(id)},
                          {"name", s.name.view()},
                          {"version", s.version.view()},
                          {"url", admin_url(admin)},
                          {"self", id == own},
                          {"age_ms", (now - admin.heard) / 1ms},
                          {"uptime_ms", s.uptime_ms},
                          {"config", std::move(config)}});
    }
    return admins;
}

}  // namespace midinet::control
