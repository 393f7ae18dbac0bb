#include "control/client_config.hpp"

#include "control/device_slots.hpp"
#include "control/pipeline_config.hpp"
#include "control/same_stream.hpp"
#include "midi/control_profile.hpp"
#include "wire/identity.hpp"

#include <algorithm>
#include <utility>

namespace midinet::control {
namespace {

using std::chrono::microseconds;

std::optional<std::string> parse_port(const std::string& text) {
    const bool word = text == "gadget" || text == "jack";
    const bool good = word || names_endpoint(text, {"hw", "stream", "file"});
    return good ? std::optional{text} : std::nullopt;
}

std::optional<std::string> parse_feedback(const std::string& text) {
    const bool word = text == "port" || text == "none";
    return word || names_endpoint(text, {"hw", "stream"}) ? std::optional{text} : std::nullopt;
}

std::optional<std::string> parse_device_name(const std::string& text) {
    return wire::Name{text}.view() == text ? std::optional{text} : std::nullopt;
}

/// The name of a folder of /sys/class/udc.
std::optional<std::string> parse_udc(const std::string& text) {
    const bool is_name =
        text.find('/') == std::string::npos && text.find('\0') == std::string::npos;
    return is_name && !text.starts_with(".") ? std::optional{text} : std::nullopt;
}

std::optional<std::string> parse_rule(const std::string& text) {
    midi::ControlProfile any;
    return any.add(midi::ControlClass::Relative, text) ? std::optional{text} : std::nullopt;
}

void read_client_network(TomlTable& root, ClientConfig& config) {
    TomlTable network = root.table("network");
    read_group(network, "primary_group", config.primary_group);
    read_group(network, "standby_group", config.standby_group);
    if (config.primary_group == config.standby_group)
        network.refuse(network.has("standby_group") ? "standby_group" : "primary_group",
                       "different addresses for primary_group and standby_group");
    read_network(network, config.network);
    for (const auto& [key, group] : {std::pair{"primary_group", config.primary_group},
                                     std::pair{"standby_group", config.standby_group}})
        if (group == config.network.control_group)
            network.refuse(network.has(key) ? key : "control_group",
                           "different addresses for " + std::string(key) + " and control_group");
    network.finish();
}

std::optional<Link> parse_link(const std::string& text) {
    if (text == "wired") return Link::Wired;
    if (text == "wifi") return Link::Wifi;
    return std::nullopt;
}

void read_client_failover(TomlTable& root, ClientFailoverConfig& config) {
    TomlTable failover = root.table("failover");
    std::int64_t jitter_us = 0;
    failover.read("jitter_buffer_us", jitter_us, IntegerRange{0, 1'000'000});
    config.jitter_buffer = microseconds{jitter_us};
    failover.read("link", config.link, "\"wired\" or \"wifi\"", parse_link);
    failover.read("adaptive", config.adaptive);
    failover.finish();
}

/// "auto" and "jack" are made anew for each device; whatever else a port or a feedback is, there is
/// one of it.
bool is_single(const std::string& endpoint) {
    return endpoint != "auto" && endpoint != "jack" && endpoint != "port" && endpoint != "none";
}

/// The lists that say it for each device.
void read_lists(TomlTable& midi, ClientConfig& config) {
    const auto check = [&](const char* key, const std::vector<std::string>& values) {
        if (!values.empty() && !config.devices.empty() && values.size() != config.devices.size())
            midi.refuse(key, "as many entries as devices has, in their order");
        for (std::size_t i = 0; i < values.size(); ++i)
            if (is_single(values[i]) && !values[i].empty() &&
                std::any_of(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(i),
                            [&](const std::string& before) {
                                return before == values[i] || same_fifo(before, values[i]);
                            }))
                midi.refuse_item(key, i, "each one only once: one stream goes through it");
    };
    check("ports", config.ports);
    check("feedbacks", config.feedbacks);
    if (!config.names.empty() && !config.devices.empty() &&
        config.names.size() != config.devices.size())
        midi.refuse("device_names", "as many entries as devices has, in their order");
}

void read_devices(TomlTable& midi, ClientConfig& config) {
    midi.read("devices", config.devices, IntegerRange{1, wire::kMaxDevices});
    midi.refuse_twins("devices");
    const char* const name = "a name of at most 63 bytes, without control characters";
    const char* const port =
        "\"auto\", \"gadget\", \"jack\", \"hw:CARD,DEVICE,SUBDEVICE\", \"stream:PATH\" or "
        "\"file:PATH\"";
    const char* const feedback =
        "\"port\", \"none\", \"hw:CARD,DEVICE,SUBDEVICE\" or \"stream:PATH\"";
    midi.read("device_name", config.midi.device_name, name, parse_device_name);
    midi.read("port", config.midi.port, port, parse_port);
    midi.read("feedback", config.midi.feedback, feedback, parse_feedback);
    config.names = read_plural(midi, "device_name", name, parse_device_name);
    config.ports = read_plural(midi, "port", port, parse_port);
    config.feedbacks = read_plural(midi, "feedback", feedback, parse_feedback);
    read_lists(midi, config);
    if (config.devices.size() > 1 && is_single(config.midi.port))
        midi.refuse("port",
                    "\"auto\", because devices names several: name a port for each in "
                    "ports");
}

void refuse_loops(TomlTable& midi, const ClientConfig& config) {
    const auto check = [&](const std::string& port, const std::string& name) {
        const std::string key = midi.has("feedbacks") ? "feedbacks" : "feedback";
        if (same_fifo(port, config.midi.feedback)) return midi.refuse(key, not_both_ways(name));
        for (const auto& feedback : config.feedbacks)
            if (same_fifo(port, feedback)) return midi.refuse(key, not_both_ways(name));
    };
    check(config.midi.port, "midi.port");
    for (std::size_t i = 0; i < config.ports.size(); ++i)
        check(config.ports[i], "midi.ports[" + std::to_string(i) + "]");
}

void read_client_midi(TomlTable& root, ClientConfig& client) {
    ClientMidiConfig& config = client.midi;
    TomlTable midi = root.table("midi");
    read_devices(midi, client);
    refuse_loops(midi, client);
    midi.read("gadget_udc", config.gadget_udc, "a name of /sys/class/udc, or \"\"", parse_udc);
    read_baud(midi, config.baud);
    TomlTable controls = midi.table("controls");
    const std::string rule =
        "a rule \"channels:controllers\" as in \"1:16-23\", \"*:47\" or \"1,3-4:0-119\"; channels "
        "are "
        "1 to 16, controllers 0 to 119";
    controls.read_list("relative", config.controls.relative, rule, parse_rule);
    controls.read_list("momentary", config.controls.momentary, rule, parse_rule);
    controls.finish();
    midi.finish();
}

/// The highest device that may be opened.
DeviceSlot most_devices(const ClientConfig& config) {
    if (!config.devices.empty())
        return {*std::max_element(config.devices.begin(), config.devices.end())};
    if (!config.ports.empty()) return {static_cast<std::uint8_t>(config.ports.size())};
    return {is_single(config.midi.port) ? std::uint8_t{1} : wire::kMaxDevices};
}

Result<ClientConfig> interpret(TomlDocument document) {
    ClientConfig config;
    TomlTable root = document.root();
    read_client_network(root, config);
    read_client_midi(root, config);
    TomlTable network = root.table("network");
    refuse_ports_of_devices(network, config.network, most_devices(config));
    read_client_failover(root, config.failover);

    TomlTable focus = root.table("focus");
    focus.read("auto_claim", config.auto_claim);
    focus.finish();

    read_pipeline(root, config.pipeline);
    read_log(root, config.log);
    root.leave("admin");
    root.finish();
    if (auto verdict = document.verdict(); !verdict) return tl::unexpected(verdict.error());
    return config;
}

void write_each(TomlWriter& writer, const std::string& key, const std::string& value,
                const std::vector<std::string>& list) {
    if (list.empty()) writer.key(key, value);
    writer.key(key + "s", list);
}

}  // namespace

std::vector<DeviceSlot> devices_at_start(const ClientConfig& config) {
    std::vector<DeviceSlot> slots;
    for (const auto device : config.devices) slots.push_back({device});
    if (slots.empty()) slots.push_back({1});
    return slots;
}

Result<ClientConfig> device_config(ClientConfig config, DeviceSlot slot) {
    const auto& named = config.devices;
    const auto found = std::find(named.begin(), named.end(), slot.value);
    if (!named.empty() && found == named.end())
        return fail("midi.devices does not name device " + std::to_string(slot.value));
    const auto at =
        named.empty() ? slot.value - 1U : static_cast<std::size_t>(found - named.begin());
    if (config.ports.empty() ? at > 0 && is_single(config.midi.port) : at >= config.ports.size())
        return fail("no port is configured for device " + std::to_string(slot.value) +
                    ": set midi.port = \"auto\", or give each device one in midi.ports");
    if (!config.ports.empty()) config.midi.port = config.ports[at];
    if (at < config.names.size())
        config.midi.device_name = config.names[at];
    else if (at > 0)
        config.midi.device_name.clear();
    if (at < config.feedbacks.size())
        config.midi.feedback = config.feedbacks[at];
    else if (at > 0 && is_single(config.midi.feedback))
        config.midi.feedback = "port";
    for (auto* list : {&config.ports, &config.names, &config.feedbacks}) list->clear();
    config.network = network_of(std::move(config.network), slot);
    config.slot = slot;
    return config;
}

FailoverOptions failover_options(const ClientFailoverConfig& config) noexcept {
    FailoverOptions options{.adaptive = config.adaptive};
    if (config.link == Link::Wifi) {
        options.floor = 60ms;
        options.adaptive_most = 400ms;
        options.lone_patience = 400ms;
    }
    return options;
}

Result<ClientConfig> load_client_config(const std::filesystem::path& path) {
    return TomlDocument::load(path).and_then(interpret);
}

Result<ClientConfig> parse_client_config(std::string_view text, const std::string& name) {
    return TomlDocument::parse(text, name).and_then(interpret);
}

std::string print_config(const ClientConfig& config) {
    TomlWriter writer;
    writer.table("network");
    writer.key("primary_group", address_text(config.primary_group));
    writer.key("standby_group", address_text(config.standby_group));
    write_network(writer, config.network);
    writer.table("midi");
    writer.key("devices", config.devices);
    write_each(writer, "device_name", config.midi.device_name, config.names);
    write_each(writer, "port", config.midi.port, config.ports);
    write_each(writer, "feedback", config.midi.feedback, config.feedbacks);
    writer.key("gadget_udc", config.midi.gadget_udc);
    writer.key("baud", config.midi.baud);
    writer.table("midi.controls");
    writer.key("relative", config.midi.controls.relative);
    writer.key("momentary", config.midi.controls.momentary);
    writer.table("failover");
    writer.key("jitter_buffer_us",
               std::chrono::duration_cast<microseconds>(config.failover.jitter_buffer).count());
    writer.key("link", config.failover.link == Link::Wifi ? "wifi" : "wired");
    writer.key("adaptive", config.failover.adaptive);
    writer.table("focus");
    writer.key("auto_claim", config.auto_claim);
    write_pipeline(writer, config.pipeline);
    write_log(writer, config.log);
    return writer.text();
}

}  // namespace midinet::control
