#include "engine/host_announcement.hpp"

#include "control/discovery/host_service.hpp"

namespace midinet::engine {

void HostAnnouncement::set(const wire::Identity& identity, io::Endpoint control) {
    const control::HostService service{.id = HostId{identity.source.value},
                                       .epoch = identity.epoch,
                                       .role = identity.role,
                                       .group = identity.data_group,
                                       .data_port = identity.data_port,
                                       .heartbeat_port = identity.heartbeat_port,
                                       .control = control,
                                       .devices = identity.devices,
                                       .device_name = std::string(identity.device_name.view()),
                                       .version = std::string(identity.version.view())};
    announcer_->announce({.instance = control::instance_name(identity.host_name.view()),
                          .port = identity.unicast_port,
                          .txt = control::make_txt(service)});
}

void HostAnnouncement::service() {
    for (const auto& notice : announcer_->notices())
        notice.is_trouble ? logger_.warning(notice.text) : logger_.info(notice.text);
}

}  // namespace midinet::engine
