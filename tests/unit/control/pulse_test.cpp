// What the supervisor of a process is told.
#include "control/pulse.hpp"

#include <gmock/gmock.h>

#include <string>
#include <vector>

namespace midinet::control {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr DeviceSlot kFirst{1};
constexpr DeviceSlot kSecond{2};
constexpr TimePoint at(Duration since_start) { return TimePoint{1h} + since_start; }

class Told : public ::testing::Test {
  protected:
    std::vector<std::string> told_;
    Pulse pulse_{[this](std::string_view text) { told_.emplace_back(text); }, 1s};
};

TEST_F(Told, ReadyOnceTheEngineHasTurned) {
    pulse_.join(kFirst);
    pulse_.turned(kFirst, TimePoint{}, at(0s));
    EXPECT_THAT(told_, IsEmpty());
    pulse_.turned(kFirst, at(0s), at(0s));
    EXPECT_THAT(told_, ElementsAre("READY=1\nWATCHDOG=1\nSTATUS=running"));
}

TEST_F(Told, NotReadyBeforeEveryEngineHasTurned) {
    pulse_.join(kFirst);
    pulse_.join(kSecond);
    pulse_.turned(kFirst, at(0s), at(0s));
    EXPECT_THAT(told_, IsEmpty());
    pulse_.turned(kSecond, at(0s), at(0s));
    EXPECT_THAT(told_, SizeIs(1));
}

TEST_F(Told, AliveNoMoreOftenThanTheInterval) {
    pulse_.join(kFirst);
    pulse_.turned(kFirst, at(0ms), at(0ms));
    pulse_.turned(kFirst, at(990ms), at(999ms));
    EXPECT_THAT(told_, SizeIs(1));
    pulse_.turned(kFirst, at(999ms), at(1000ms));
    EXPECT_THAT(told_, ElementsAre(HasSubstr("READY"), "WATCHDOG=1"));
}

TEST_F(Told, NothingWhileAnEngineHangs) {
    pulse_.join(kFirst);
    pulse_.turned(kFirst, at(0s), at(0s));
    for (auto now = 1s; now < 60s; now += 1s) pulse_.turned(kFirst, at(0s), at(now));
    EXPECT_THAT(told_, SizeIs(1));
}

TEST_F(Told, NothingWhileOneOfSeveralEnginesHangs) {
    pulse_.join(kFirst);
    pulse_.join(kSecond);
    pulse_.turned(kFirst, at(0s), at(0s));
    pulse_.turned(kSecond, at(0s), at(0s));
    for (auto now = 1s; now < 60s; now += 1s) {
        pulse_.turned(kFirst, at(now), at(now));
        pulse_.turned(kSecond, at(0s), at(now));
    }
    EXPECT_THAT(told_, SizeIs(1));
}

TEST_F(Told, AnEngineThatEndedIsNotWaitedFor) {
    pulse_.join(kFirst);
    pulse_.join(kSecond);
    pulse_.turned(kFirst, at(0s), at(0s));
    pulse_.leave(kSecond);
    pulse_.turned(kFirst, at(1s), at(1s));
    EXPECT_THAT(told_, SizeIs(1));
}

TEST_F(Told, WaitingForANetworkIsReadyAndAliveAndSaidInWords) {
    pulse_.join(kFirst);
    pulse_.waits(kFirst, at(0s));
    pulse_.waits(kFirst, at(1s));
    pulse_.turned(kFirst, at(2s), at(2s));
    EXPECT_THAT(told_, ElementsAre("READY=1\nWATCHDOG=1\nSTATUS=waiting for a network interface",
                                   "WATCHDOG=1", "WATCHDOG=1\nSTATUS=running"));
}

TEST(Pulse, WithoutASupervisorNothingIsTold) {
    Pulse pulse({}, 0s);
    pulse.join(kFirst);
    pulse.turned(kFirst, at(0s), at(0s));  // would throw std::bad_function_call
}

}  // namespace
}  // namespace midinet::control
