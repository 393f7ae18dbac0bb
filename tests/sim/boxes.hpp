// The machines of a run: real engines, with devices and ports that remember.
#pragma once

#include "engine/client_engine.hpp"
#include "engine/host_engine.hpp"
#include "log.hpp"
#include "plan.hpp"
#include "platform/sim/ports.hpp"

namespace midinet::simtest {

/// A host and its device.
class HostBox {
  public:
    /// `shared`: what the device plays that it has in common with other mirrors; nullptr when it
    /// has its own.
    HostBox(platform::sim::World& world, const Plan& plan, unsigned id,
            Performance* shared = nullptr);
    void start();
    void kill();
    /// Asks it to end well. It is gone some milliseconds later.
    void shut_down();
    void unplug();
    void plug_in();
    /// The player goes on, when there is a device.
    void play();
    /// Its end of a shared device's cable.
    void hear(const Musician::Phrase& phrase);
    /// What it tells clients from now on, also after a restart.
    void set_rules(const wire::FailoverPolicy& rules);
    /// Tells of a switch, until it dies.
    void appoint(const wire::Appointment& appointment);
    bool running() const noexcept { return node_.running(); }
    bool has_device() const noexcept { return source_ != nullptr; }
    /// When it started last.
    TimePoint up_since() const noexcept { return up_since_; }
    const Performance* performance(unsigned epoch) const noexcept {
        return shared_ != nullptr && epoch == 1 ? shared_ : heard_by(epoch);
    }
    /// Of it, what this host got to hear. A mirror that starts late does not know what was before.
    const Performance* heard_by(unsigned epoch) const noexcept {
        return epoch == 0 || epoch > performances_.size() ? nullptr
                                                          : performances_[epoch - 1].get();
    }
    /// What all mirrors play; nullptr: it is none.
    const Performance* shared() const noexcept { return shared_; }
    /// Whether anything was heard of its device in its present epoch.
    bool has_played() const noexcept;
    unsigned epoch() const noexcept { return static_cast<unsigned>(performances_.size()); }
    unsigned id() const noexcept { return id_; }
    platform::sim::Node& node() noexcept { return node_; }

  private:
    bool turn();
    wire::Role role() const noexcept;
    engine::HostSockets open_sockets();
    platform::sim::World& world_;
    const Plan& plan_;
    unsigned id_;
    Performance* shared_;
    platform::sim::Node& node_;
    wire::FailoverPolicy rules_;
    TimePoint up_since_{};
    Musician musician_;
    Random random_;
    std::unique_ptr<engine::HostEngine> engine_;
    platform::sim::Source* source_ = nullptr;  ///< the engine's
    std::vector<std::unique_ptr<Performance>> performances_;
    bool shutting_down_ = false;
};

using Hosts = std::vector<std::unique_ptr<HostBox>>;

/// One controller that is wired to all hosts (topology *mirror*).
class SharedDevice {
  public:
    SharedDevice(platform::sim::World& world, const Plan& plan);
    void play(Hosts& hosts);
    Performance& performance() noexcept { return performance_; }

  private:
    platform::sim::World& world_;
    const Plan& plan_;
    Musician musician_;
    Random random_;
    Performance performance_;
    std::vector<TimePoint> last_;  ///< when the last byte comes to each host
};

/// A client and its virtual port.
class ClientBox {
  public:
    ClientBox(platform::sim::World& world, const Plan& plan, unsigned id);
    void start();
    void kill();
    void open_port();
    bool running() const noexcept { return node_.running(); }
    void fill_port(bool full) noexcept { full_ = full; }
    void lose_port() noexcept { port_lost_ = true; }
    platform::sim::Node& node() noexcept { return node_; }
    const engine::ClientEngine& engine() const noexcept { return *engine_; }
    const PortLogs& ports() const noexcept { return *ports_; }
    TimePoint started() const noexcept { return started_; }
    /// Whether it hears the groups of this host: of a relay's clients every second one is out of
    /// the source's reach.
    bool reaches(unsigned host) const noexcept {
        return !plan_.is(Topology::Relay) || host != 1 || id_ % 2 == 0;
    }
    /// How much has gone wrong that may show in what is played. Grows.
    std::uint64_t trouble() const noexcept;

  private:
    bool turn();
    io::WriteResult write(PortIndex port, BytesView bytes);
    platform::sim::World& world_;
    const Plan& plan_;
    unsigned id_;
    platform::sim::Node& node_;
    std::unique_ptr<engine::ClientEngine> engine_;
    std::unique_ptr<PortLogs> ports_;
    TimePoint started_{};
    bool full_ = false;
    bool port_lost_ = false;
};

/// Group of host `id` (1 or 2).
constexpr io::Endpoint group_of(unsigned id, std::uint16_t port) noexcept {
    return {0xEF455300U + id, port};
}

}  // namespace midinet::simtest
