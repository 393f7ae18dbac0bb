// What a machine's settings should be for the engine's thread to be in time.
#pragma once

#include "control/tuning/machine_settings.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace midinet::control::tuning {

enum class SettingKind : std::uint8_t { Governor, Interrupt, Buffer, RtLimit, UsbPower };
inline constexpr std::size_t kSettingKinds = 5;

/// "cpu_governor", "interrupt", "socket_buffer", "rt_limit", "usb_power".
std::string_view to_string(SettingKind kind) noexcept;
/// For people: "CPU governor".
std::string_view title(SettingKind kind) noexcept;
/// Why it matters, in one sentence.
std::string_view why(SettingKind kind) noexcept;

struct Setting {
    SettingKind kind{};
    std::string name;  ///< for people: "interrupt 39, eth0"
    std::string path;
    std::string now;
    std::string wanted;
    bool good = false;  ///< it is as wanted, or serves as well: a larger buffer
};

/// Something that this machine has not, so that nothing is to be set.
struct Lack {
    SettingKind kind{};
    std::string text;
};

struct Plan {
    std::vector<Setting> settings;  ///< by kind
    std::vector<Lack> lacks;
    std::vector<std::string> notes;  ///< what a person should know besides
};

/// Pure.
Plan plan_of(const MachineSettings& machine);

}  // namespace midinet::control::tuning
