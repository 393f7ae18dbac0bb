#include "control/admin_config.hpp"

#include "base/ascii.hpp"
#include "control/config_text.hpp"

#include <algorithm>
#include <charconv>

namespace midinet::control {
namespace {

constexpr const char* kListenForm =
    "an address and a port, as in \"0.0.0.0:8080\" or \"[::]:8080\"";

constexpr std::int64_t kMostHours = 48;
constexpr std::int64_t kMostDays = 3650;

std::optional<std::string> parse_directory(const std::string& text) {
    return text.empty() ? std::nullopt : std::optional(text);
}

Result<AdminConfig> both_or_neither(AdminConfig config) {
    if (config.tls_cert.empty() != config.tls_key.empty())
        return fail(
            "of the TLS files there is one only; give both admin.tls_cert and "
            "admin.tls_key, or neither",
            2);
    return config;
}

/// A name of DNS, in lower case; nothing when it is none.
std::optional<std::string> parse_host_name(const std::string& text) {
    constexpr std::size_t kLongest = 253;
    const auto good = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '-' || c == '.' || c == '_';
    };
    if (text.empty() || text.size() > kLongest || !std::all_of(text.begin(), text.end(), good))
        return std::nullopt;
    return ascii_lower(text);
}

Result<AdminConfig> interpret(TomlDocument document) {
    AdminConfig config;
    TomlTable root = document.root();
    TomlTable admin = root.table("admin");
    admin.read("listen", config.listen, kListenForm, parse_listen);
    admin.read_list("hosts", config.hosts, "a host name, as in \"pi.local\"", parse_host_name);
    admin.read("tls_cert", config.tls_cert);
    admin.read("tls_key", config.tls_key);
    admin.read("data_dir", config.data_dir, "a directory, as in \"/var/lib/midinet\"",
               parse_directory);
    admin.read("keep_seconds_h", config.keep_seconds_h, {1, kMostHours});
    admin.read("keep_minutes_d", config.keep_minutes_d, {1, kMostDays});
    admin.read("keep_hours_d", config.keep_hours_d, {1, kMostDays});
    admin.read_list("webhook_private_ranges", config.webhook_private_ranges,
                    "an address or a range of them, as in \"192.168.1.0/24\"", IpRange::parse);
    admin.refuse_twins("webhook_private_ranges");
    admin.finish();
    TomlTable network = root.table("network");
    read_network(network, config.network);
    for (const char* key : {"multicast_group", "primary_group", "standby_group"})
        network.leave(key);
    network.finish();
    read_log(root, config.log);
    for (const char* section : {"host", "heartbeat", "midi", "failover", "pipeline", "focus"})
        root.leave(section);
    root.finish();
    if (auto verdict = document.verdict(); !verdict) return tl::unexpected(verdict.error());
    return both_or_neither(std::move(config));
}

}  // namespace

std::optional<io::IpEndpoint> parse_listen(const std::string& text) {
    const auto colon = text.rfind(':');
    if (colon == std::string::npos) return std::nullopt;
    auto host = text.substr(0, colon);
    if (host.starts_with('[') != host.ends_with(']')) return std::nullopt;
    const bool bracketed = host.starts_with('[');
    if (bracketed) host = host.substr(1, host.size() - 2);
    const auto address = io::parse_ip(host);
    if (!address || bracketed == address->is_ipv4()) return std::nullopt;
    std::uint16_t port = 0;
    const char* end = text.data() + text.size();
    const auto [read, error] = std::from_chars(text.data() + colon + 1, end, port);
    if (error != std::errc{} || read != end) return std::nullopt;
    return io::IpEndpoint{*address, port};
}

Result<AdminConfig> load_admin_config(const std::filesystem::path& path) {
    return TomlDocument::load(path).and_then(interpret);
}

Result<AdminConfig> parse_admin_config(std::string_view text, const std::string& name) {
    return TomlDocument::parse(text, name).and_then(interpret);
}

Result<AdminConfig> with_flags(AdminConfig config, const AdminFlags& flags) {
    if (flags.listen) config.listen = *flags.listen;
    if (flags.data_dir) config.data_dir = *flags.data_dir;
    if (flags.tls_cert) config.tls_cert = *flags.tls_cert;
    if (flags.tls_key) config.tls_key = *flags.tls_key;
    if (flags.log_level) config.log.level = *flags.log_level;
    if (flags.log_format) config.log.format = *flags.log_format;
    return both_or_neither(std::move(config));
}

std::string print_config(const AdminConfig& config) {
    TomlWriter writer;
    writer.table("admin");
    writer.key("listen", io::to_string(config.listen));
    writer.key("hosts", config.hosts);
    writer.key("tls_cert", config.tls_cert);
    writer.key("tls_key", config.tls_key);
    writer.key("data_dir", config.data_dir);
    writer.key("keep_seconds_h", config.keep_seconds_h);
    writer.key("keep_minutes_d", config.keep_minutes_d);
    writer.key("keep_hours_d", config.keep_hours_d);
    writer.list("webhook_private_ranges", config.webhook_private_ranges,
                [](const IpRange& range) { return to_string(range); });
    writer.table("network");
    write_network(writer, config.network);
    write_log(writer, config.log);
    return writer.text();
}

}  // namespace midinet::control
