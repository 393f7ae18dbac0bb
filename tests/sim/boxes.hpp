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
    HostBox(platform::sim::World& world, const Plan& plan, unsigned id);
    void start();
    void kill();
    /// Asks it to end well. It is gone some milliseconds later.
    void shut_down();
    void unplug();
    void plug_in();
    /// The player goes on, when there is a device.
    void play();
    bool running() const noexcept { return node_.running(); }
    const Performance* performance(unsigned epoch) const noexcept {
        return epoch == 0 || epoch > performances_.size() ? nullptr
                                                          : performances_[epoch - 1].get();
    }
    unsigned epoch() const noexcept { return static_cast<unsigned>(performances_.size()); }
    unsigned id() const noexcept { return id_; }
    platform::sim::Node& node() noexcept { return node_; }

  private:
    bool turn();
    platform::sim::World& world_;
    const Plan& plan_;
    unsigned id_;
    platform::sim::Node& node_;
    Musician musician_;
    Random random_;
    std::unique_ptr<engine::HostEngine> engine_;
    platform::sim::Source* source_ = nullptr;  ///< the engine's
    std::vector<std::unique_ptr<Performance>> performances_;
    bool shutting_down_ = false;
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
