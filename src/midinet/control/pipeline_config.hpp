// [pipeline]: what is done to messages.
#pragma once

#include "control/toml_document.hpp"
#include "control/toml_edit.hpp"
#include "control/toml_writer.hpp"
#include "midi/pipeline_settings.hpp"

#include <vector>

namespace midinet::control {

/// Reads the section out of the root. Complains in `root`'s document.
void read_pipeline(TomlTable& root, midi::PipelineSettings& settings);
/// All its keys; those that say the default are not needed.
std::vector<TomlEntry> pipeline_entries(const midi::PipelineSettings& settings);
void write_pipeline(TomlWriter& writer, const midi::PipelineSettings& settings);

}  // namespace midinet::control
