// What a reader of /ws/midi wants to see.
#pragma once

#include "admin/http/problem.hpp"
#include "admin/http/target.hpp"
#include "control/plane/tap.hpp"
#include "control/report/show_json.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace midinet::admin {

struct MidiFilter {
    control::plane::TapPoint tap = control::plane::TapPoint::Out;
    DeviceSlot device{1};
    std::optional<HostId> host;      ///< nothing: all that are there. Not for Delivered
    std::string client;              ///< as people name it. Delivered
    std::optional<PortIndex> port;   ///< nothing: all
    unsigned channel = 0;            ///< Range: 1..16; 0: all, and what has none
    std::vector<std::string> types;  ///< see message_types(); empty: all but "clock"

    /// Whether an event of a box that is tapped for it is shown.
    bool shows(const control::plane::TapEvent& event) const;
};

/// Of "tap", "device", "host", "client", "port", "channel" and "types" ("note,cc"). Pure, as all of
/// these. Errors: a sentence.
tl::expected<MidiFilter, std::string> filter_of(const Parameters& parameters);
/// Of a JSON object with the same members; "types" may be a list, and numbers numbers.
tl::expected<MidiFilter, std::string> filter_of(std::string_view json);
control::JsonValue json_of(const MidiFilter& filter);

}  // namespace midinet::admin
