#include "control/discovery/host_service.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <limits>
#include <map>

namespace midinet::control {
namespace {

constexpr std::size_t kMaxEntry = 255;    ///< RFC 6763 section 6.1: one length byte
constexpr std::size_t kMaxInstance = 63;  ///< RFC 6763 section 4.1.1
constexpr std::string_view kTextVersion = "1";

constexpr std::array<std::pair<std::string_view, wire::Role>, 4> kRoles{
    {{"primary", wire::Role::Primary},
     {"standby", wire::Role::Standby},
     {"mirror", wire::Role::Mirror},
     {"relay", wire::Role::Relay}}};

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

/// At most `most` bytes, and no half of a character at the end.
std::string_view cut(std::string_view text, std::size_t most) {
    if (text.size() <= most) return text;
    while (most > 0 && is_continuation(text[most])) --most;
    return text.substr(0, most);
}

/// The length of the character at the front of `text`; 0 when it is none that may be shown.
/// RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF.
std::size_t character(std::string_view text) {
    const auto byte = [&](std::size_t i) {
        return std::uint32_t{static_cast<unsigned char>(text[i])};
    };
    const std::uint32_t first = byte(0);
    if (first < 0x80) return first < 0x20 || first == 0x7F ? 0 : 1;
    const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    if (first < 0xC2 || first > 0xF4 || text.size() < length) return 0;
    std::uint32_t point = first & (0x7FU >> length);
    for (std::size_t i = 1; i < length; ++i) {
        if (!is_continuation(text[i])) return 0;
        point = point << 6U | (byte(i) & 0x3FU);
    }
    static constexpr std::array<std::uint32_t, 5> kLeast{0, 0, 0xA0, 0x800, 0x10000};
    const bool surrogate = point >= 0xD800 && point <= 0xDFFF;
    return point < kLeast[length] || surrogate || point > 0x10FFFF ? 0 : length;
}

using Keys = std::map<std::string, std::string_view>;

Keys keys_of(std::span<const std::string> entries) {
    Keys keys;
    for (const auto& entry : entries) {
        const auto equals = entry.find('=');
        if (equals == std::string::npos || equals == 0 || entry.size() > kMaxEntry) continue;
        std::string key = entry.substr(0, equals);
        std::transform(key.begin(), key.end(), key.begin(),
                       [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
        keys.emplace(std::move(key), std::string_view(entry).substr(equals + 1));
    }
    return keys;
}

/// Reads keys and remembers the first that is wrong.
class Reader {
  public:
    explicit Reader(std::span<const std::string> entries) : keys_(keys_of(entries)) {}

    template <typename Number>
    void number(const char* key, Number& value) {
        const auto text = find(key);
        std::uint64_t read = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), read);
        const bool whole =
            !text.empty() && error == std::errc{} && end == text.data() + text.size();
        if (!whole || read == 0 || read > std::numeric_limits<Number>::max()) return refuse(key);
        value = static_cast<Number>(read);
    }
    void group(const char* key, std::uint32_t& value) {
        const auto address = io::parse_ipv4(std::string(find(key)));
        if (!address || !io::is_multicast(*address)) return refuse(key);
        value = *address;
    }
    void role(const char* key, wire::Role& value) {
        const auto text = find(key);
        const auto* const known = std::find_if(kRoles.begin(), kRoles.end(),
                                               [&](const auto& r) { return r.first == text; });
        if (known == kRoles.end()) return refuse(key);
        value = known->second;
    }
    std::string_view find(const char* key) const {
        const auto found = keys_.find(key);
        return found == keys_.end() ? std::string_view{} : found->second;
    }
    void refuse(const char* key) {
        if (!wrong_.empty()) return;
        wrong_ = (keys_.contains(key) ? "its TXT record has a wrong " : "its TXT record has no ") +
                 std::string(key);
    }
    const std::string& wrong() const { return wrong_; }

  private:
    Keys keys_;
    std::string wrong_;
};

std::string dotted(std::uint32_t address) {
    const auto text = io::to_string({address, 0});
    return text.substr(0, text.rfind(':'));
}

}  // namespace

std::vector<std::string> make_txt(const HostService& service) {
    const auto* const role = std::find_if(kRoles.begin(), kRoles.end(),
                                          [&](const auto& r) { return r.second == service.role; });
    std::vector<std::string> entries{"txtvers=" + std::string(kTextVersion),
                                     "id=" + std::to_string(service.id.value),
                                     "role=" + std::string(role->first),
                                     "epoch=" + std::to_string(service.epoch.value),
                                     "group=" + dotted(service.group),
                                     "dport=" + std::to_string(service.data_port),
                                     "hport=" + std::to_string(service.heartbeat_port),
                                     "cgroup=" + dotted(service.control.address),
                                     "cport=" + std::to_string(service.control.port),
                                     "devs=" + std::to_string(service.devices),
                                     "ver=" + service.version};
    if (!service.device_name.empty()) entries.push_back("dev=" + service.device_name);
    for (auto& entry : entries) entry = cut(entry, kMaxEntry);
    return entries;
}

Result<HostService> parse_txt(std::span<const std::string> entries) {
    Reader reader(entries);
    HostService service;
    if (reader.find("txtvers") != kTextVersion) reader.refuse("txtvers");
    reader.number("id", service.id.value);
    reader.role("role", service.role);
    reader.number("epoch", service.epoch.value);
    reader.group("group", service.group);
    reader.number("dport", service.data_port);
    reader.number("hport", service.heartbeat_port);
    reader.group("cgroup", service.control.address);
    reader.number("cport", service.control.port);
    reader.number("devs", service.devices);
    if (service.devices > wire::kMaxDevices) reader.refuse("devs");
    service.device_name = presentable(reader.find("dev"));
    service.version = presentable(reader.find("ver"));
    if (!reader.wrong().empty()) return fail(reader.wrong());
    return service;
}

std::string instance_name(std::string_view name) {
    const auto shown = cut(name, kMaxInstance);
    return shown.empty() ? "MIDInet host" : std::string(shown);
}

std::string presentable(std::string_view text) {
    for (auto rest = text; !rest.empty();) {
        const auto length = character(rest);
        if (length == 0) return {};
        rest.remove_prefix(length);
    }
    return std::string(text);
}

}  // namespace midinet::control
