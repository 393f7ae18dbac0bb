#include "control/host_config.hpp"

#include "control/device_slots.hpp"
#include "control/failover_config.hpp"
#include "control/pipeline_config.hpp"
#include "control/same_stream.hpp"
#include "wire/identity.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace midinet::control {
namespace {

using std::chrono::duration_cast;
using std::chrono::milliseconds;

std::optional<std::string> parse_host_name(const std::string& text) {
    const bool good = !text.empty() && wire::Name{text}.view() == text;
    return good ? std::optional{text} : std::nullopt;
}

std::optional<std::string> parse_device(const std::string& text) {
    return names_endpoint(text, {"auto", "hw", "stream", "file"}) ? std::optional{text}
                                                                  : std::nullopt;
}

constexpr const char* kFeedbackChoices =
    "\"device\", \"none\", \"hw:CARD,DEVICE,SUBDEVICE\", \"stream:PATH\" or \"file:PATH\"";

std::optional<std::string> parse_feedback(const std::string& text) {
    const bool word = text == "device" || text == "none";
    return word || names_endpoint(text, {"hw", "stream", "file"}) ? std::optional{text}
                                                                  : std::nullopt;
}

std::uint32_t default_group(HostId id) {
    return io::parse_ipv4(id.value == 1 ? wire::kPrimaryGroup : wire::kStandbyGroup).value();
}

void read_host(TomlTable& root, HostConfig& config) {
    TomlTable host = root.table("host");
    host.read("id", config.id.value, IntegerRange{1, 65'534});
    config.name = "host-" + std::to_string(config.id.value);
    host.read("name", config.name, "a name of 1 to 63 bytes, without control characters",
              parse_host_name);
    host.finish();
}

void read_host_network(TomlTable& root, HostConfig& config) {
    TomlTable network = root.table("network");
    config.multicast_group = default_group(config.id);
    read_group(network, "multicast_group", config.multicast_group);
    read_network(network, config.network);
    if (config.multicast_group == config.network.control_group)
        network.refuse(network.has("control_group") ? "control_group" : "multicast_group",
                       "different addresses for multicast_group and control_group");
    network.finish();
}

void read_heartbeat(TomlTable& root, HeartbeatConfig& config) {
    TomlTable heartbeat = root.table("heartbeat");
    read_duration<milliseconds>(heartbeat, "interval_ms", config.interval,
                                {1, wire::kMaxHeartbeatInterval / 1ms});
    heartbeat.read("miss_threshold", config.miss_threshold, IntegerRange{1, 100});
    heartbeat.finish();
}

/// Not "auto": that may be the other one of the two. A file has no disconnect.
std::optional<std::string> parse_input(const std::string& text) {
    const bool named = text != "auto" && names_endpoint(text, {"auto", "hw", "stream"});
    return named ? std::optional{text} : std::nullopt;
}

std::optional<std::string> parse_standby(const std::string& text) {
    return text.empty() ? std::optional{text} : parse_input(text);
}

std::optional<bool> parse_return(const std::string& text) {
    if (text == "manual") return false;
    return text == "auto" ? std::optional{true} : std::nullopt;
}

/// Whether a feedback leads to one place, not to each device's own.
bool carries_one(const std::string& feedback) { return feedback != "device" && feedback != "none"; }

/// Whether both can only lead to the same device: what "auto" finds may be one of two.
bool same_device(const std::string& a, const std::string& b) {
    if (a.starts_with("auto") || b.starts_with("auto")) return false;
    const bool part = (a.starts_with("hw:") && a.starts_with(b + ",")) ||
                      (b.starts_with("hw:") && b.starts_with(a + ","));
    return a == b || part || same_fifo(a, b);
}

/// Complains about an entry that means what an earlier one does.
template <typename Same>
void refuse_same(TomlTable& midi, std::string_view key, const std::vector<std::string>& entries,
                 Same same) {
    for (std::size_t i = 0; i < entries.size(); ++i)
        for (std::size_t before = 0; before < i; ++before)
            if (same(entries[i], entries[before]))
                return midi.refuse_item(key, i,
                                        "another device than " + std::string(key) + "[" +
                                            std::to_string(before) + "], which is the same one");
}

void read_devices(TomlTable& midi, HostConfig& config) {
    const std::string device =
        "\"auto\", \"auto:NAME\", \"hw:CARD,DEVICE,SUBDEVICE\", \"stream:PATH\" or "
        "\"file:PATH\"";
    midi.read("device", config.midi.device, device, parse_device);
    midi.read("feedback", config.midi.feedback, kFeedbackChoices, parse_feedback);
    const auto devices = read_plural(midi, "device", device, parse_device);
    const auto feedbacks = read_plural(midi, "feedback", kFeedbackChoices, parse_feedback);
    refuse_same(midi, "devices", devices, same_device);
    refuse_same(midi, "feedbacks", feedbacks,
                [](const auto& a, const auto& b) { return carries_one(a) && same_device(a, b); });
    if (!feedbacks.empty() && feedbacks.size() != std::max<std::size_t>(devices.size(), 1))
        midi.refuse("feedbacks", "as many entries as devices has, in their order");
    if (devices.size() > 1 && carries_one(config.midi.feedback))
        midi.refuse("feedback",
                    "\"device\" or \"none\", because there are several devices: name an output "
                    "for each in feedbacks");
    if (!feedbacks.empty()) config.midi.feedback = feedbacks[0];
    if (!devices.empty()) config.midi.device = devices[0];
    for (std::size_t i = 1; i < devices.size(); ++i)
        config.further.push_back(
            {devices[i], i < feedbacks.size() ? feedbacks[i] : config.midi.feedback});
}

/// Complains about `key`, an output, where one of the inputs would read what is written to it.
void refuse_loop(TomlTable& table, std::string_view key, const std::string& output,
                 const HostConfig& host) {
    const auto check = [&](const std::string& input, const std::string& name) {
        if (same_fifo(input, output)) table.refuse(key, not_both_ways(name));
    };
    check(host.midi.device, host.further.empty() ? "midi.device" : "midi.devices[0]");
    check(host.midi.pair.standby, "midi.pair.standby");
    for (std::size_t i = 0; i < host.further.size(); ++i)
        check(host.further[i].device, "midi.devices[" + std::to_string(i + 1) + "]");
}

void read_pair(TomlTable& midi, HostConfig& host) {
    const HostMidiConfig& config = host.midi;
    PairConfig& pair = host.midi.pair;
    TomlTable table = midi.table("pair");
    table.read("standby", pair.standby,
               "\"auto:NAME\", \"hw:CARD,DEVICE,SUBDEVICE\" or \"stream:PATH\"; \"\": none",
               parse_standby);
    table.read("feedback", pair.feedback, kFeedbackChoices, parse_feedback);
    table.read("return", pair.returns, "\"manual\" or \"auto\"", parse_return);
    if (!pair.standby.empty() &&
        (pair.standby == config.device || same_fifo(pair.standby, config.device)))
        table.refuse("standby", "another device than midi.device");
    if (!pair.standby.empty() && !parse_input(config.device))
        table.refuse("standby",
                     "to stand by for a midi.device that is named: \"auto:NAME\", "
                     "\"hw:CARD,DEVICE,SUBDEVICE\" or \"stream:PATH\"");
    for (const auto& other : host.further)
        if (same_device(pair.standby, other.device))
            table.refuse("standby", "another device than those of midi.devices");
    refuse_loop(table, "feedback", pair.feedback, host);
    table.finish();
}

void read_midi(TomlTable& root, HostConfig& host) {
    HostMidiConfig& config = host.midi;
    TomlTable midi = root.table("midi");
    read_devices(midi, host);
    read_baud(midi, config.baud);
    TomlTable file = midi.table("file");
    file.read("rate", config.file.rate, 0.0, 100.0);
    file.read("loop", config.file.loop);
    file.read("exit_at_end", config.file.exit_at_end);
    if (config.file.loop && config.file.exit_at_end)
        file.refuse("exit_at_end", "false, because loop is true and there is no end");
    read_duration<milliseconds>(file, "lead_in_ms", config.file.lead_in, {0, 60'000});
    file.finish();
    read_pair(midi, host);
    const std::string_view outputs = midi.has("feedbacks") ? "feedbacks" : "feedback";
    refuse_loop(midi, outputs, config.feedback, host);
    for (const auto& further : host.further) refuse_loop(midi, outputs, further.feedback, host);
    midi.finish();
}

Result<HostConfig> interpret(TomlDocument document) {
    HostConfig config;
    TomlTable root = document.root();
    read_host(root, config);
    read_host_network(root, config);
    read_heartbeat(root, config.heartbeat);
    read_midi(root, config);
    TomlTable network = root.table("network");
    refuse_ports_of_devices(network, config.network, DeviceSlot{config.device_count()});
    read_failover(root, config);
    read_pipeline(root, config.pipeline);
    read_log(root, config.log);
    root.leave("admin");
    root.finish();
    if (auto verdict = document.verdict(); !verdict) return tl::unexpected(verdict.error());
    return config;
}

void write_devices(TomlWriter& writer, const HostConfig& config) {
    std::vector<std::string> devices;
    std::vector<std::string> feedbacks;
    for (const auto& further : config.further) {
        devices.push_back(further.device);
        feedbacks.push_back(further.feedback);
    }
    if (devices.empty()) {
        writer.key("device", config.midi.device);
        writer.key("feedback", config.midi.feedback);
    } else {
        devices.insert(devices.begin(), config.midi.device);
        feedbacks.insert(feedbacks.begin(), config.midi.feedback);
    }
    writer.key("devices", devices);
    writer.key("feedbacks", feedbacks);
}

}  // namespace

HostConfig default_host_config() { return parse_host_config("", "defaults").value(); }

Result<HostConfig> load_host_config(const std::filesystem::path& path) {
    return TomlDocument::load(path).and_then(interpret);
}

Result<HostConfig> parse_host_config(std::string_view text, const std::string& name) {
    return TomlDocument::parse(text, name).and_then(interpret);
}

std::string print_config(const HostConfig& config) {
    TomlWriter writer;
    writer.table("host");
    writer.key("id", config.id.value);
    writer.key("name", config.name);
    writer.table("network");
    writer.key("multicast_group", address_text(config.multicast_group));
    write_network(writer, config.network);
    writer.table("heartbeat");
    writer.key("interval_ms", duration_cast<milliseconds>(config.heartbeat.interval).count());
    writer.key("miss_threshold", config.heartbeat.miss_threshold);
    writer.table("midi");
    write_devices(writer, config);
    writer.key("baud", config.midi.baud);
    writer.table("midi.file");
    writer.key("rate", config.midi.file.rate);
    writer.key("loop", config.midi.file.loop);
    writer.key("exit_at_end", config.midi.file.exit_at_end);
    writer.key("lead_in_ms", duration_cast<milliseconds>(config.midi.file.lead_in).count());
    writer.table("midi.pair");
    writer.key("standby", config.midi.pair.standby);
    writer.key("feedback", config.midi.pair.feedback);
    writer.key("return", config.midi.pair.returns ? "auto" : "manual");
    write_failover(writer, config.failover);
    write_pipeline(writer, config.pipeline);
    write_log(writer, config.log);
    return writer.text();
}

}  // namespace midinet::control
