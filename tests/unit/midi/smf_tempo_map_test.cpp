#include "midi/smf_tempo_map.hpp"

#include <gtest/gtest.h>

namespace midinet::midi {
namespace {

constexpr SmfDivision kMetrical{.ticks = 96};

TEST(SmfTempoMap, WithoutTempoEventsAQuarterNoteLastsHalfASecond) {
    const SmfTempoMap map{kMetrical, {}};
    EXPECT_EQ(map.at(0), 0ns);
    EXPECT_EQ(map.at(96), 500ms);
    EXPECT_EQ(map.at(1), 5'208'333ns);
    EXPECT_EQ(map.at(2), 10'416'667ns);
}

TEST(SmfTempoMap, ATempoHoldsFromItsTickOn) {
    const SmfTempoMap map{kMetrical, {{96, 250'000}, {192, 1'000'000}}};
    EXPECT_EQ(map.at(96), 500ms);
    EXPECT_EQ(map.at(192), 750ms);
    EXPECT_EQ(map.at(288), 1750ms);
}

TEST(SmfTempoMap, ChangesMayComeInAnyOrder) {
    const SmfTempoMap map{kMetrical, {{192, 1'000'000}, {96, 250'000}}};
    EXPECT_EQ(map.at(288), 1750ms);
}

TEST(SmfTempoMap, OfSeveralChangesOnOneTickTheLastCounts) {
    const SmfTempoMap map{kMetrical, {{0, 1'000'000}, {0, 250'000}}};
    EXPECT_EQ(map.at(96), 250ms);
}

TEST(SmfTempoMap, AThousandChangesDoNotDrift) {
    // 7 ticks a quarter note, each tick with a tempo that no nanosecond divides: 1/7 us is left
    // over every time.
    std::vector<SmfTempoChange> changes;
    for (std::uint64_t tick = 0; tick < 7000; ++tick) changes.push_back({tick, 500'001});
    const SmfTempoMap map{SmfDivision{.ticks = 7}, std::move(changes)};
    EXPECT_EQ(map.at(7000), 1000 * 500'001us);
}

TEST(SmfTempoMap, TheLongestSongIsAYear) {
    const SmfTempoMap map{SmfDivision{.ticks = 1}, {}};
    const std::uint64_t last = 2ULL * 60 * 60 * 24 * 366;
    EXPECT_EQ(map.at(last), kSmfMaxLength);
    EXPECT_EQ(map.at(last + 1), std::nullopt);
    EXPECT_EQ(map.at(~0ULL), std::nullopt);
}

TEST(SmfTempoMap, AChangeBeyondTheLongestSongMakesNothingReachable) {
    const SmfTempoMap map{SmfDivision{.ticks = 32'767}, {{1ULL << 52U, 1}, {1ULL << 60U, 1}}};
    EXPECT_EQ(map.at(1ULL << 52U), std::nullopt);
    EXPECT_EQ(map.at(1ULL << 60U), std::nullopt);
    EXPECT_EQ(map.at(32'767), 500ms);
}

struct FrameRate {
    std::uint16_t field;
    Duration lasts;
    std::uint64_t ticks;
};

TEST(SmfDivision, FrameRatesGiveTheTimeOfTheirFrames) {
    const FrameRate rates[] = {
        {0xE804, 1000ms, 24 * 4},    // 24 frames, 4 ticks each
        {0xE728, 1000ms, 25 * 40},   // 25 frames, 40 ticks each
        {0xE250, 1000ms, 30 * 80},   // 30 frames, 80 ticks each
        {0xE364, 1001ms, 30 * 100},  // 29.97 frames, 100 ticks each: 30 frames last 1.001 s
        {0xE3FF, 3'603'600ms, 30ULL * 255 * 3600},
    };
    for (const FrameRate& rate : rates) {
        const auto division = SmfDivision::from_field(rate.field);
        ASSERT_TRUE(division) << std::hex << rate.field;
        EXPECT_EQ((SmfTempoMap{*division, {{0, 1}}}.at(rate.ticks)), rate.lasts)
            << std::hex << rate.field;
    }
}

TEST(SmfDivision, OtherFrameRatesAndNoTicksAreInvalid) {
    for (const unsigned field : {0x0000U, 0xE700U, 0xE628U, 0x8001U, 0xFF01U})
        EXPECT_FALSE(SmfDivision::from_field(static_cast<std::uint16_t>(field)))
            << std::hex << field;
}

}  // namespace
}  // namespace midinet::midi
