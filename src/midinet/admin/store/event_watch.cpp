#include "admin/store/event_watch.hpp"

#include "control/failover_policy.hpp"
#include "control/report/words.hpp"

#include <fmt/format.h>

#include <utility>

namespace midinet::admin {
namespace {

std::string name_of(const control::plane::HostStatus& status) {
    return fmt::format("host {} ({})", status.id.value, status.name.view());
}

std::string name_of(const control::plane::ClientStatus& status) {
    return fmt::format("client {}", status.name.view());
}

std::string source_text(SourceId source, const control::plane::Roster& roster) {
    if (source.value == 0) return "nobody";
    const auto* host = roster.host(HostId{source.value});
    return host == nullptr ? fmt::format("host {}", source.value) : name_of(host->status);
}

/// Else it is the time since a datagram, and says nothing: who was left was still heard.
std::string silence_text(const control::plane::LastSwitch& last) {
    const bool silent = last.reason.view() == to_string(control::SwitchReason::Silent);
    return silent ? fmt::format("; {:.1f} ms of silence", last.took_us / 1e3) : "";
}

}  // namespace

void EventWatch::note(EventKind kind, DeviceSlot device, std::string subject, std::string text) {
    if (!begun_) return;
    events_.push_back({.at_ms = picture_->unix_ms,
                       .kind = kind,
                       .device = device.value,
                       .subject = std::move(subject),
                       .text = std::move(text)});
}

void EventWatch::look(const DevicePicture& device, const control::plane::Roster::Host& host) {
    const auto& s = host.status;
    const HostSeen now{!host.gone(picture_->now), s.device_present};
    const auto [at, is_new] = seen_[device.slot].hosts.try_emplace(s.id, HostSeen{});
    const auto before = std::exchange(at->second, now);
    const auto subject = std::to_string(s.id.value);
    if (now.present && !before.present)
        note(EventKind::HostUp, device.slot, subject, name_of(s) + " is heard");
    if (!now.present && before.present)
        note(EventKind::HostDown, device.slot, subject, name_of(s) + " is not heard any more");
    if (is_new || !now.present || now.device_present == before.device_present) return;
    note(now.device_present ? EventKind::DeviceBack : EventKind::DeviceLost, device.slot, subject,
         fmt::format("{} {} its device {}", name_of(s), now.device_present ? "has" : "lost",
                     s.device_name.view()));
}

void EventWatch::look(const DevicePicture& device, const control::plane::Roster::Client& client) {
    const auto& s = client.status;
    const ClientSeen now{!client.gone(picture_->now), s.counters.switches};
    const auto [at, is_new] = seen_[device.slot].clients.try_emplace(s.id, ClientSeen{});
    const auto before = std::exchange(at->second, now);
    const auto subject = control::id_text(s.id);
    if (now.present && !before.present)
        note(EventKind::ClientJoined, device.slot, subject, name_of(s) + " is heard");
    if (!now.present && before.present)
        note(EventKind::ClientLeft, device.slot, subject, name_of(s) + " is not heard any more");
    if (is_new || now.switches <= before.switches || !s.last_switch) return;
    const auto& last = *s.last_switch;
    note(EventKind::Switch, device.slot, subject,
         fmt::format("{} left {} for {}: {}{}", name_of(s), source_text(last.from, device.roster),
                     source_text(last.to, device.roster), last.reason.view(), silence_text(last)));
}

std::vector<Event> EventWatch::take(const Picture& picture) {
    picture_ = &picture;
    for (const auto& device : picture.devices) {
        auto& seen = seen_[device.slot];
        std::erase_if(seen.hosts,
                      [&](const auto& it) { return !device.roster.hosts().contains(it.first); });
        std::erase_if(seen.clients,
                      [&](const auto& it) { return !device.roster.clients().contains(it.first); });
        for (const auto& [id, host] : device.roster.hosts()) look(device, host);
        for (const auto& [id, client] : device.roster.clients()) look(device, client);
    }
    begun_ = true;
    return std::exchange(events_, {});
}

}  // namespace midinet::admin
