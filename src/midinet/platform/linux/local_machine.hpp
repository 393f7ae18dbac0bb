// This machine's facts, by the kernel.
#pragma once

#include "io/machine.hpp"

#include <memory>
#include <string>

namespace midinet::platform {

class LocalMachine final : public io::Machine {
  public:
    std::vector<io::InterfaceFact> interfaces() override;
    io::ClockFact clock() override;
    io::RealtimeFact realtime() override;
    io::FirewallFact firewall() override;
};

inline std::unique_ptr<io::Machine> make_machine() { return std::make_unique<LocalMachine>(); }

/// Errors: not permitted without CAP_NET_RAW, or no such interface.
Result<std::unique_ptr<io::QueryEar>> open_query_ear(const std::string& interface);

}  // namespace midinet::platform
