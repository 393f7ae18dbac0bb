#include "admin/routes/show_routes.hpp"

namespace midinet::admin {
namespace {

using control::JsonValue;

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

class SystemMetricsRoute : public PictureRoute {
  public:
    using PictureRoute::PictureRoute;
    std::string_view path() const noexcept override { return "/api/metrics/system"; }

  private:
    bool is_of_device() const noexcept override { return false; }
    void render(JsonValue& json, const Picture& picture, const DevicePicture&) const override {
        const auto& system = picture.system;
        json["cpu"] = or_null(system.cpu);
        json["load"] = or_null(system.load);
        json["cores"] = system.cores;
        json["memory"] = {{"total_bytes", system.memory_total},
                          {"available_bytes", system.memory_available}};
        json["temperature_c"] = or_null(system.temperature);
        json["uptime_s"] = or_null(system.uptime_s);
        json["disks"] = JsonValue::array();
        for (const auto& disk : system.disks) json["disks"].push_back(disk_json(disk));
        json["interfaces"] = JsonValue::array();
        for (const auto& one : system.interfaces) json["interfaces"].push_back(interface_json(one));
    }
};

}  // namespace

std::unique_ptr<PictureRoute> make_system_metrics_route(PictureRoute::Latest latest) {
    return std::make_unique<SystemMetricsRoute>(std::move(latest));
}

}  // namespace midinet::admin
