#include "wire/heartbeat.hpp"

#include "unit/wire/payload.hpp"

#include <gtest/gtest.h>

namespace midinet::wire {
namespace {

using namespace testing;

// Where the fields lie: docs/wire_format.md §5.
constexpr std::size_t kIntervalAt = 18;
constexpr std::size_t kRoleAt = 20;
constexpr std::size_t kFlagsAt = 21;
constexpr std::size_t kHealthAt = 22;
constexpr std::size_t kPortsAt = 23;
constexpr std::size_t kMissesAt = 40;
constexpr std::size_t kFailoverAt = 41;
constexpr std::size_t kAppointedAt = 44;
constexpr std::size_t kTermAt = 46;

const Bytes kBeat = encoded([](ByteWriter& writer) {
    Heartbeat beat;
    beat.source = SourceId{3};
    beat.epoch = Epoch{4};
    encode_heartbeat(writer, beat);
});

TEST(Heartbeat, MayCarryNoRepeats) {
    const auto view = decode_heartbeat(kBeat);
    ASSERT_TRUE(view);
    EXPECT_TRUE(view->blocks.empty());
}

TEST(Heartbeat, RefusesToBeCutShort) {
    EXPECT_EQ(refusal(decode_heartbeat(without_last(kBeat))), DecodeError::TooShort);
}

TEST(Heartbeat, RefusesNoSourceAndNoEpoch) {
    EXPECT_EQ(refusal(decode_heartbeat(with(kBeat, 0, "00 00"))), DecodeError::BadValue);
    EXPECT_EQ(refusal(decode_heartbeat(with(kBeat, 2, "00 00 00 00"))), DecodeError::BadValue);
}

TEST(Heartbeat, RefusesValuesOutOfRange) {
    EXPECT_EQ(refusal(decode_heartbeat(with(kBeat, kIntervalAt, "00 00"))), DecodeError::BadValue);
    EXPECT_EQ(refusal(decode_heartbeat(with(kBeat, kRoleAt, "04"))), DecodeError::BadValue);
    EXPECT_EQ(refusal(decode_heartbeat(with(kBeat, kHealthAt, "65"))), DecodeError::BadValue);
    EXPECT_EQ(refusal(decode_heartbeat(with(kBeat, kPortsAt, "11"))), DecodeError::BadValue);
}

TEST(Heartbeat, TakesTheEndsOfEveryRange) {
    const Bytes payload = with(kBeat, kIntervalAt, "00 01 03 ff 64 10");
    const auto view = decode_heartbeat(payload);
    ASSERT_TRUE(view);
    EXPECT_EQ(view->beat.interval_us, 1);
    EXPECT_EQ(view->beat.role, Role::Mirror);
    EXPECT_EQ(view->beat.health, 100);
    EXPECT_EQ(view->beat.ports, 16);
}

TEST(Heartbeat, RefusesAFailoverPolicyOutOfRange) {
    EXPECT_EQ(refusal(decode_heartbeat(with(kBeat, kMissesAt, "00"))), DecodeError::BadValue);
    EXPECT_EQ(refusal(decode_heartbeat(with(kBeat, kMissesAt, "65"))), DecodeError::BadValue);
    EXPECT_EQ(refusal(decode_heartbeat(with(kBeat, kFailoverAt, "0c"))), DecodeError::BadValue);
}

TEST(Heartbeat, RefusesATermWithNobodyAppointedAndSomebodyAppointedInNone) {
    EXPECT_EQ(refusal(decode_heartbeat(with(kBeat, kTermAt, "00 00 00 01"))),
              DecodeError::BadValue);
    EXPECT_EQ(refusal(decode_heartbeat(with(kBeat, kAppointedAt, "00 01"))), DecodeError::BadValue);
}

TEST(Heartbeat, IgnoresFailoverBitsThatThisVersionDoesNotKnow) {
    const auto view = decode_heartbeat(with(kBeat, kFailoverAt, "fa"));
    ASSERT_TRUE(view);
    EXPECT_EQ(view->beat.failover,
              (FailoverPolicy{.automatic = false, .returns = true, .takeover = Takeover::Pickup}));
}

TEST(Appointment, HigherTermOverrulesAndBetweenEqualTermsTheLowerSource) {
    constexpr Appointment a{SourceId{1}, 4};
    constexpr Appointment b{SourceId{2}, 4};
    constexpr Appointment later{SourceId{3}, 5};
    EXPECT_TRUE(later.overrules(a));
    EXPECT_FALSE(a.overrules(later));
    EXPECT_TRUE(a.overrules(b));
    EXPECT_FALSE(b.overrules(a));
    EXPECT_FALSE(a.overrules(a));
    EXPECT_TRUE(a.overrules(Appointment{}));
    EXPECT_FALSE(Appointment{}.overrules(Appointment{}));
}

TEST(Heartbeat, CarriesFlagsThatThisVersionDoesNotKnow) {
    const auto view = decode_heartbeat(with(kBeat, kFlagsAt, "82"));
    ASSERT_TRUE(view);
    EXPECT_EQ(view->beat.flags, 0x82);
}

TEST(Heartbeat, RefusesMalformedRepeats) {
    EXPECT_EQ(refusal(decode_heartbeat(plus(kBeat, "00"))), DecodeError::BadValue);
}

}  // namespace
}  // namespace midinet::wire
