#include "control/tuning/plan.hpp"

#include "control/tuning/places.hpp"
#include "io/socket_buffer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

namespace midinet::control::tuning {
namespace {

constexpr const char* kFullSpeed = "performance";
constexpr const char* kAwake = "on";
/// The kernel's own share of real-time threads. Units: per cent of their period.
constexpr long long kRtShare = 95;

/// Nothing: it is no number.
std::optional<long long> number_of(const std::string& text) {
    long long number = 0;
    const char* const end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, number);
    if (read.ec != std::errc{} || read.ptr != end) return std::nullopt;
    return number;
}

void plan_governors(const MachineSettings& machine, Plan& plan) {
    if (machine.cpu_policies.empty())
        plan.lacks.push_back({SettingKind::Governor,
                              "no cpufreq: nothing here changes the speed of CPUs, or a machine "
                              "around this one does"});
    for (const auto& policy : machine.cpu_policies) {
        const auto& all = policy.available;
        if (!all.empty() && std::find(all.begin(), all.end(), kFullSpeed) == all.end()) {
            plan.lacks.push_back({SettingKind::Governor, fmt::format("{} has no governor \"{}\"",
                                                                     policy.name, kFullSpeed)});
            continue;
        }
        plan.settings.push_back({SettingKind::Governor, "CPU governor, " + policy.name, policy.path,
                                 policy.governor, kFullSpeed, policy.governor == kFullSpeed});
    }
}

/// The first of "0-3" or "0,2-3"; and the others, as a list of the same form, empty: there are
/// none.
std::pair<std::string, std::string> first_and_others(const std::string& cpus) {
    const auto end = cpus.find_first_of(",-");
    if (end == std::string::npos) return {cpus, {}};
    const auto first = cpus.substr(0, end);
    if (cpus[end] == ',') return {first, cpus.substr(end + 1)};
    const auto next = number_of(first).value_or(0) + 1;
    const auto after = cpus.find(',', end);
    const auto last = cpus.substr(end + 1, after == std::string::npos ? after : after - end - 1);
    const auto range = std::to_string(next) == last ? last : fmt::format("{}-{}", next, last);
    return {first, range + (after == std::string::npos ? "" : cpus.substr(after))};
}

void plan_interrupts(const MachineSettings& machine, Plan& plan) {
    const auto [first, others] = first_and_others(machine.online_cpus);
    if (others.empty()) {
        plan.lacks.push_back(
            {SettingKind::Interrupt, first.empty() ? "this machine does not say which CPUs it has"
                                                   : "one CPU: interrupts have no other to go to"});
        return;
    }
    if (machine.interrupts.empty())
        plan.lacks.push_back({SettingKind::Interrupt,
                              "no interrupt of a network card or USB controller is known here"});
    for (const auto& line : machine.interrupts)
        plan.settings.push_back({SettingKind::Interrupt,
                                 fmt::format("interrupt {}, {}", line.number, line.user),
                                 places::affinity(line.number), line.cpus, first,
                                 line.cpus == first || line.served_by == first});
    if (machine.interrupts.empty()) return;
    plan.notes.push_back(
        fmt::format("left to the engine: CPU {}; it is bound to none, and CPUAffinity={} in its "
                    "service binds it there",
                    others, others));
    if (machine.has_irqbalance)
        plan.notes.emplace_back(
            "irqbalance runs here and moves interrupts again: systemctl disable --now irqbalance");
}

void plan_buffer(const std::optional<std::string>& now, const std::string& name,
                 const std::string& path, Plan& plan) {
    if (!now) {
        plan.lacks.push_back({SettingKind::Buffer, name + " is not there: a container's network?"});
        return;
    }
    const auto bytes = number_of(*now);
    plan.settings.push_back({SettingKind::Buffer, name, path, *now,
                             std::to_string(io::kSocketBufferBytes),
                             bytes && *bytes >= static_cast<long long>(io::kSocketBufferBytes)});
}

/// A limit of its own stays: none (-1), or a larger one. It keeps the machine usable beside a
/// thread that runs away.
void plan_rt_limit(const MachineSettings& machine, Plan& plan) {
    const auto period = number_of(machine.rt_period.value_or(""));
    if (!machine.rt_runtime || !period) {
        plan.lacks.push_back(
            {SettingKind::RtLimit, "kernel.sched_rt_runtime_us is not there: no limit is known"});
        return;
    }
    const auto wanted = *period * kRtShare / 100;
    const auto now = number_of(*machine.rt_runtime);
    plan.settings.push_back({SettingKind::RtLimit, "kernel.sched_rt_runtime_us", places::kRtRuntime,
                             *machine.rt_runtime, std::to_string(wanted),
                             now && (*now == -1 || *now >= wanted)});
}

void plan_usb(const MachineSettings& machine, Plan& plan) {
    if (machine.usb_midi.empty())
        plan.lacks.push_back({SettingKind::UsbPower, "no USB MIDI device is plugged in"});
    for (const auto& device : machine.usb_midi)
        plan.settings.push_back({SettingKind::UsbPower,
                                 fmt::format("USB power, {}{}", device.place,
                                             device.product.empty() ? "" : ' ' + device.product),
                                 places::usb_power(device.place), device.power, kAwake,
                                 device.power == kAwake});
}

}  // namespace

std::string_view to_string(SettingKind kind) noexcept {
    static constexpr std::array<std::string_view, kSettingKinds> kNames{
        "cpu_governor", "interrupt", "socket_buffer", "rt_limit", "usb_power"};
    return kNames[static_cast<std::size_t>(kind)];
}

std::string_view title(SettingKind kind) noexcept {
    static constexpr std::array<std::string_view, kSettingKinds> kTitles{
        "CPU governor", "interrupts", "socket buffers", "share of real-time threads", "USB power"};
    return kTitles[static_cast<std::size_t>(kind)];
}

std::string_view why(SettingKind kind) noexcept {
    static constexpr std::array<std::string_view, kSettingKinds> kWhy{
        "a CPU that slept slowly plays the first event after a pause late",
        "the engine is not interrupted where network cards and USB controllers are served "
        "elsewhere",
        "host and client ask for buffers of this size for each socket: what arrives while a "
        "machine "
        "stalls is not lost",
        "above this share of each period the kernel stops all real-time threads, the engine's too",
        "a controller that was put to sleep loses or delays the first press after it"};
    return kWhy[static_cast<std::size_t>(kind)];
}

Plan plan_of(const MachineSettings& machine) {
    Plan plan;
    plan_governors(machine, plan);
    plan_interrupts(machine, plan);
    plan_buffer(machine.receive_buffer_max, "net.core.rmem_max", places::kReceiveBufferMax, plan);
    plan_buffer(machine.send_buffer_max, "net.core.wmem_max", places::kSendBufferMax, plan);
    plan_rt_limit(machine, plan);
    plan_usb(machine, plan);
    return plan;
}

}  // namespace midinet::control::tuning
