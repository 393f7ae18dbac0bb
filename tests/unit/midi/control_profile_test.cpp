#include "midi/control_profile.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace midinet::midi {
namespace {

using testing::HasSubstr;

TEST(ControlProfile, EveryControllerIsAbsoluteUnlessToldOtherwise) {
    const ControlProfile profile;
    for (unsigned channel = 0; channel < 16; ++channel)
        for (unsigned controller = 0; controller < 120; ++controller)
            ASSERT_EQ(profile.of(channel, controller), ControlClass::Absolute);
    EXPECT_TRUE(profile.lsb_pairs());
}

TEST(ControlProfile, RuleCountsChannelsAsPeopleDo) {
    ControlProfile profile;
    ASSERT_TRUE(profile.add(ControlClass::Relative, "1:16-23"));
    EXPECT_EQ(profile.of(0, 15), ControlClass::Absolute);
    EXPECT_EQ(profile.of(0, 16), ControlClass::Relative);
    EXPECT_EQ(profile.of(0, 23), ControlClass::Relative);
    EXPECT_EQ(profile.of(0, 24), ControlClass::Absolute);
    EXPECT_EQ(profile.of(1, 16), ControlClass::Absolute);
}

TEST(ControlProfile, StarMeansAllChannelsOrAllControllers) {
    ControlProfile profile;
    ASSERT_TRUE(profile.add(ControlClass::Momentary, "*:47"));
    ASSERT_TRUE(profile.add(ControlClass::Relative, "16:*"));
    for (unsigned channel = 0; channel < 15; ++channel)
        EXPECT_EQ(profile.of(channel, 47), ControlClass::Momentary);
    EXPECT_EQ(profile.of(15, 0), ControlClass::Relative);
    EXPECT_EQ(profile.of(15, 119), ControlClass::Relative);
}

TEST(ControlProfile, ListsAndSpacesAreAllowed) {
    ControlProfile profile;
    ASSERT_TRUE(profile.add(ControlClass::Relative, " 1, 3 - 4 : 5,7-8 "));
    EXPECT_EQ(profile.of(0, 5), ControlClass::Relative);
    EXPECT_EQ(profile.of(1, 5), ControlClass::Absolute);
    EXPECT_EQ(profile.of(3, 8), ControlClass::Relative);
    EXPECT_EQ(profile.of(3, 6), ControlClass::Absolute);
}

TEST(ControlProfile, LaterRuleWins) {
    ControlProfile profile;
    ASSERT_TRUE(profile.add(ControlClass::Relative, "*:*"));
    ASSERT_TRUE(profile.add(ControlClass::Absolute, "2:7"));
    EXPECT_EQ(profile.of(1, 7), ControlClass::Absolute);
    EXPECT_EQ(profile.of(1, 8), ControlClass::Relative);
}

TEST(ControlProfile, WrongRuleChangesNothing) {
    for (const char* rule :
         {"", ":", "1", "1:", ":1", "0:1", "17:1", "1:120", "1:2-1", "1:a", "1:1,", "1:1-", "1:-1",
          "1:1:1", "1:1x", "-1:1", "1:99999999999", "1,*:3"}) {
        ControlProfile profile;
        EXPECT_FALSE(profile.add(ControlClass::Relative, rule)) << rule;
        EXPECT_EQ(profile, ControlProfile{}) << rule;
    }
}

TEST(ControlProfile, ErrorNamesTheRuleTheFaultAndWhatWasExpected) {
    ControlProfile profile;
    const auto channel = profile.add(ControlClass::Relative, "17:3");
    ASSERT_FALSE(channel);
    EXPECT_THAT(channel.error().message, HasSubstr("\"17:3\""));
    EXPECT_THAT(channel.error().message, HasSubstr("\"17\" is out of range"));
    EXPECT_THAT(channel.error().message, HasSubstr("numbers 1 to 16"));
    EXPECT_EQ(channel.error().exit_code, 2);
    const auto controller = profile.add(ControlClass::Relative, "1:120");
    ASSERT_FALSE(controller);
    EXPECT_THAT(controller.error().message, HasSubstr("numbers 0 to 119"));
    const auto shape = profile.add(ControlClass::Relative, "47");
    ASSERT_FALSE(shape);
    EXPECT_THAT(shape.error().message, HasSubstr("\"channels:controllers\""));
}

TEST(ControlProfile, OutOfRangeQuestionsAnswerAbsolute) {
    ControlProfile profile;
    ASSERT_TRUE(profile.add(ControlClass::Relative, "*:*"));
    EXPECT_EQ(profile.of(16, 0), ControlClass::Absolute);
    EXPECT_EQ(profile.of(0, 120), ControlClass::Absolute);
}

}  // namespace
}  // namespace midinet::midi
