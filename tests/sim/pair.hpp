// One host and one client on one network, for measurements: no faults but the weather's.
#pragma once

#include "engine/client_engine.hpp"
#include "engine/host_engine.hpp"
#include "log.hpp"
#include "platform/sim/ports.hpp"

namespace midinet::simtest {

/// Both run from the beginning. Thread: one.
class Pair {
  public:
    struct Listener {
        virtual ~Listener() = default;
        /// Bytes written to the client's port.
        virtual void on_bytes(PortIndex port, BytesView bytes, TimePoint now) = 0;
    };
    Pair(std::uint64_t seed, const platform::sim::Weather& weather, unsigned device_ports,
         Listener& listener);

    platform::sim::World& world() noexcept { return world_; }
    /// The device plays this now.
    void play(const Bytes& bytes, PortIndex port = {}) { source_->push(bytes, port); }
    void run_for(Duration time) { world_.run_until(world_.now() + time); }
    /// What the client counts of the host's stream.
    path::StreamCounters counters() const;
    /// Share of the datagrams' copies that the network dropped so far.
    double dropped_share() const;

  private:
    void start_host(unsigned device_ports);
    void start_client(Listener& listener);

    platform::sim::World world_;
    platform::sim::Weather weather_;
    platform::sim::Node& host_node_;
    platform::sim::Node& client_node_;
    std::unique_ptr<engine::HostEngine> host_;
    std::unique_ptr<engine::ClientEngine> client_;
    platform::sim::Source* source_ = nullptr;  ///< the host engine's
};

}  // namespace midinet::simtest
