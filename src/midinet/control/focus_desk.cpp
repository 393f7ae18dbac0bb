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

void FocusDesk::set(SenderId holder, bool manual) noexcept {
    focus_ = {.holder = holder, .term = focus_.term + 1, .by = own_, .manual = manual};
}

FocusDesk::Ruling FocusDesk::claim(SenderId client, const plane::Roster& roster, TimePoint now) {
    if (focus_.holder == client) return {CommandOutcome::Done, "it has the focus already"};
    if (focus_.manual)
        return {CommandOutcome::Refused,
                focus_.holder.value == 0
                    ? std::string("somebody chose that nobody has the focus")
                    : "somebody chose " + name_of(focus_.holder, roster) + " for the focus"};
    if (focus_.holder.value != 0 && !is_away(focus_.holder, roster, now))
        return {CommandOutcome::Refused, name_of(focus_.holder, roster) + " has the focus"};
    set(client, false);
    return {CommandOutcome::Done, name_of(client, roster) + " has the focus"};
}

FocusDesk::Ruling FocusDesk::release(SenderId client) {
    if (focus_.holder != client) return {CommandOutcome::Refused, "it does not have the focus"};
    set({}, focus_.manual);
    return {CommandOutcome::Done, "nobody has the focus"};
}

FocusDesk::Ruling FocusDesk::assign(SenderId client, const plane::Roster& roster, TimePoint now) {
    if (client.value != 0 && is_away(client, roster, now))
        return {CommandOutcome::Refused, name_of(client, roster) + " is not there"};
    set(client, true);
    return {CommandOutcome::Done,
            client.value == 0 ? std::string("nobody has the focus, and nobody takes it by itself")
                              : name_of(client, roster) + " has the focus"};
}

FocusDesk::Ruling FocusDesk::unassign() {
    set(focus_.holder, false);
    return {CommandOutcome::Done, "clients take the focus by themselves"};
}

void FocusDesk::learn(const wire::Focus& focus) noexcept {
    if (focus.overrules(focus_)) focus_ = focus;
}

void FocusDesk::on_timer(const plane::Roster& roster, bool decides, TimePoint now) noexcept {
    if (!decides || focus_.manual || focus_.holder.value == 0) return;
    if (is_away(focus_.holder, roster, now)) set({}, false);
}

}  // namespace midinet::control
