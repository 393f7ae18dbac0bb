#include "control/report/system_json.hpp"

#include "control/report/words.hpp"

#include <nlohmann/json.hpp>

namespace midinet::control {
namespace {

/// Null: the system does not tell.
template <typename T>
JsonValue or_null(const std::optional<T>& value) {
    return value ? JsonValue(*value) : JsonValue(nullptr);
}

JsonValue disk_json(const io::DiskReading& disk) {
    return {{"path", disk.path}, {"total_bytes", disk.total}, {"available_bytes", disk.available}};
}

JsonValue interface_json(const io::InterfaceReading& one) {
    return {{"name", one.name},
            {"speed_mbit", or_null(one.speed_mbit)},
            {"received_bytes", one.received_bytes},
            {"received_packets", one.received_packets},
            {"received_errors", one.received_errors},
            {"received_dropped", one.received_dropped},
            {"sent_bytes", one.sent_bytes},
            {"sent_packets", one.sent_packets},
            {"sent_errors", one.sent_errors},
            {"sent_dropped", one.sent_dropped}};
}

}  // namespace

JsonValue system_json(const io::SystemReading& reading) {
    JsonValue json{
        {"cpu", or_null(reading.cpu)},
        {"load", or_null(reading.load)},
        {"cores", reading.cores},
        {"memory",
         {{"total_bytes", reading.memory_total}, {"available_bytes", reading.memory_available}}},
        {"temperature_c", or_null(reading.temperature)},
        {"uptime_s", or_null(reading.uptime_s)},
        {"disks", JsonValue::array()},
        {"interfaces", JsonValue::array()}};
    for (const auto& disk : reading.disks) json["disks"].push_back(disk_json(disk));
    for (const auto& one : reading.interfaces) json["interfaces"].push_back(interface_json(one));
    return json;
}

JsonValue machines_json(const plane::MachineBook& book, TimePoint now) {
    auto machines = JsonValue::array();
    for (const auto& [id, entry] : book.machines()) {
        const bool is_client = (id.value & plane::kClientBit) != 0;
        JsonValue one{{"kind", is_client ? "client" : "host"},
                      {"id", is_client ? JsonValue(id_text(id)) : JsonValue(id.value)},
                      {"name", entry.status.name.view()},
                      {"age_ms", (now - entry.heard) / 1ms},
                      {"gone", entry.gone(now)}};
        one.update(system_json(plane::reading_of(entry.status)));
        machines.push_back(std::move(one));
    }
    return machines;
}

}  // namespace midinet::control
