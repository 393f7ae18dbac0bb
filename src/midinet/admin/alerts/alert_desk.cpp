#include "admin/alerts/alert_desk.hpp"

#include "admin/alerts/webhook_message.hpp"
#include "admin/http/content_tag.hpp"

#include <fmt/format.h>

#include <utility>

namespace midinet::admin {

using control::JsonValue;

AlertDesk::AlertDesk(Surroundings with)
    : with_(std::move(with)), rules_(with_.rules), trouble_(with_.trouble), audience_(with_.run) {
    audience_.advance(document());
}

std::string AlertDesk::etag() const { return content_tag(to_file(rules_)); }

std::string AlertDesk::trouble() const {
    const std::lock_guard lock(shared_);
    return trouble_;
}

JsonValue AlertDesk::document() const {
    JsonValue json{{"active", JsonValue::array()}, {"resolved", JsonValue::array()}};
    for (const auto& [id, alert] : engine_.active()) json["active"].push_back(alert_json(alert));
    for (const auto& alert : engine_.resolved()) json["resolved"].push_back(alert_json(alert));
    return json;
}

std::map<std::string, std::uint64_t> AlertDesk::active_by_kind() const {
    std::map<std::string, std::uint64_t> counts;
    for (const auto& facts : kAlerts) counts[std::string(facts.name)] = 0;
    for (const auto& [id, alert] : engine_.active())
        ++counts[std::string(facts_of(alert.kind).name)];
    return counts;
}

void AlertDesk::on_picture(const Picture& picture) {
    const auto trouble = with_.history.state().trouble;
    const auto transitions =
        engine_.look(reader_.read(picture, trouble), rules_, {picture.now, picture.unix_ms});
    for (const auto& transition : transitions) tell(transition);
    if (!transitions.empty()) audience_.advance(document());
}

void AlertDesk::tell(const Transition& transition) {
    const auto& alert = transition.alert;
    const auto now = with_.unix_ms();
    with_.history.record(Event{.at_ms = now,
                               .kind = EventKind::Alert,
                               .device = alert.device,
                               .subject = alert.id,
                               .text = alert_json(alert)["text"].get<std::string>(),
                               .result = std::string(to_string(transition.what))});
    if (rules_.webhook.enabled && !alert.muted(now)) with_.sender.tell(rules_.webhook, transition);
}

void AlertDesk::change(AlertRules rules, const Ended& done) {
    const auto take = [this](AlertRules changed) {
        rules_ = std::move(changed);
        const std::lock_guard lock(shared_);
        trouble_.clear();
    };
    if (changing_) return done(Changed::Busy, "");
    if (!with_.keep) {
        take(std::move(rules));
        return done(Changed::Done, "");
    }
    auto ended = [this, rules, take, done](const Result<void>& kept) {
        changing_ = false;
        if (kept) take(rules);
        done(kept ? Changed::Done : Changed::NotKept, kept ? "" : kept.error().message);
    };
    auto task = [keep = with_.keep, post = with_.post, text = to_file(rules),
                 ended = std::move(ended)] { post([ended, kept = keep(text)] { ended(kept); }); };
    changing_ = with_.history.later(std::move(task));
    if (!changing_) done(Changed::Busy, "");
}

const Alert* AlertDesk::acknowledge(const std::string& id, const std::string& from) {
    const auto* alert = engine_.acknowledge(id, from, with_.unix_ms());
    if (alert != nullptr) audience_.advance(document());
    return alert;
}

const Alert* AlertDesk::mute(const std::string& id, std::int64_t seconds) {
    const auto* alert = engine_.mute(id, seconds == 0 ? 0 : with_.unix_ms() + seconds * 1000);
    if (alert != nullptr) audience_.advance(document());
    return alert;
}

}  // namespace midinet::admin
