#include "admin/alerts/readings.hpp"

#include "control/report/words.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace midinet::admin {
namespace {

constexpr double kUsPerMs = 1000;
constexpr double kPerCent = 100;

double used_percent(const io::DiskReading& disk) {
    return kPerCent * static_cast<double>(disk.total - std::min(disk.total, disk.available)) /
           static_cast<double>(disk.total);
}

void read_machine(const io::SystemReading& system, std::vector<Reading>& all) {
    if (system.temperature)
        all.push_back({AlertKind::Temperature, 0, "", "this machine", *system.temperature});
    for (const auto& disk : system.disks)
        if (disk.total > 0)
            all.push_back({AlertKind::Disk, 0, disk.path, "the file system of " + disk.path,
                           used_percent(disk)});
}

/// Of hosts: a client's machine is somebody's computer, and its owner's.
void read_host_machines(const Picture& picture, std::vector<Reading>& all) {
    for (const auto& [id, entry] : picture.machines.machines()) {
        if ((id.value & control::plane::kClientBit) != 0 || entry.gone(picture.now)) continue;
        const auto subject = fmt::format("host-{}", id.value);
        const auto who = fmt::format("host {} ({})", id.value, entry.status.name.view());
        const auto system = control::plane::reading_of(entry.status);
        if (system.temperature)
            all.push_back({AlertKind::Temperature, 0, subject, who, *system.temperature});
        for (const auto& disk : system.disks)
            all.push_back({AlertKind::Disk, 0, subject,
                           fmt::format("the file system of {} on {}", disk.path, who),
                           used_percent(disk)});
    }
}

void read_clients(const Picture& picture, const DevicePicture& device, std::vector<Reading>& all) {
    for (const auto& [id, client] : device.roster.clients()) {
        const auto subject = control::id_text(id);
        const auto who = fmt::format("client {}", client.status.name.view());
        const bool gone = client.gone(picture.now);
        const auto add = [&](AlertKind kind, double value) {
            all.push_back({kind, device.slot.value, subject, who, value});
        };
        add(AlertKind::ClientGone, gone ? 1 : 0);
        if (gone) continue;
        add(AlertKind::PacketLoss, device.leg_loss.of(id));
        add(AlertKind::Latency, client.status.transit_p95_us / kUsPerMs);
    }
}

}  // namespace

void AlertReader::read_hosts(const Picture& picture, const DevicePicture& device,
                             std::vector<Reading>& all) {
    for (const auto& [id, host] : device.roster.hosts())
        if (!host.gone(picture.now))
            all.push_back({AlertKind::DeviceMissing, device.slot.value, std::to_string(id.value),
                           fmt::format("host {} ({})", id.value, host.status.name.view()),
                           host.status.device_present ? 0.0 : 1.0});
    const auto present = device.roster.hosts_present(picture.now);
    if (present >= 2) had_second_.insert(device.slot);
    if (had_second_.contains(device.slot))
        all.push_back({AlertKind::StandbyMissing, device.slot.value, "",
                       fmt::format("device {}", unsigned{device.slot.value}),
                       present < 2 ? 1.0 : 0.0});
}

std::vector<Reading> AlertReader::read(const Picture& picture, const std::string& history_trouble) {
    std::vector<Reading> all;
    read_machine(picture.system, all);
    read_host_machines(picture, all);
    for (const auto& device : picture.devices) {
        read_clients(picture, device, all);
        read_hosts(picture, device, all);
    }
    all.push_back({AlertKind::HistoryDegraded, 0, "",
                   history_trouble.empty() ? "this machine" : history_trouble,
                   history_trouble.empty() ? 0.0 : 1.0});
    return all;
}

}  // namespace midinet::admin
