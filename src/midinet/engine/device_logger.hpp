// The log of one device among several.
#pragma once

#include "base/types.hpp"
#include "control/logging.hpp"

#include <fmt/core.h>

#include <string>

namespace midinet::engine {

/// Says in front of each line which device it is about. Lifetime: `logger` outlives it.
class DeviceLogger final : public control::Logger {
  public:
    DeviceLogger(control::Logger& logger, DeviceSlot slot)
        : logger_(logger), prefix_(fmt::format("device {}: ", slot.value)) {}
    void log(control::LogLevel level, std::string_view message) override {
        logger_.log(level, prefix_ + std::string(message));
    }
    void set_level(control::LogLevel level) override { logger_.set_level(level); }
    void set_format(control::LogFormat format) override { logger_.set_format(format); }

  private:
    control::Logger& logger_;
    std::string prefix_;
};

}  // namespace midinet::engine
