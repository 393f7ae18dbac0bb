#include "control/focus_desk.hpp"

#include <fmt/core.h>

namespace midinet::control {
namespace {

using plane::CommandOutcome;

bool is_away(SenderId client, const plane::Roster& roster, TimePoint now) {
    const auto* entry = roster.client(client);
    return entry == nullptr || entry->gone(now);
}

}  // namespace

std::string name_of(SenderId client, const plane::Roster& roster) {
    const auto* entry = roster.client(client);
    if (entry == nullptr) return fmt::format("client {:016x}", client.value);
    return fmt::format("{} ({:016x})", entry->status.name.view(), client.value);
}

/// False when there is no term above: somebody forged the highest.
bool FocusDesk::set(SenderId holder, bool manual, bool by_hand) noexcept {
    constexpr auto kChoice = wire::Focus::kChoice;
    const auto term = by_hand ? (focus_.term / kChoice + 1) * kChoice : focus_.term + 1;
    if (term > wire::kMostTerm) return false;
    focus_ = {.holder = holder, .term = term, .by = own_, .manual = manual, .epoch = epoch_};
    return true;
}

FocusDesk::Ruling FocusDesk::rule(SenderId holder, bool manual, bool by_hand, std::string why) {
    if (set(holder, manual, by_hand)) return {CommandOutcome::Done, std::move(why)};
    return {CommandOutcome::Refused,
            "the terms of the focus are used up, which no show does: start all hosts and clients "
            "anew, and look for who forged them"};
}

FocusDesk::Ruling FocusDesk::claim(SenderId client, const plane::Roster& roster, TimePoint now) {
    if (focus_.holder == client) return {CommandOutcome::Done, "it has the focus already"};
    if (is_away(client, roster, now))
        return {CommandOutcome::Refused, name_of(client, roster) + " is not there"};
    if (focus_.manual)
        return {CommandOutcome::Refused,
                focus_.holder.value == 0
                    ? std::string("somebody chose that nobody has the focus")
                    : "somebody chose " + name_of(focus_.holder, roster) + " for the focus"};
    if (focus_.holder.value != 0 && !is_away(focus_.holder, roster, now))
        return {CommandOutcome::Refused, name_of(focus_.holder, roster) + " has the focus"};
    return rule(client, false, false, name_of(client, roster) + " has the focus");
}

FocusDesk::Ruling FocusDesk::release(SenderId client) {
    if (focus_.holder != client || client.value == 0)
        return {CommandOutcome::Refused, "it does not have the focus"};
    if (focus_.manual)
        return {CommandOutcome::Refused, "somebody chose it for the focus, until the next choice"};
    return rule({}, false, false, "nobody has the focus");
}

FocusDesk::Ruling FocusDesk::assign(SenderId client, const plane::Roster& roster, TimePoint now) {
    if (client.value != 0 && is_away(client, roster, now))
        return {CommandOutcome::Refused, name_of(client, roster) + " is not there"};
    return rule(client, true, true,
                client.value == 0
                    ? std::string("nobody has the focus, and nobody takes it by itself")
                    : name_of(client, roster) + " has the focus");
}

FocusDesk::Ruling FocusDesk::unassign() {
    return rule(focus_.holder, false, true, "clients take the focus by themselves");
}

void FocusDesk::learn(const wire::Focus& focus) noexcept {
    if (focus.is_sound() && focus.overrules(focus_)) focus_ = focus;
}

void FocusDesk::on_timer(const plane::Roster& roster, bool decides, TimePoint now) noexcept {
    if (!decides || focus_.manual || focus_.holder.value == 0) return;
    if (is_away(focus_.holder, roster, now)) (void)set({}, false, false);
}

}  // namespace midinet::control
