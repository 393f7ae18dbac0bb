// What a tap tells, as JSON: the API and midinet-cli say the same in the same words.
#pragma once

#include "control/plane/roster.hpp"
#include "control/plane/tap.hpp"
#include "control/report/show_json.hpp"

#include <cstdint>
#include <string_view>

namespace midinet::control {

/// Whether a box that is tapped is a client, and not a host.
bool is_client(SenderId box) noexcept;
/// No status of it was heard, or not any more. `roster`: of its device; null: nobody has that one.
bool is_gone(SenderId box, const plane::Roster* roster, TimePoint now);
inline constexpr std::string_view kGoneWhy =
    "no status of it was heard for 3.5 s, or it said goodbye";
/// The name of its machine; empty: it is not known.
std::string_view name_of(SenderId box, const plane::Roster* roster);
/// "host" or "client", and "name". Pure, as all of these.
JsonValue source_json(SenderId box, const plane::Roster* roster);
/// "time", "unix_us", "tap", "source", "device", "port", and the message. `source`: as above.
JsonValue tap_event_json(const plane::TapEvent& event, JsonValue source, DeviceSlot device,
                         std::int64_t unix_us);

}  // namespace midinet::control
