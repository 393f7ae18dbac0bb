// The machine's health by /proc and /sys.
#pragma once

#include "io/system_meter.hpp"

#include <filesystem>
#include <vector>

namespace midinet::platform {

class ProcMeter final : public io::SystemMeter {
  public:
    /// `disks`: paths whose file systems are told, each once. `root`: where proc and sys are, in
    /// tests somewhere else.
    explicit ProcMeter(std::vector<std::string> disks, std::filesystem::path root = "/");
    io::SystemReading read() override;

  private:
    std::optional<double> cpu();
    std::optional<double> hottest() const;
    std::vector<io::InterfaceReading> interfaces() const;

    std::vector<std::string> disks_;
    std::filesystem::path root_;
    std::uint64_t machine_;
    std::uint64_t busy_ = 0;   ///< ticks of all cores, at the reading before
    std::uint64_t ticks_ = 0;  ///< likewise; 0: there was none
};

}  // namespace midinet::platform
