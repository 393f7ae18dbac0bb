#include "control/report/tap_json.hpp"

#include "control/report/midi_json.hpp"
#include "control/report/wall_time.hpp"

#include <nlohmann/json.hpp>

namespace midinet::control {
namespace {

HostId host_id(SenderId box) noexcept { return HostId{static_cast<std::uint16_t>(box.value)}; }

}  // namespace

bool is_client(SenderId box) noexcept { return (box.value & plane::kClientBit) != 0; }

bool is_gone(SenderId box, const plane::Roster* roster, TimePoint now) {
    if (roster == nullptr) return true;
    if (is_client(box)) {
        const auto* client = roster->client(box);
        return client == nullptr || client->gone(now);
    }
    const auto* host = roster->host(host_id(box));
    return host == nullptr || host->gone(now);
}

std::string_view name_of(SenderId box, const plane::Roster* roster) {
    if (roster == nullptr) return {};
    if (is_client(box)) {
        const auto* client = roster->client(box);
        return client != nullptr ? client->status.name.view() : std::string_view{};
    }
    const auto* host = roster->host(host_id(box));
    return host != nullptr ? host->status.name.view() : std::string_view{};
}

JsonValue source_json(SenderId box, const plane::Roster* roster) {
    JsonValue json;
    if (is_client(box))
        json["client"] = id_json(box);
    else
        json["host"] = box.value;
    json["name"] = name_of(box, roster);
    return json;
}

JsonValue tap_event_json(const plane::TapEvent& event, JsonValue source, DeviceSlot device,
                         std::int64_t unix_us) {
    JsonValue json{{"time", time_text(unix_us / 1000)},
                   {"unix_us", unix_us},
                   {"tap", to_string(event.point)},
                   {"source", std::move(source)},
                   {"device", device.value},
                   {"port", event.port.value}};
    add_message(json, event.head.view(), event.length);
    if (event.cut_off) json["cut_off"] = true;
    return json;
}

}  // namespace midinet::control
