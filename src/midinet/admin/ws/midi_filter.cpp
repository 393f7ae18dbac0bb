#include "admin/ws/midi_filter.hpp"

#include "admin/http/json_body.hpp"
#include "control/report/message_words.hpp"
#include "wire/constants.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>

namespace midinet::admin {
namespace {

using control::plane::TapPoint;
using Fault = std::optional<std::string>;

std::optional<unsigned> number(const std::string& text, unsigned least, unsigned most) {
    unsigned value = 0;
    const auto* end = text.data() + text.size();
    const auto [read, error] = std::from_chars(text.data(), end, value);
    if (error != std::errc{} || read != end || value < least || value > most) return std::nullopt;
    return value;
}

Fault take_tap(MidiFilter& filter, const std::string& word) {
    for (unsigned n = 0; n < control::plane::kTapPoints; ++n)
        if (to_string(static_cast<TapPoint>(n)) == word) {
            filter.tap = static_cast<TapPoint>(n);
            return std::nullopt;
        }
    return "tap is \"" + word + "\"; expected in, out, delivered or lights";
}

Fault take_types(MidiFilter& filter, const std::string& words) {
    const auto known = control::message_types();
    for (std::size_t at = 0; at <= words.size();) {
        const auto comma = std::min(words.find(',', at), words.size());
        const auto word = words.substr(at, comma - at);
        if (std::find(known.begin(), known.end(), word) == known.end())
            return fmt::format("types has \"{}\"; expected some of {}, separated by commas", word,
                               fmt::join(known, ", "));
        filter.types.push_back(word);
        at = comma + 1;
    }
    return std::nullopt;
}

Fault take_number(MidiFilter& filter, const std::string& name, const std::string& text) {
    const bool from_zero = name == "port";
    const unsigned most = name == "host"     ? 65535
                          : name == "device" ? wire::kMaxDevices
                          : from_zero        ? kMaxPorts - 1U
                                             : 16;
    const auto value = number(text, from_zero ? 0 : 1, most);
    if (!value)
        return fmt::format("{} is \"{}\"; expected {} to {}", name, text, from_zero ? 0 : 1, most);
    if (name == "host") filter.host = HostId{static_cast<std::uint16_t>(*value)};
    if (name == "device") filter.device = DeviceSlot{static_cast<std::uint8_t>(*value)};
    if (from_zero) filter.port = PortIndex{static_cast<std::uint8_t>(*value)};
    if (name == "channel") filter.channel = *value;
    return std::nullopt;
}

Fault take(MidiFilter& filter, const std::string& name, const std::string& value) {
    if (name == "tap") return take_tap(filter, value);
    if (name == "types") return take_types(filter, value);
    if (name == "client") {
        filter.client = value;
        return std::nullopt;
    }
    if (name == "host" || name == "device" || name == "port" || name == "channel")
        return take_number(filter, name, value);
    return name + " is not known here; expected tap, device, host, client, port, channel or types";
}

/// A value as a query would have it.
std::optional<std::string> text_of(const nlohmann::json& value) {
    if (value.is_string()) return value.get<std::string>();
    if (value.is_number_unsigned()) return std::to_string(value.get<std::uint64_t>());
    if (!value.is_array()) return std::nullopt;
    std::string text;
    for (const auto& one : value) {
        if (!one.is_string()) return std::nullopt;
        text += (text.empty() ? "" : ",") + one.get<std::string>();
    }
    return text;
}

}  // namespace

bool MidiFilter::shows(const control::plane::TapEvent& event) const {
    if (event.point != tap || event.head.empty() || (port && event.port != *port)) return false;
    const auto status = event.head[0];
    if (channel != 0 && (!midi::is_channel(status) || (status & 0x0FU) + 1U != channel))
        return false;
    const auto type = control::type_of(event.head.view());
    if (types.empty()) return type != "clock";
    return std::find(types.begin(), types.end(), type) != types.end();
}

tl::expected<MidiFilter, std::string> filter_of(const Parameters& parameters) {
    MidiFilter filter;
    for (const auto& [name, value] : parameters)
        if (auto fault = take(filter, name, value)) return tl::unexpected(std::move(*fault));
    const bool delivered = filter.tap == TapPoint::Delivered;
    if (delivered && filter.client.empty())
        return tl::unexpected(std::string("tap delivered is of one client: name it with client"));
    if (delivered && filter.host)
        return tl::unexpected(std::string("tap delivered is of a client, and not of a host"));
    if (!delivered && !filter.client.empty())
        return tl::unexpected(std::string("client goes with tap delivered alone"));
    return filter;
}

tl::expected<MidiFilter, std::string> filter_of(std::string_view json) {
    const auto value = parse_body(std::string(json));
    if (!value && value.error().kind != ProblemKind::Malformed)
        return tl::unexpected(value.error().detail);
    if (!value || !value->is_object())
        return tl::unexpected(std::string("this is no JSON object; expected a filter"));
    Parameters parameters;
    for (const auto& [name, member] : value->items()) {
        if (member.is_null() || (member.is_array() && member.empty())) continue;
        const auto text = text_of(member);
        if (!text) return tl::unexpected(name + " is neither a text, a number nor a list of texts");
        parameters[name] = *text;
    }
    return filter_of(parameters);
}

control::JsonValue json_of(const MidiFilter& filter) {
    control::JsonValue json{{"tap", to_string(filter.tap)}, {"device", filter.device.value}};
    for (const char* name : {"host", "client", "port", "channel"}) json[name] = nullptr;
    if (filter.host) json["host"] = filter.host->value;
    if (!filter.client.empty()) json["client"] = filter.client;
    if (filter.port) json["port"] = filter.port->value;
    if (filter.channel != 0) json["channel"] = filter.channel;
    json["types"] = filter.types;
    if (filter.types.empty())
        for (const auto& type : control::message_types())
            if (type != "clock") json["types"].push_back(type);
    return json;
}

}  // namespace midinet::admin
