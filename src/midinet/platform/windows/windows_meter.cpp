#include "platform/windows/windows_meter.hpp"

#include "platform/windows/handle.hpp"
#include "platform/windows/winsock.hpp"

#include <iphlpapi.h>
#include <netioapi.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <memory>
#include <set>
#include <thread>

namespace midinet::platform {
namespace {

constexpr std::uint64_t kMegabit = 1'000'000;

std::uint64_t ticks(const FILETIME& time) noexcept {
    return (std::uint64_t{time.dwHighDateTime} << 32U) | time.dwLowDateTime;
}

/// Of this installation. Hashed (64-bit FNV-1a), for it goes to the network.
std::uint64_t this_machine() {
    constexpr std::uint64_t kBasis = 14'695'981'039'346'656'037U;
    constexpr std::uint64_t kPrime = 1'099'511'628'211;
    std::array<wchar_t, 64> id{};
    DWORD size = sizeof id;
    if (::RegGetValueW(HKEY_LOCAL_MACHINE, L"SOFTWARE\\Microsoft\\Cryptography", L"MachineGuid",
                       RRF_RT_REG_SZ | RRF_SUBKEY_WOW6464KEY, nullptr, id.data(),
                       &size) != ERROR_SUCCESS)
        return 0;
    std::uint64_t hash = kBasis;
    for (const wchar_t c : id) hash = (hash ^ static_cast<std::uint64_t>(c)) * kPrime;
    return std::max<std::uint64_t>(hash, 1);
}

std::optional<io::DiskReading> disk(const std::string& path) {
    const auto wide = std::filesystem::path(path).wstring();
    ULARGE_INTEGER available{};
    ULARGE_INTEGER total{};
    if (::GetDiskFreeSpaceExW(wide.c_str(), &available, &total, nullptr) == 0) return std::nullopt;
    std::array<wchar_t, MAX_PATH> root{};
    DWORD serial = 0;
    if (::GetVolumePathNameW(wide.c_str(), root.data(), root.size()) != 0)
        ::GetVolumeInformationW(root.data(), nullptr, 0, &serial, nullptr, nullptr, nullptr, 0);
    return io::DiskReading{path, total.QuadPart, available.QuadPart, serial};
}

io::InterfaceReading reading_of(const MIB_IF_ROW2& row) {
    io::InterfaceReading one{.name = to_utf8(row.Alias),
                             .received_bytes = row.InOctets,
                             .received_packets = row.InUcastPkts + row.InNUcastPkts,
                             .received_errors = row.InErrors,
                             .received_dropped = row.InDiscards,
                             .sent_bytes = row.OutOctets,
                             .sent_packets = row.OutUcastPkts + row.OutNUcastPkts,
                             .sent_errors = row.OutErrors,
                             .sent_dropped = row.OutDiscards,
                             .speed_mbit = {}};
    const auto speed = row.ReceiveLinkSpeed;
    if (speed >= kMegabit && speed != ~ULONG64{0})
        one.speed_mbit = static_cast<std::uint32_t>(speed / kMegabit);
    return one;
}

/// Those of hardware; filters and tunnels on top of them would tell everything twice.
std::vector<io::InterfaceReading> interfaces() {
    MIB_IF_TABLE2* raw = nullptr;
    if (::GetIfTable2(&raw) != NO_ERROR) return {};
    const std::unique_ptr<MIB_IF_TABLE2, decltype(&::FreeMibTable)> table(raw, &::FreeMibTable);
    std::vector<io::InterfaceReading> all;
    for (ULONG i = 0; i < table->NumEntries; ++i) {
        const auto& row = table->Table[i];
        if (row.Type == IF_TYPE_SOFTWARE_LOOPBACK || row.OperStatus != IfOperStatusUp ||
            row.InterfaceAndOperStatusFlags.FilterInterface != 0)
            continue;
        all.push_back(reading_of(row));
    }
    std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
    return all;
}

}  // namespace

WindowsMeter::WindowsMeter(std::vector<std::string> disks)
    : disks_(std::move(disks)), machine_(this_machine()) {}

io::SystemReading WindowsMeter::read() {
    io::SystemReading reading;
    reading.machine = machine_;
    reading.cpu = cpu();
    reading.cores = std::thread::hardware_concurrency();
    MEMORYSTATUSEX memory{};
    memory.dwLength = sizeof memory;
    if (::GlobalMemoryStatusEx(&memory) != 0) {
        reading.memory_total = memory.ullTotalPhys;
        reading.memory_available = memory.ullAvailPhys;
    }
    reading.uptime_s = static_cast<double>(::GetTickCount64()) / 1e3;
    std::set<std::uint64_t> told;
    for (const auto& path : disks_)
        if (auto found = disk(path); found && told.insert(found->device).second)
            reading.disks.push_back(std::move(*found));
    reading.interfaces = interfaces();
    return reading;
}

/// The kernel's time contains the idle time.
std::optional<double> WindowsMeter::cpu() {
    FILETIME idle{};
    FILETIME kernel{};
    FILETIME user{};
    if (::GetSystemTimes(&idle, &kernel, &user) == 0) return std::nullopt;
    const auto total = ticks(kernel) + ticks(user);
    std::optional<double> share;
    if (total_ != 0 && total > total_ && ticks(idle) >= idle_) {
        const auto idled = static_cast<double>(ticks(idle) - idle_);
        share = std::clamp(1.0 - idled / static_cast<double>(total - total_), 0.0, 1.0);
    }
    idle_ = ticks(idle);
    total_ = total;
    return share;
}

}  // namespace midinet::platform
