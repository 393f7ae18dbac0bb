#include "admin/alerts/readings.hpp"

#include "control/report/admins.hpp"
#include "control/report/words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

namespace midinet::admin {
namespace {

constexpr double kUsPerMs = 1000;
constexpr double kPerCent = 100;

double used_percent(const io::DiskReading& disk) {
    return kPerCent * static_cast<double>(disk.total - std::min(disk.total, disk.available)) /
           static_cast<double>(disk.total);
}

/// Of what several programs on one machine tell, the first is taken.
class Once {
  public:
    bool takes(const io::SystemReading& system) {
        return system.machine == 0 || machines_.insert(system.machine).second;
    }
    bool takes(const io::SystemReading& system, const io::DiskReading& disk) {
        if (disk.total == 0) return false;
        return system.machine == 0 || disk.device == 0 ||
               disks_.emplace(system.machine, disk.device).second;
    }

  private:
    std::set<std::uint64_t> machines_;
    std::set<std::pair<std::uint64_t, std::uint64_t>> disks_;
};

void read_machine(const io::SystemReading& system, Once& once, std::vector<Reading>& all) {
    if (once.takes(system) && system.temperature)
        all.push_back({AlertKind::Temperature, 0, "", "this machine", *system.temperature});
    for (const auto& disk : system.disks)
        if (once.takes(system, disk))
            all.push_back({AlertKind::Disk, 0, disk.path, "the file system of " + disk.path,
                           used_percent(disk)});
}

/// Of hosts: a client's machine is somebody's computer, and its owner's.
void read_host_machines(const Picture& picture, Once& once, std::vector<Reading>& all) {
    for (const auto& [id, entry] : picture.machines.machines()) {
        if ((id.value & control::plane::kClientBit) != 0 || entry.gone(picture.now)) continue;
        const auto subject = fmt::format("host-{}", id.value);
        const auto who = fmt::format("host {} ({})", id.value, entry.status.name.view());
        const auto system = control::plane::reading_of(entry.status);
        if (once.takes(system) && system.temperature)
            all.push_back({AlertKind::Temperature, 0, subject, who, *system.temperature});
        for (const auto& disk : system.disks)
            if (once.takes(system, disk))
                all.push_back({AlertKind::Disk, 0, subject,
                               fmt::format("the file system of {} on {}", disk.path, who),
                               used_percent(disk)});
    }
}

/// Clients of one machine are told apart by the first digits of their ids.
std::string client_name(const control::plane::ClientStatus& status,
                        const control::plane::Roster& roster) {
    constexpr std::size_t kDigits = 8;
    const auto& all = roster.clients();
    const bool shared = std::any_of(all.begin(), all.end(), [&](const auto& item) {
        return item.first != status.id && item.second.status.name == status.name;
    });
    if (!shared) return fmt::format("client {}", status.name.view());
    return fmt::format("client {} ({})", status.name.view(),
                       control::id_text(status.id).substr(0, kDigits));
}

void read_clients(const Picture& picture, const DevicePicture& device, std::vector<Reading>& all) {
    for (const auto& [id, client] : device.roster.clients()) {
        const auto subject = control::id_text(id);
        const auto who = client_name(client.status, device.roster);
        const bool gone = client.gone(picture.now);
        const auto add = [&](AlertKind kind, double value) {
            all.push_back({kind, device.slot.value, subject, who, value});
        };
        add(AlertKind::ClientGone, gone ? 1 : 0);
        if (gone) continue;
        add(AlertKind::PacketLoss, device.leg_loss.of(id));
        add(AlertKind::Latency, client.transit_now().p95_us / kUsPerMs);
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
    Once once;
    read_machine(picture.system, once, all);
    read_host_machines(picture, once, all);
    for (const auto& device : picture.devices) {
        read_clients(picture, device, all);
        read_hosts(picture, device, all);
    }
    all.push_back({AlertKind::HistoryDegraded, 0, "",
                   history_trouble.empty() ? "this machine" : history_trouble,
                   history_trouble.empty() ? 0.0 : 1.0});
    if (picture.admins.admins().size() > 1) {
        const auto differ = control::admins_disagreement(picture.admins);
        all.push_back(
            {AlertKind::AdminsDiffer, 0, "", differ.value_or("this machine"), differ ? 1.0 : 0.0});
    }
    return all;
}

}  // namespace midinet::admin
