#include "control/report/pipeline_json.hpp"

#include <nlohmann/json.hpp>

namespace midinet::control {
namespace {

JsonValue remap_json(const midi::ControlRemap& remap) {
    return {{"from_channel", remap.from_channel},
            {"from", remap.from},
            {"to_channel", remap.to_channel},
            {"to", remap.to},
            {"in_low", remap.in_low},
            {"in_high", remap.in_high},
            {"out_low", remap.out_low},
            {"out_high", remap.out_high},
            {"invert", remap.invert}};
}

}  // namespace

JsonValue pipeline_json(const midi::PipelineSettings& settings) {
    const auto& velocity = settings.velocity;
    JsonValue json = JsonValue::object();
    json["channels"] = JsonValue::array();
    for (unsigned c = 0; c < 16; ++c)
        if ((settings.channels >> c & 1U) != 0) json["channels"].push_back(c + 1);
    json["types"] = JsonValue::array();
    for (std::size_t t = 0; t < midi::kMessageTypes; ++t)
        if ((settings.types >> t & 1U) != 0) json["types"].push_back(midi::kMessageTypeWords.at(t));
    json["sysex"] = settings.sysex;
    json["channel_map"] = settings.channel_map;
    json["transpose"] = settings.transpose;
    json["velocity_curve"] = midi::kCurveWords.at(static_cast<std::size_t>(velocity.kind));
    json["velocity_fixed"] = velocity.fixed;
    json["velocity_points"] = JsonValue::array();
    for (const auto& point : velocity.points)
        json["velocity_points"].push_back({{"in", point.in}, {"out", point.out}});
    json["cc_remap"] = JsonValue::array();
    for (const auto& remap : settings.remaps) json["cc_remap"].push_back(remap_json(remap));
    return json;
}

}  // namespace midinet::control
