#include "control/switch_board.hpp"

#include "control/report/overview.hpp"

#include <algorithm>
#include <chrono>
#include <variant>

namespace midinet::control {
namespace {

/// Two reports of one switch differ by less; two switches do not.
constexpr Duration kSameSwitch = 500ms;

/// A client silent for longer misses its status: it ended, or nothing of it arrives.
constexpr Duration kPresent = plane::kStatusInterval * 3 / 2;

std::uint32_t whole_ms(Duration d) {
    return static_cast<std::uint32_t>(std::chrono::ceil<std::chrono::milliseconds>(d).count());
}

plane::CommandOutcome outcome_of(SwitchOutcome outcome) {
    switch (outcome) {
        case SwitchOutcome::Accepted:
            return plane::CommandOutcome::Done;
        case SwitchOutcome::Refused:
            return plane::CommandOutcome::Refused;
        case SwitchOutcome::NeedsConfirmation:
            return plane::CommandOutcome::NeedsConfirmation;
    }
    return plane::CommandOutcome::Failed;
}

std::string what_of(const AuditRecord& record) {
    if (record.input != 0) return "read input " + std::to_string(record.input);
    if (record.held) {
        const auto host = "host " + std::to_string(record.target.value);
        return *record.held == Duration{0} ? "end the rehearsal of " + host
                                           : "rehearse the loss of " + host + " for " +
                                                 std::to_string(whole_ms(*record.held)) + " ms";
    }
    if (record.target.value == 0) return "switch";
    return "switch to host " + std::to_string(record.target.value);
}

}  // namespace

void SwitchBoard::on_message(const plane::Message& message, const Asker& from, SwitchMoment at) {
    roster_.on_message(message, from.from, at.now);
    desk_.overhear(message);
    if (const auto* host = std::get_if<plane::HostStatus>(&message)) {
        learn({host->failover.preferred, host->failover.term});
        learn(host->focus);
    } else if (const auto* client = std::get_if<plane::ClientStatus>(&message)) {
        on_client(*client, at);
        learn(client->focus);  // hosts that all started anew learn from those who remember
    } else if (const auto* command = std::get_if<plane::Command>(&message))
        on_command(*command, from, at);
    else if (const auto* result = std::get_if<plane::CommandResult>(&message))
        remember(*result);
}

/// Another host's appointment becomes ours; what no heartbeat may say would silence us.
void SwitchBoard::learn(const wire::Appointment& appointment) {
    if (!appointment.is_sound() || !appointment.overrules(appointment_)) return;
    appointment_ = appointment;
    hands_.appoint(appointment_);
}

void SwitchBoard::learn(const wire::Focus& focus) {
    const auto before = focus_.focus();
    focus_.learn(focus);
    tell_focus(before);
}

void SwitchBoard::tell_focus(const wire::Focus& before) {
    if (focus_.focus() != before) hands_.set_focus(focus_.focus());
}

/// The first client that tells of a switch which did not come from here speaks for all.
void SwitchBoard::note_own_switch(const plane::ClientStatus& status, SwitchMoment at) {
    const auto& last = status.last_switch;
    if (!last || last->from.value == 0) return;
    const std::chrono::milliseconds ago{last->ago_ms};
    if (at.now - ago - last_switch_ <= kSameSwitch) return;
    last_switch_ = at.now - ago;
    gate_.on_switch(AuditRecord{.unix_ms = at.unix_ms - ago.count(),
                                .at = last_switch_,
                                .origin = SwitchOrigin::Client,
                                .who = std::string(status.name.view()),
                                .target = last->to,
                                .outcome = SwitchOutcome::Accepted,
                                .why = "left host " + std::to_string(last->from.value) + ": " +
                                       std::string(last->reason.view())});
    hands_.record(gate_.audit().newest());
}

/// A result that names clients is one of a switch; hosts pass on what they remember, too.
void SwitchBoard::remember(const plane::CommandResult& result) {
    if (result.clients_total == 0) return;
    if (!last_result_ || result.term > last_result_->term) last_result_ = result;
}

void SwitchBoard::tell_last_switch(plane::CommandResult& result) const {
    if (!last_result_) return;
    result.clients_total = last_result_->clients_total;
    result.clients_ok = last_result_->clients_ok;
    result.clients = last_result_->clients;
}

void SwitchBoard::on_client(const plane::ClientStatus& status, SwitchMoment at) {
    note_own_switch(status, at);
    if (!underway_ || status.term < underway_->appointment.term) return;
    auto& answer = underway_->clients[status.id];
    if (answer.client == status.id && answer.outcome != plane::ClientOutcome::Missing) return;
    answer = {.client = status.id,
              .name = plane::ClientName{status.name.view()},
              .outcome = status.active == underway_->appointment.source
                             ? plane::ClientOutcome::Ok
                             : plane::ClientOutcome::Elsewhere,
              .took_us = static_cast<std::uint32_t>(to_us(at.now - underway_->began))};
    const bool complete = std::none_of(
        underway_->clients.begin(), underway_->clients.end(),
        [](const auto& c) { return c.second.outcome == plane::ClientOutcome::Missing; });
    if (complete) finish_switch(at.now);
}

/// How many present hosts come before us.
unsigned SwitchBoard::rank(TimePoint now) const {
    return static_cast<unsigned>(std::count_if(
        roster_.hosts().begin(), roster_.hosts().end(),
        [&](const auto& host) { return host.first < own_ && !host.second.gone(now); }));
}

void SwitchBoard::rehearse(const Asked& asked, const std::vector<HostView>& hosts,
                           SwitchMoment at) {
    const auto& command = *asked.command;
    const Duration length = std::chrono::milliseconds(command.hold_ms);
    const auto verdict = gate_.rehearse({.who = asked.request.who,
                                         .source = SourceId{own_.value},
                                         .hold = length,
                                         .force = command.on,
                                         .armed = hands_.armed(),
                                         .held = hands_.held()},
                                        hosts, at);
    hands_.record(gate_.audit().newest());
    if (verdict.outcome == SwitchOutcome::Accepted) {
        hands_.hold(length);
        if (command.all_devices)
            hands_.tell_siblings(
                {.what = SiblingOrder::What::Hold, .request = {}, .pipeline = {}, .hold = length});
    }
    report(asked, {.outcome = outcome_of(verdict.outcome), .why = plane::Why{verdict.reason}},
           at.now);
}

void SwitchBoard::on_trigger(SwitchRequest request, SwitchMoment at) {
    bool bounced = false;
    if (!request.follows) {
        bounced = last_trigger_ != TimePoint{} && at.now - last_trigger_ < kBounce;
        last_trigger_ = at.now;
    }
    if (bounced || waiting_.size() == kMostWaiting) return;
    consider({std::move(request), std::nullopt, {}}, at.now);
}

/// It is judged once the others were listened to.
void SwitchBoard::consider(Asked asked, TimePoint now) {
    waiting_.push_back(std::move(asked));
    if (listen_until_ != kNever) return;
    beats_.clear();
    listening_since_ = now;
    listen_until_ = now + listen_for_;
    hands_.listen();
}

void SwitchBoard::on_beat(const wire::Heartbeat& beat, TimePoint now) {
    learn(beat.appointment);
    learn(beat.focus);
    if (listen_until_ == kNever) return;
    if ((beat.flags & wire::heartbeat_flags::kGoodbye) == 0) beats_[beat.source] = {beat, now};
    if (heard_enough(now)) listen_until_ = now;
}

/// Nobody waits for the one that is played: nothing is switched to it, and where it just died there
/// is no time to lose.
bool SwitchBoard::heard_enough(TimePoint now) const {
    const auto played = active(now);
    return std::all_of(roster_.hosts().begin(), roster_.hosts().end(), [&](const auto& host) {
        const SourceId source{host.first.value};
        return host.second.gone(now) || source == played || beats_.contains(source);
    });
}

SourceId SwitchBoard::active(TimePoint now) const {
    std::map<SourceId, unsigned> votes;
    for (const auto& [id, client] : roster_.clients())
        if (!client.gone(now) && client.status.active.value != 0) ++votes[client.status.active];
    const auto most =
        std::max_element(votes.begin(), votes.end(),
                         [](const auto& a, const auto& b) { return a.second < b.second; });
    if (most != votes.end()) return most->first;
    if (appointment_.source.value != 0) return appointment_.source;
    for (const auto& [id, host] : roster_.hosts())
        if (!host.gone(now)) return SourceId{id.value};
    return SourceId{own_.value};
}

/// What the hosts themselves just said, and of those who said nothing that they did not.
std::vector<HostView> SwitchBoard::views(TimePoint now) const {
    std::vector<HostView> views;
    const auto active_now = active(now);
    for (const auto& [source, heard] : beats_) {
        const auto& beat = heard.beat;
        const bool device = (beat.flags & wire::heartbeat_flags::kDevicePresent) != 0;
        std::string reason;
        const auto* host = roster_.host(HostId{source.value});
        if (host != nullptr && !host->status.reasons.empty())
            reason = host->status.reasons[0].view();
        views.push_back({.source = source,
                         .alive = true,
                         .health = beat.health,
                         .health_reason = reason,
                         .device_present = device,
                         .is_active = source == active_now,
                         .twin = host != nullptr && host->status.conflict.has_value(),
                         .held = host != nullptr && held_left(*host, now) > Duration{0}});
    }
    for (const auto& [id, host] : roster_.hosts())
        if (!beats_.contains(SourceId{id.value}))
            views.push_back({.source = SourceId{id.value},
                             .alive = false,
                             .health = host.status.health,
                             .health_reason = {},
                             .device_present = host.status.device_present,
                             .is_active = SourceId{id.value} == active_now,
                             .held = held_left(host, now) > Duration{0}});
    return views;
}

void SwitchBoard::judge(SwitchMoment at) {
    listen_until_ = kNever;
    hands_.quiet();
    const auto hosts = views(at.now);
    for (const auto& asked : std::exchange(waiting_, {})) {
        if (asked.command && asked.command->verb == plane::Verb::Rehearse) {
            rehearse(asked, hosts, at);
            continue;
        }
        const auto verdict = gate_.request(asked.request, hosts, at);
        hands_.record(gate_.audit().newest());
        if (verdict.outcome == SwitchOutcome::Accepted) {
            begin_switch(asked, verdict.target, at.now);
            continue;
        }
        report(asked, {.outcome = outcome_of(verdict.outcome), .why = plane::Why{verdict.reason}},
               at.now);
    }
}

void SwitchBoard::begin_switch(const Asked& asked, SourceId target, TimePoint now) {
    if (underway_) finish_switch(now);
    underway_ = {.asked = asked,
                 .appointment = {target, appointment_.term + 1},
                 .began = asked.command ? listening_since_ : now,
                 .ends = now + kReportWithin,
                 .clients = {}};
    for (const auto& [id, client] : roster_.clients()) {
        if (client.status.term < wire::kMostTerm)
            underway_->appointment.term =
                std::max(underway_->appointment.term, client.status.term + 1);
        if (now - client.heard > kPresent) continue;  // it ended; one that did not tells anyway
        underway_->clients[id] = {.client = id,
                                  .name = plane::ClientName{client.status.name.view()},
                                  .outcome = plane::ClientOutcome::Missing};
    }
    last_switch_ = now;
    learn(underway_->appointment);
    if (!asked.request.follows && (!asked.command || asked.command->all_devices))
        hands_.tell_siblings({.request = {.origin = asked.request.origin,
                                          .who = asked.request.who,
                                          .target = target,
                                          .follows = true}});
    if (underway_->clients.empty()) finish_switch(now);
}

void SwitchBoard::finish_switch(TimePoint now) {
    const auto done = std::move(*underway_);
    underway_.reset();
    plane::CommandResult result{.active = done.appointment.source};
    result.clients_total = static_cast<std::uint32_t>(done.clients.size());
    std::vector<plane::ClientAnswer> answers;
    for (const auto& [id, answer] : done.clients) {
        answers.push_back(answer);
        if (answer.outcome == plane::ClientOutcome::Ok) ++result.clients_ok;
    }
    std::stable_sort(answers.begin(), answers.end(), [](const auto& a, const auto& b) {
        return a.outcome > b.outcome;  // what went wrong first: the end may be cut
    });
    for (const auto& answer : answers) (void)result.clients.push_back(answer);
    const bool nobody = result.clients_ok == 0 && result.clients_total > 0;
    if (nobody) result.outcome = plane::CommandOutcome::Failed;
    const std::string whom = "host " + std::to_string(done.appointment.source.value) + ": " +
                             std::to_string(result.clients_ok) + " of " +
                             std::to_string(result.clients_total) + " clients play it";
    result.why = plane::Why{whom};
    result.term = done.appointment.term;
    remember(result);
    report(done.asked, result, now);
}

void SwitchBoard::report(const Asked& asked, plane::CommandResult result, TimePoint now) {
    if (!asked.command) return;
    result.lockout_left_ms = whole_ms(gate_.lockout_left(now));
    result.term = appointment_.term;
    if (result.active.value == 0) result.active = active(now);
    if (auto finished = desk_.finish(*asked.command, result)) hands_.answer(asked.asker, *finished);
}

void SwitchBoard::add_audit(plane::CommandResult& result, unsigned most, TimePoint now) const {
    result.audit_total = static_cast<std::uint32_t>(gate_.audit().size());
    gate_.audit().for_each([&](const AuditRecord& record) {
        if (result.audit.size() >= most) return;
        (void)result.audit.push_back(
            {.ago_ms = static_cast<std::uint64_t>(to_ms(now - record.at)),
             .who = plane::Name{std::string(to_string(record.origin)) + " " + record.who},
             .what = plane::Name{what_of(record)},
             .outcome = outcome_of(record.outcome),
             .why = plane::ShortWhy{record.why}});
    });
}

void SwitchBoard::on_timer(SwitchMoment at) {
    roster_.on_timer(at.now);
    const auto before = focus_.focus();
    focus_.on_timer(roster_, rank(at.now) == 0, at.now);
    tell_focus(before);
    if (at.now >= listen_until_) judge(at);
    if (underway_ && at.now >= underway_->ends) finish_switch(at.now);
    if (underway_ || listen_until_ != kNever) return;
    if (const auto kept = own_show_.judge(appointment_, roster_, at.now)) learn(*kept);
}

TimePoint SwitchBoard::next_due() const noexcept {
    return std::min(listen_until_, underway_ ? underway_->ends : kNever);
}

}  // namespace midinet::control
