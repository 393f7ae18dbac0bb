// Says now and then how this machine is.
#pragma once

#include "control/plane/machine.hpp"
#include "io/system_meter.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace midinet::engine {

/// Thread: control.
class MachineTeller {
  public:
    /// `meter`: may be null: then nothing is ever said. Lifetime: the teller's. `interfaces`: those
    /// that are told of.
    MachineTeller(io::SystemMeter* meter, SenderId id, std::string name,
                  std::vector<std::string> interfaces)
        : meter_(meter), id_(id), name_(std::move(name)), interfaces_(std::move(interfaces)) {}

    /// What to say now; nothing before it is due. Asks the system: some milliseconds.
    std::optional<control::plane::MachineStatus> take_due(TimePoint now) {
        if (now < next_due()) return std::nullopt;
        next_ = now + control::plane::kMachineInterval;
        auto status = control::plane::machine_status(meter_->read(), interfaces_);
        status.id = id_;
        status.name = decltype(status.name){name_};
        return status;
    }
    TimePoint next_due() const noexcept { return meter_ != nullptr ? next_ : kNever; }

  private:
    io::SystemMeter* meter_;
    SenderId id_;
    std::string name_;
    std::vector<std::string> interfaces_;
    TimePoint next_{};
};

}  // namespace midinet::engine
