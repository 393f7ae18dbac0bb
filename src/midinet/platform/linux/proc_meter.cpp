#include "platform/linux/proc_meter.hpp"

#include <sys/stat.h>
#include <sys/statvfs.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <numeric>
#include <set>
#include <sstream>
#include <thread>
#include <tuple>

namespace midinet::platform {
namespace {

constexpr std::uint64_t kKibibyte = 1024;

template <typename T>
std::optional<T> first_in(const std::filesystem::path& path) {
    std::ifstream file(path);
    T value{};
    if (file >> value) return value;
    return std::nullopt;
}

/// The line "name: 123 kB". Units: bytes.
std::uint64_t memory_line(const std::filesystem::path& path, const std::string& name) {
    std::ifstream file(path);
    for (std::string line; std::getline(file, line);) {
        std::istringstream words(line);
        std::string key;
        std::uint64_t value = 0;
        if (words >> key >> value && key == name + ':') return value * kKibibyte;
    }
    return 0;
}

std::optional<io::DiskReading> disk(const std::string& path, ::dev_t device) {
    struct statvfs s {};
    if (::statvfs(path.c_str(), &s) != 0) return std::nullopt;
    return io::DiskReading{path, std::uint64_t{s.f_blocks} * s.f_frsize,
                           std::uint64_t{s.f_bavail} * s.f_frsize, device};
}

/// Of the kernel's run: random(4). Hashed (64-bit FNV-1a), for it goes to the network.
std::uint64_t this_machine(const std::filesystem::path& root) {
    constexpr std::uint64_t kBasis = 14'695'981'039'346'656'037U;
    constexpr std::uint64_t kPrime = 1'099'511'628'211;
    const auto run = first_in<std::string>(root / "proc/sys/kernel/random/boot_id");
    if (!run) return 0;
    std::uint64_t hash = kBasis;
    for (const char c : *run) hash = (hash ^ static_cast<unsigned char>(c)) * kPrime;
    return std::max<std::uint64_t>(hash, 1);
}

}  // namespace

ProcMeter::ProcMeter(std::vector<std::string> disks, std::filesystem::path root)
    : disks_(std::move(disks)), root_(std::move(root)), machine_(this_machine(root_)) {}

io::SystemReading ProcMeter::read() {
    io::SystemReading reading;
    reading.machine = machine_;
    reading.cpu = cpu();
    reading.load = first_in<double>(root_ / "proc/loadavg");
    reading.cores = std::thread::hardware_concurrency();
    reading.memory_total = memory_line(root_ / "proc/meminfo", "MemTotal");
    reading.memory_available = memory_line(root_ / "proc/meminfo", "MemAvailable");
    reading.temperature = hottest();
    reading.uptime_s = first_in<double>(root_ / "proc/uptime");
    std::set<::dev_t> told;
    for (const auto& path : disks_) {
        struct stat about {};
        if (::stat(path.c_str(), &about) != 0 || !told.insert(about.st_dev).second) continue;
        if (auto found = disk(path, about.st_dev)) reading.disks.push_back(std::move(*found));
    }
    reading.interfaces = interfaces();
    return reading;
}

/// proc_stat(5): user nice system idle iowait irq softirq steal guest guest_nice, in ticks; what
/// guests take is part of user and nice.
std::optional<double> ProcMeter::cpu() {
    std::ifstream file(root_ / "proc/stat");
    std::string name;
    std::array<std::uint64_t, 8> ticks{};
    file >> name;
    for (auto& tick : ticks) file >> tick;
    if (!file || name != "cpu") return std::nullopt;
    const auto all = std::accumulate(ticks.begin(), ticks.end(), std::uint64_t{0});
    const auto busy = all - ticks[3] - ticks[4];
    std::optional<double> share;
    if (ticks_ != 0 && all > ticks_ && busy >= busy_)
        share =
            std::min(1.0, static_cast<double>(busy - busy_) / static_cast<double>(all - ticks_));
    busy_ = busy;
    ticks_ = all;
    return share;
}

std::optional<double> ProcMeter::hottest() const {
    constexpr double kPerDegree = 1000;
    std::optional<double> hottest;
    std::error_code none;
    for (const auto& zone :
         std::filesystem::directory_iterator(root_ / "sys/class/thermal", none)) {
        if (!zone.path().filename().string().starts_with("thermal_zone")) continue;
        if (const auto milli = first_in<double>(zone.path() / "temp"))
            hottest = std::max(hottest.value_or(*milli / kPerDegree), *milli / kPerDegree);
    }
    return hottest;
}

/// proc_net_dev(5): two lines of headings; received bytes packets errs drop fifo frame compressed
/// multicast, and sent bytes packets errs drop.
std::vector<io::InterfaceReading> ProcMeter::interfaces() const {
    std::vector<io::InterfaceReading> all;
    std::ifstream file(root_ / "proc/net/dev");
    for (std::string line; std::getline(file, line);) {
        const auto colon = line.find(':');
        if (colon == std::string::npos) continue;
        io::InterfaceReading one;
        std::istringstream(line.substr(0, colon)) >> one.name;
        std::array<std::uint64_t, 12> n{};
        std::istringstream numbers(line.substr(colon + 1));
        for (auto& number : n) numbers >> number;
        if (!numbers || one.name == "lo") continue;
        std::tie(one.received_bytes, one.received_packets, one.received_errors,
                 one.received_dropped) = std::tuple{n[0], n[1], n[2], n[3]};
        std::tie(one.sent_bytes, one.sent_packets, one.sent_errors, one.sent_dropped) =
            std::tuple{n[8], n[9], n[10], n[11]};
        const auto speed = first_in<std::int64_t>(root_ / "sys/class/net" / one.name / "speed");
        if (speed && *speed > 0) one.speed_mbit = static_cast<std::uint32_t>(*speed);
        all.push_back(std::move(one));
    }
    std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
    return all;
}

}  // namespace midinet::platform
