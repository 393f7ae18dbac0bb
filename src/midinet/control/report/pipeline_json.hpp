// A pipeline as JSON.
#pragma once

#include "control/report/show_json.hpp"
#include "midi/pipeline_settings.hpp"

namespace midinet::control {

/// Every key of [pipeline], as docs/pipeline.md has them. Thread: any.
JsonValue pipeline_json(const midi::PipelineSettings& settings);

}  // namespace midinet::control
