#include "admin/alerts/alert_engine.hpp"

#include "base/ascii.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

namespace midinet::admin {
namespace {

bool is_bad(const Reading& reading, const AlertRule& rule, bool is_active) {
    if (!rule.enabled) return false;
    if (!has_level(reading.kind)) return reading.value > 0;
    return is_active ? reading.value > rule.clear : reading.value >= rule.threshold;
}

/// A client that was forgotten is gone all the same.
bool outlives_its_reading(const Alert& alert, const AlertRules& rules) {
    return alert.kind == AlertKind::ClientGone && !alert.acknowledged_ms &&
           rules.of(alert.kind).enabled;
}

}  // namespace

std::string alert_id(const Reading& reading) {
    std::string subject = reading.subject;
    for (char& c : subject)
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
              c == '-'))
            c = '_';
    auto id = fmt::format("{}.{}", facts_of(reading.kind).name, unsigned{reading.device});
    return subject.empty() ? id : id + '.' + subject;
}

bool AlertEngine::held(const std::string& id, bool turns, const AlertRule& rule) {
    if (!turns) {
        turning_.erase(id);
        return false;
    }
    const auto since = turning_.try_emplace(id, moment_.now).first->second;
    if (moment_.now - since < std::chrono::seconds(rule.hold_s)) return false;
    turning_.erase(id);
    return true;
}

void AlertEngine::fire(const std::string& id, const Reading& reading, const AlertRule& rule,
                       Transitions& transitions) {
    if (active_.size() >= kMostActive) return;
    const auto muted = muted_until_ms_.find(id);
    Alert alert{.id = id,
                .kind = reading.kind,
                .device = reading.device,
                .subject = reading.subject,
                .who = reading.who,
                .value = reading.value,
                .worst = reading.value,
                .threshold = rule.threshold,
                .since_ms = moment_.unix_ms,
                .muted_until_ms = muted == muted_until_ms_.end() ? 0 : muted->second};
    (void)alert.recent.see(reading.value, moment_.now);
    transitions.push_back({Transition::What::Fired, active_.emplace(id, alert).first->second});
}

void AlertEngine::resolve(const std::string& id, Transitions& transitions) {
    auto alert = std::move(active_.extract(id).mapped());
    alert.resolved_ms = moment_.unix_ms;
    turning_.erase(id);
    transitions.push_back({Transition::What::Resolved, alert});
    resolved_.push_front(std::move(alert));
    if (resolved_.size() > kMostResolved) resolved_.pop_back();
}

void AlertEngine::look_at(const std::string& id, const Reading& reading, const AlertRule& rule,
                          Transitions& transitions) {
    const auto found = active_.find(id);
    const bool is_active = found != active_.end();
    if (is_active) {
        found->second.value = reading.value;
        found->second.worst = found->second.recent.see(reading.value, moment_.now);
    }
    const bool bad = is_bad(reading, rule, is_active);
    if (is_active && !rule.enabled) return resolve(id, transitions);
    if (!held(id, bad != is_active, rule)) return;
    if (bad)
        fire(id, reading, rule, transitions);
    else
        resolve(id, transitions);
}

std::vector<Transition> AlertEngine::look(const std::vector<Reading>& readings,
                                          const AlertRules& rules, const Moment& moment) {
    moment_ = moment;
    Transitions transitions;
    std::set<std::string> read;
    for (const auto& reading : readings) {
        auto id = alert_id(reading);
        look_at(id, reading, rules.of(reading.kind), transitions);
        read.insert(std::move(id));
    }
    std::vector<std::string> over;
    for (const auto& [id, alert] : active_)
        if (!read.contains(id) && !outlives_its_reading(alert, rules)) over.push_back(id);
    for (const auto& id : over) resolve(id, transitions);
    std::erase_if(turning_, [&](const auto& item) { return !read.contains(item.first); });
    std::erase_if(muted_until_ms_, [&](const auto& item) { return item.second <= moment.unix_ms; });
    return transitions;
}

const Alert* AlertEngine::acknowledge(const std::string& id, const std::string& from,
                                      std::int64_t now_ms) {
    const auto found = active_.find(id);
    if (found == active_.end()) return nullptr;
    auto& alert = found->second;
    if (!alert.acknowledged_ms) {
        alert.acknowledged_ms = now_ms;
        alert.acknowledged_from = from;
    }
    return &alert;
}

const Alert* AlertEngine::mute(const std::string& id, std::int64_t until_ms) {
    const auto active = active_.find(id);
    const auto resolved = std::find_if(resolved_.begin(), resolved_.end(),
                                       [&](const auto& alert) { return alert.id == id; });
    auto* alert = active != active_.end()       ? &active->second
                  : resolved != resolved_.end() ? &*resolved
                                                : nullptr;
    if (alert == nullptr) return nullptr;
    alert->muted_until_ms = until_ms;
    muted_until_ms_[id] = until_ms;
    return alert;
}

}  // namespace midinet::admin
