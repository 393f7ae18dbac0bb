#include "admin/store/sampler.hpp"

#include "admin/show/health.hpp"

#include <algorithm>
#include <functional>

namespace midinet::admin {
namespace {

constexpr double kPerCent = 100;

double used_share(std::uint64_t total, std::uint64_t available) {
    return kPerCent * static_cast<double>(total - std::min(total, available)) /
           static_cast<double>(total);
}

/// Nothing has been heard of before the first.
std::optional<double> rate(double growth, double elapsed_s) {
    if (elapsed_s <= 0) return std::nullopt;
    return growth / elapsed_s;
}

void raise(std::optional<double>& value, double candidate) {
    value = std::max(value.value_or(candidate), candidate);
}

}  // namespace

double Sampler::growth(const Counts& before, Counts& now, Counts::key_type key,
                       std::uint64_t value) {
    now[key] = value;
    const auto found = before.find(key);
    if (found == before.end() || value < found->second) return 0;
    return static_cast<double>(value - found->second);
}

Sample Sampler::of_device(const Picture& picture, const DevicePicture& device) {
    Sample sample{.at = last_, .device = device.slot.value};
    const auto view = picture.view(device);
    const auto overview = control::overview_of(device.roster, picture.now);
    double events = 0;
    for (const auto& [id, host] : device.roster.hosts()) {
        const auto grew = growth(before_.events, now_.events, {device.slot.value, id.value},
                                 host.status.counters.events);
        if (overview.played.contains(SourceId{id.value})) events += grew;
    }
    double played = 0;
    double lost = 0;
    for (const auto& [id, client] : device.roster.clients()) {
        const auto& s = client.status;
        const Counts::key_type key{device.slot.value, id.value};
        played += growth(before_.played, now_.played, key, s.counters.played);
        lost += growth(before_.lost, now_.lost, key, s.counters.lost);
        if (client.gone(picture.now)) continue;
        raise(sample[Metric::PacketLoss], device.leg_loss.of(id));
        const auto transit = client.transit_now();
        raise(sample[Metric::TransitP50], transit.p50_us);
        raise(sample[Metric::TransitP95], transit.p95_us);
        raise(sample[Metric::TransitP99], transit.p99_us);
    }
    sample[Metric::EventsPerS] = rate(events, elapsed_s_);
    sample[Metric::PlayedPerS] = rate(played, elapsed_s_);
    sample[Metric::LostPerS] = rate(lost, elapsed_s_);
    sample[Metric::Hosts] = static_cast<double>(overview.hosts);
    sample[Metric::Clients] = static_cast<double>(overview.clients);
    sample[Metric::HealthScore] = health_of(view).score;
    return sample;
}

Sample Sampler::of_machine(const Picture& picture) {
    Sample sample{.at = last_};
    const auto& system = picture.system;
    if (system.cpu) sample[Metric::Cpu] = *system.cpu * kPerCent;
    if (system.memory_total > 0)
        sample[Metric::MemoryUsed] = used_share(system.memory_total, system.memory_available);
    sample[Metric::Temperature] = system.temperature;
    for (const auto& disk : system.disks)
        if (disk.total > 0) raise(sample[Metric::DiskUsed], used_share(disk.total, disk.available));
    double received = 0;
    double sent = 0;
    for (const auto& one : system.interfaces) {
        const std::uint64_t name = std::hash<std::string>{}(one.name);
        received += growth(before_.network, now_.network, {0, name}, one.received_bytes);
        sent += growth(before_.network, now_.network, {1, name}, one.sent_bytes);
    }
    sample[Metric::ReceivedPerS] = rate(received, elapsed_s_);
    sample[Metric::SentPerS] = rate(sent, elapsed_s_);
    return sample;
}

std::vector<Sample> Sampler::take(const Picture& picture) {
    const auto second = picture.unix_ms / 1000;
    if (second == last_) return {};
    elapsed_s_ = last_ == 0 ? 0 : std::chrono::duration<double>(picture.now - last_time_).count();
    last_ = second;
    last_time_ = picture.now;
    before_ = std::exchange(now_, {});
    std::vector<Sample> samples{of_machine(picture)};
    for (const auto& device : picture.devices) samples.push_back(of_device(picture, device));
    return samples;
}

}  // namespace midinet::admin
