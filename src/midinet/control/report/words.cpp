#include "control/report/words.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <system_error>

namespace midinet::control {

std::string id_text(SenderId id) { return fmt::format("{:016x}", id.value); }

std::optional<SenderId> id_of_text(std::string_view text) {
    SenderId id;
    const char* const end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, id.value, 16);
    if (text.size() != 16 || read.ec != std::errc{} || read.ptr != end) return std::nullopt;
    return id;
}

std::string fingerprint_text(std::uint32_t fingerprint) {
    return fmt::format("{:08x}", fingerprint);
}

std::string_view to_string(wire::Role role) noexcept {
    static constexpr std::array<std::string_view, 4> kNames{"primary", "standby", "relay",
                                                            "mirror"};
    return kNames[static_cast<std::size_t>(role)];
}

std::string span_text(std::uint64_t ms) {
    const auto minutes = ms / 60'000;
    const auto hours = minutes / 60;
    if (ms < 1'000) return fmt::format("{} ms", ms);
    if (ms < 120'000) return fmt::format("{}.{} s", ms / 1000, ms % 1000 / 100);
    if (minutes < 120) return fmt::format("{} min", minutes);
    if (hours < 48) return fmt::format("{} h {:02} min", hours, minutes % 60);
    return fmt::format("{} d {:02} h", hours / 24, hours % 24);
}

std::vector<unsigned> devices_in(std::uint8_t bits) {
    std::vector<unsigned> devices;
    for (unsigned device = 1; device <= wire::kMaxDevices; ++device)
        if ((bits >> (device - 1) & 1U) != 0) devices.push_back(device);
    return devices;
}

std::string ms_text(std::uint64_t us) {
    return fmt::format("{}.{:02} ms", us / 1000, us % 1000 / 10);
}

}  // namespace midinet::control
