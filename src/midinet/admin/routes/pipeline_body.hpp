// What a request says of a pipeline.
#pragma once

#include "admin/http/problem.hpp"
#include "base/result.hpp"
#include "midi/pipeline_settings.hpp"

#include <string>

namespace midinet::admin {

struct PipelineBody {
    midi::PipelineSettings settings;
    bool whole = false;  ///< it names every key: nothing of what was before is left
};
/// `before`, with what `text` says in its place: a key at a time, lists as a whole. Errors: the
/// problem, with a pointer to the key or the entry of a list.
tl::expected<PipelineBody, Problem> read_pipeline_body(const std::string& text,
                                                       const midi::PipelineSettings& before);

}  // namespace midinet::admin
