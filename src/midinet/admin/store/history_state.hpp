// Whether history is kept.
#pragma once

#include "control/report/show_json.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <string>

namespace midinet::admin {

/// How well history is kept. A sentence each; empty: nothing to say.
struct HistoryState {
    std::string file;           ///< empty: in memory, and it ends with the program
    std::string trouble;        ///< what is not kept, why, and what to do
    std::string set_aside;      ///< a file of before that could not be used, and where it is now
    std::uint64_t dropped = 0;  ///< samples and events that were not kept, since the start
};
/// "file" (null: in memory), "trouble", "set_aside", "dropped".
inline control::JsonValue history_json(const HistoryState& state) {
    return {
        {"file", state.file.empty() ? control::JsonValue(nullptr) : control::JsonValue(state.file)},
        {"trouble", state.trouble},
        {"set_aside", state.set_aside},
        {"dropped", state.dropped}};
}

}  // namespace midinet::admin
