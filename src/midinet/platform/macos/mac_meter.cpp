#include "platform/macos/mac_meter.hpp"

#include "platform/macos/interface_counts.hpp"

#include <mach/mach.h>
#include <sys/mount.h>
#include <sys/param.h>
#include <sys/stat.h>
#include <sys/sysctl.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstdlib>
#include <ctime>
#include <set>
#include <thread>

namespace midinet::platform {
namespace {

/// Of the kernel's run (kern.bootsessionuuid). Hashed (64-bit FNV-1a), for it goes to the network.
std::uint64_t this_machine() {
    constexpr std::uint64_t kBasis = 14'695'981'039'346'656'037U;
    constexpr std::uint64_t kPrime = 1'099'511'628'211;
    std::array<char, 64> run{};
    std::size_t size = run.size();
    if (::sysctlbyname("kern.bootsessionuuid", run.data(), &size, nullptr, 0) != 0) return 0;
    std::uint64_t hash = kBasis;
    for (const char c : run) {
        if (c == '\0') break;
        hash = (hash ^ static_cast<unsigned char>(c)) * kPrime;
    }
    return std::max<std::uint64_t>(hash, 1);
}

std::uint64_t memory_size() {
    std::uint64_t bytes = 0;
    std::size_t size = sizeof bytes;
    return ::sysctlbyname("hw.memsize", &bytes, &size, nullptr, 0) == 0 ? bytes : 0;
}

/// What is neither the programs' own, nor the kernel's, nor compressed: the rest is free, or can be
/// read from disk again.
std::uint64_t memory_available(std::uint32_t host, std::uint64_t total) {
    vm_statistics64_data_t pages{};
    mach_msg_type_number_t count = HOST_VM_INFO64_COUNT;
    vm_size_t page = 0;
    if (host_statistics64(host, HOST_VM_INFO64, std::bit_cast<host_info64_t>(&pages), &count) !=
            KERN_SUCCESS ||
        host_page_size(host, &page) != KERN_SUCCESS)
        return 0;
    const std::uint64_t own = pages.internal_page_count - pages.purgeable_count;
    const auto used = (own + pages.wire_count + pages.compressor_page_count) * page;
    return total > used ? total - used : 0;
}

std::optional<double> load() {
    double minute = 0;
    if (::getloadavg(&minute, 1) != 1) return std::nullopt;
    return minute;
}

/// Since the start, sleep included.
std::optional<double> uptime() {
    timespec since{};
    if (::clock_gettime(CLOCK_MONOTONIC, &since) != 0) return std::nullopt;
    return static_cast<double>(since.tv_sec) + static_cast<double>(since.tv_nsec) / 1e9;
}

std::optional<io::DiskReading> disk(const std::string& path, std::uint64_t device) {
    struct statfs about {};
    if (::statfs(path.c_str(), &about) != 0) return std::nullopt;
    const auto block = static_cast<std::uint64_t>(about.f_bsize);
    return io::DiskReading{path, about.f_blocks * block, about.f_bavail * block, device};
}

std::vector<io::DiskReading> each_once(const std::vector<std::string>& paths) {
    std::vector<io::DiskReading> disks;
    std::set<::dev_t> told;
    for (const auto& path : paths) {
        struct stat about {};
        if (::stat(path.c_str(), &about) != 0 || !told.insert(about.st_dev).second) continue;
        if (auto found = disk(path, static_cast<std::uint64_t>(about.st_dev)))
            disks.push_back(std::move(*found));
    }
    return disks;
}

}  // namespace

MacMeter::MacMeter(std::vector<std::string> disks)
    : disks_(std::move(disks)), machine_(this_machine()), host_(mach_host_self()) {}

io::SystemReading MacMeter::read() {
    io::SystemReading reading;
    reading.machine = machine_;
    reading.cpu = cpu();
    reading.load = load();
    reading.cores = std::thread::hardware_concurrency();
    reading.memory_total = memory_size();
    reading.memory_available = memory_available(host_, reading.memory_total);
    reading.uptime_s = uptime();
    reading.disks = each_once(disks_);
    reading.interfaces = interface_counts();
    return reading;
}

/// Mach counts in 32 bits, which wrap: differences are right all the same.
std::optional<double> MacMeter::cpu() {
    host_cpu_load_info_data_t load{};
    mach_msg_type_number_t count = HOST_CPU_LOAD_INFO_COUNT;
    if (host_statistics(host_, HOST_CPU_LOAD_INFO, std::bit_cast<host_info_t>(&load), &count) !=
        KERN_SUCCESS)
        return std::nullopt;
    const auto& ticks = load.cpu_ticks;
    const auto busy = static_cast<std::uint32_t>(ticks[CPU_STATE_USER] + ticks[CPU_STATE_SYSTEM] +
                                                 ticks[CPU_STATE_NICE]);
    const auto idle = static_cast<std::uint32_t>(ticks[CPU_STATE_IDLE]);
    const double worked = busy - busy_;
    const double rested = idle - idle_;
    std::optional<double> share;
    if (has_before_ && worked + rested > 0) share = worked / (worked + rested);
    busy_ = busy;
    idle_ = idle;
    has_before_ = true;
    return share;
}

}  // namespace midinet::platform
