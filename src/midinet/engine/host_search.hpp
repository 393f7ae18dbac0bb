// Hosts that DNS-SD tells of, made known to a client's engine.
#pragma once

#include "control/discovery/host_finder.hpp"
#include "control/logging.hpp"
#include "engine/client_engine.hpp"

#include <functional>
#include <memory>
#include <utility>
#include <vector>

namespace midinet::engine {

/// What the search gets from the daemon. Lifetime: all of it outlives the search.
struct HostSearchSurroundings {
    control::Logger& logger;
    std::function<bool(const ClientCommand&)> command;
    /// Whether the engine is to know this door of the host without us, too.
    std::function<bool(SourceId host, io::Endpoint door)> is_known_otherwise;
    /// A host is new, or says something new.
    std::function<void(const control::FoundHost&)> on_found;
};

/// Gives the engine the doors of found hosts, and takes them back once a host is announced no more
/// and not heard either. The engine asks at a door for a unicast copy where multicast does not
/// bring the host. Nothing else comes of it: who is played is decided by what is heard. Thread:
/// control.
class HostSearch {
  public:
    HostSearch(std::unique_ptr<io::ServiceBrowser> browser, HostSearchSurroundings surroundings,
               DeviceSlot slot = {1})
        : browser_(std::move(browser)), s_(std::move(surroundings)), finder_(slot) {}

    /// Readable when there is something to take.
    io::Handle handle() const noexcept { return browser_->handle(); }
    /// Takes what was found, and lets go what is gone.
    void service(const ClientStatus& status);
    /// Whether a host with this door is announced.
    bool knows(io::Endpoint door) const;

  private:
    using Door = std::pair<HostId, io::Endpoint>;
    void take(const control::HostFinder::News& news);
    void offer();
    void let_go(const ClientStatus& status);
    bool is_announced(const Door& door) const;

    std::unique_ptr<io::ServiceBrowser> browser_;
    HostSearchSurroundings s_;
    control::HostFinder finder_;
    std::vector<Door> doors_;  ///< that the engine was given
};

}  // namespace midinet::engine
