// The machine's health as macOS tells it.
#pragma once

#include "io/system_meter.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace midinet::platform {

/// Tells of processors, load, memory, disks, interfaces and uptime. Temperatures are nobody's but
/// the system's own programs'.
class MacMeter final : public io::SystemMeter {
  public:
    /// `disks`: paths whose file systems are told, each once.
    explicit MacMeter(std::vector<std::string> disks);
    io::SystemReading read() override;

  private:
    std::optional<double> cpu();

    std::vector<std::string> disks_;
    std::uint64_t machine_;
    std::uint32_t host_;       ///< Mach's port of this machine, had once
    std::uint32_t busy_ = 0;   ///< ticks of all cores, at the reading before; they wrap
    std::uint32_t idle_ = 0;   ///< likewise
    bool has_before_ = false;  ///< there was a reading
};

}  // namespace midinet::platform
