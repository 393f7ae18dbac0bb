// Where the client's output finds long SysEx.
#pragma once

#include "engine/client_engine.hpp"

#include <array>

namespace midinet::engine {

/// The active source's store, and those of the hosts that mirror it: a message is played from
/// whichever was whole first. Length and CRC tell that it is that message. RT-safe.
class ClientEngine::Store final : public path::SysExStore {
  public:
    explicit Store(const ClientEngine& engine) noexcept : engine_(engine) {}
    Readiness readiness(const wire::SysExExtent& extent, PortIndex port) const noexcept override;
    /// Of the message that `port` was asked about last.
    std::optional<ByteView> fragment(Sequence sequence, PortIndex port) const noexcept override;

  private:
    const ClientEngine& engine_;
    mutable std::array<const path::SysExStore*, kMaxPorts> chosen_{};
};

}  // namespace midinet::engine
