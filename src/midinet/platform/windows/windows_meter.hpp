// The machine's health as Windows tells it.
#pragma once

#include "io/system_meter.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace midinet::platform {

/// Tells of processors, memory, disks, interfaces and uptime. Windows has no load average, and no
/// temperature without a driver's help.
class WindowsMeter final : public io::SystemMeter {
  public:
    /// `disks`: paths whose volumes are told, each once.
    explicit WindowsMeter(std::vector<std::string> disks);
    io::SystemReading read() override;

  private:
    std::optional<double> cpu();

    std::vector<std::string> disks_;
    std::uint64_t machine_;
    std::uint64_t idle_ = 0;   ///< of all cores together, at the reading before. Units: 100 ns
    std::uint64_t total_ = 0;  ///< likewise; 0: there was none
};

}  // namespace midinet::platform
