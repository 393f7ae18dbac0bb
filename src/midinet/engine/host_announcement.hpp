// A host in the directory of the network: what it says of itself by DNS-SD.
#pragma once

#include "control/logging.hpp"
#include "io/service_directory.hpp"
#include "wire/identity.hpp"

#include <memory>

namespace midinet::engine {

/// Thread: control. The destructor says goodbye. Lifetime: `logger` outlives it.
class HostAnnouncement {
  public:
    HostAnnouncement(std::unique_ptr<io::ServiceAnnouncer> announcer, control::Logger& logger)
        : announcer_(std::move(announcer)), logger_(logger) {}

    /// What is announced from now on. `control`: group and port of the control plane.
    void set(const wire::Identity& identity, io::Endpoint control);
    /// Tells people what came of it.
    void service();

  private:
    std::unique_ptr<io::ServiceAnnouncer> announcer_;
    control::Logger& logger_;
};

}  // namespace midinet::engine
