// What the client's engine takes from one of several hosts of the same performance.
#pragma once

#include "engine/client_engine.hpp"

namespace midinet::engine {

/// A source's events, once its long SysEx are whole, on their way to the pairing. RT-safe.
class ClientEngine::Lane final : public path::LaneSink {
  public:
    Lane(ClientEngine& engine, const Source& source) noexcept : engine_(engine), source_(source) {}
    void on_lane_event(const wire::Event& event, TimePoint when, TimePoint came) noexcept override;
    void on_lane_loss(PortIndex port) noexcept override;
    /// Tells the pairing how the source is now.
    void tell_health() noexcept;

  private:
    ClientEngine& engine_;
    const Source& source_;
    bool lived_ = false;  ///< when it was told last
};

}  // namespace midinet::engine
