#include "control/client_config.hpp"

#include "midi/control_profile.hpp"

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
    return text.size() > wire::kMaxNameBytes ? std::nullopt : std::optional{text};
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

void read_client_midi(TomlTable& root, ClientMidiConfig& config) {
    TomlTable midi = root.table("midi");
    midi.read("device_name", config.device_name, "a name of at most 63 bytes", parse_device_name);
    midi.read("port", config.port,
              "\"auto\", \"gadget\", \"jack\", \"hw:CARD,DEVICE,SUBDEVICE\", \"stream:PATH\" or "
              "\"file:PATH\"",
              parse_port);
    midi.read("gadget_udc", config.gadget_udc, "a name of /sys/class/udc, or \"\"", parse_udc);
    midi.read("feedback", config.feedback,
              "\"port\", \"none\", \"hw:CARD,DEVICE,SUBDEVICE\" or \"stream:PATH\"",
              parse_feedback);
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

Result<ClientConfig> interpret(TomlDocument document) {
    ClientConfig config;
    TomlTable root = document.root();
    read_client_network(root, config);
    read_client_midi(root, config.midi);
    read_client_failover(root, config.failover);

    TomlTable focus = root.table("focus");
    focus.read("auto_claim", config.auto_claim);
    focus.finish();

    read_log(root, config.log);
    root.finish();
    if (auto verdict = document.verdict(); !verdict) return tl::unexpected(verdict.error());
    return config;
}

}  // namespace

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
    writer.key("device_name", config.midi.device_name);
    writer.key("port", config.midi.port);
    writer.key("gadget_udc", config.midi.gadget_udc);
    writer.key("feedback", config.midi.feedback);
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
    write_log(writer, config.log);
    return writer.text();
}

}  // namespace midinet::control
