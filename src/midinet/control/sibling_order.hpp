// What the daemon of one device has those of the same host's others do.
#pragma once

#include "control/switch_gate.hpp"
#include "midi/pipeline_settings.hpp"

#include <cstdint>

namespace midinet::control {

struct SiblingOrder {
    enum class What : std::uint8_t { Switch, Arm, Disarm, Pipeline, Hold };
    What what = What::Switch;
    SwitchRequest request{};            ///< Switch: to the host that was decided on
    midi::PipelineSettings pipeline{};  ///< Pipeline: kept already
    Duration hold{};                    ///< Hold; zero: it ends
};

}  // namespace midinet::control
