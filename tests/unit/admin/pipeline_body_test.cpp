#include "admin/routes/pipeline_body.hpp"

#include "control/report/pipeline_json.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace midinet::admin {
namespace {

using control::pipeline_json;
using midi::PipelineSettings;

PipelineSettings some_settings() {
    PipelineSettings settings;
    settings.channels = 0x8001;
    settings.types = 5;
    settings.sysex = false;
    settings.channel_map[15] = 1;
    settings.transpose = -127;
    settings.velocity = {midi::CurveKind::Points, 7, {}};
    (void)settings.velocity.points.push_back({3, 90});
    (void)settings.remaps.push_back({16, 119, 1, 0, 1, 2, 3, 4, true});
    return settings;
}

TEST(PipelineBody, WhatIsSaidIsRead) {
    for (const auto& settings : {some_settings(), PipelineSettings{}}) {
        const auto read = read_pipeline_body(pipeline_json(settings).dump(), some_settings());
        ASSERT_TRUE(read) << read.error().detail;
        EXPECT_EQ(read->settings, settings);
        EXPECT_TRUE(read->whole);
    }
}

TEST(PipelineBody, WhatIsLeftOutStays) {
    const auto read = read_pipeline_body(R"({"transpose": 3, "channels": []})", some_settings());
    ASSERT_TRUE(read);
    auto expected = some_settings();
    expected.transpose = 3;
    expected.channels = 0;
    EXPECT_EQ(read->settings, expected);
    EXPECT_FALSE(read->whole);
}

TEST(PipelineBody, WhatIsWrongIsPointedTo) {
    const auto pointer = [](const std::string& body) {
        const auto read = read_pipeline_body(body, {});
        return read ? "none" : read.error().pointer;
    };
    EXPECT_EQ(pointer("{}"), "none");
    EXPECT_EQ(pointer(R"({"channels": [1, 17]})"), "/channels/1");
    EXPECT_EQ(pointer(R"({"channels": [1.5]})"), "/channels/0");
    EXPECT_EQ(pointer(R"({"transpose": 99999999999999999999})"), "/transpose");
    EXPECT_EQ(pointer(R"({"transpose": -9223372036854775808})"), "/transpose");
    EXPECT_EQ(pointer(R"({"transpose": "up"})"), "/transpose");
    EXPECT_EQ(pointer(R"({"sysex": 1})"), "/sysex");
    EXPECT_EQ(pointer(R"({"types": "note"})"), "/types");
    EXPECT_EQ(pointer(R"({"velocity_curve": 5})"), "/velocity_curve");
    EXPECT_EQ(pointer(R"({"velocity_points": [{"in": 5}]})"), "/velocity_points/0/out");
    EXPECT_EQ(pointer(R"({"velocity_points": [{"in": 5, "out": 5}, {"in": 4, "out": 5}]})"),
              "/velocity_points/1/in");
    EXPECT_EQ(pointer(R"({"cc_remap": [7]})"), "/cc_remap/0");
    EXPECT_EQ(pointer(R"({"cc_remap": [{}]})"), "/cc_remap/0/from");
    EXPECT_EQ(pointer(R"({"cc_remap": [{"from": 1, "to": 98}]})"), "/cc_remap/0/to");
    EXPECT_EQ(pointer(R"({"cc_remap": [{"from": 1, "~/": 98}]})"), "/cc_remap/0/~0~1");
    EXPECT_EQ(pointer(R"({"cc_remap": [{"from": 1, "to": 2, "to": 3}]})"), "/cc_remap/0/to");
    const std::string deep(300'000, '[');
    EXPECT_EQ(read_pipeline_body(deep + std::string(deep.size(), ']'), {}).error().kind,
              ProblemKind::Invalid);
    EXPECT_EQ(read_pipeline_body("[]", {}).error().kind, ProblemKind::Invalid);
    EXPECT_EQ(read_pipeline_body("", {}).error().kind, ProblemKind::Malformed);
    auto many = nlohmann::json{{"cc_remap", nlohmann::json::array()}};
    for (int i = 0; i < 33; ++i) many["cc_remap"].push_back({{"from", 39 + i}});
    EXPECT_EQ(pointer(many.dump()), "/cc_remap");
}

}  // namespace
}  // namespace midinet::admin
