// Soft takeover: what is withheld, and until when.
#include "path/recover/pickup.hpp"

#include "unit/midi/midi_printing.hpp"

#include <gtest/gtest.h>

namespace midinet::path {
namespace {

using midi::control_change;
using midi::ControlClass;
using midi::Message;
using midi::note_on;
using midi::pitch_bend;

class PickupTest : public ::testing::Test {
  protected:
    static constexpr PortIndex kPort{0};
    void in_force(const Message& m, PortIndex port = kPort) { shadow_.apply(port, m, 0); }
    void stands(const Message& m, PortIndex port = kPort) { truth_.apply(port, m, 0); }
    void begin() { pickup_.begin(shadow_, truth_); }
    bool turn(unsigned controller, unsigned value, PortIndex port = kPort) {
        return pickup_.passes(port, control_change(0, controller, value));
    }

    midi::ControlProfile profile_;
    midi::StreamState shadow_;
    midi::StreamState truth_;
    Pickup pickup_{profile_};
};

TEST_F(PickupTest, ControlThatStandsElsewhereActsOnceItReachesTheValueInForce) {
    in_force(control_change(0, 7, 64));
    stands(control_change(0, 7, 10));
    begin();
    EXPECT_FALSE(turn(7, 20));
    EXPECT_FALSE(turn(7, 63));
    EXPECT_TRUE(turn(7, 64));
    EXPECT_TRUE(turn(7, 0)) << "engaged for good";
    EXPECT_EQ(pickup_.withheld(), 2U);
    EXPECT_EQ(pickup_.waiting(), 0U);
}

TEST_F(PickupTest, PassingTheValueBetweenTwoMessagesIsEnoughFromEitherSide) {
    in_force(control_change(0, 7, 64));
    in_force(control_change(0, 8, 64));
    stands(control_change(0, 7, 10));
    stands(control_change(0, 8, 100));
    begin();
    EXPECT_FALSE(turn(7, 60));
    EXPECT_TRUE(turn(7, 70));
    EXPECT_FALSE(turn(8, 110));
    EXPECT_TRUE(turn(8, 5));
}

TEST_F(PickupTest, FirstMessageIsComparedWithWhereTheNewHostsControlStood) {
    in_force(control_change(0, 7, 64));
    stands(control_change(0, 7, 60));
    begin();
    EXPECT_TRUE(turn(7, 70));
}

TEST_F(PickupTest, ControlTheNewHostNeverHeardOfMustShowItsSideFirst) {
    in_force(control_change(0, 7, 64));
    begin();
    EXPECT_FALSE(turn(7, 70));
    EXPECT_FALSE(turn(7, 65));
    EXPECT_TRUE(turn(7, 60));
}

TEST_F(PickupTest, ControlTheNewHostNeverHeardOfActsAtOnceWhereThatIsWanted) {
    Pickup pickup{profile_, {.unknown = false}};
    in_force(control_change(0, 7, 64));
    pickup.begin(shadow_, truth_);
    EXPECT_TRUE(pickup.passes(kPort, control_change(0, 7, 70)));
}

TEST_F(PickupTest, EqualOrUnknownValuesInForceWaitForNothing) {
    in_force(control_change(0, 7, 64));
    stands(control_change(0, 7, 64));
    stands(control_change(0, 8, 1));
    begin();
    EXPECT_EQ(pickup_.waiting(), 0U);
    EXPECT_TRUE(turn(7, 0));
    EXPECT_TRUE(turn(8, 99));
}

TEST_F(PickupTest, ZeroIsAValueThatCanBeReached) {
    in_force(control_change(0, 7, 0));
    stands(control_change(0, 7, 5));
    begin();
    EXPECT_FALSE(turn(7, 1));
    EXPECT_TRUE(turn(7, 0));
}

TEST_F(PickupTest, BendIsPickedUpByAllItsFourteenBits) {
    in_force(pitch_bend(3, 8192));
    stands(pitch_bend(3, 8100));
    begin();
    EXPECT_TRUE(pickup_.waits(kPort, 3, Pickup::kBend));
    EXPECT_FALSE(pickup_.passes(kPort, pitch_bend(3, 8191)));
    EXPECT_TRUE(pickup_.passes(kPort, pitch_bend(3, 8193)));
    EXPECT_FALSE(pickup_.waits(kPort, 3, Pickup::kBend));
}

TEST_F(PickupTest, NotesSwitchesBanksParametersAndCommandsAreNeverWithheld) {
    for (const unsigned c : {0U, 6U, 32U, 38U, 64U, 66U, 69U}) {
        in_force(control_change(0, c, 64));
        stands(control_change(0, c, 1));
    }
    in_force(note_on(0, 60, 100));
    in_force(control_change(0, 101, 0));
    in_force(control_change(0, 100, 0));
    in_force(midi::program_change(0, 4));
    in_force(midi::channel_pressure(0, 4));
    begin();
    EXPECT_EQ(pickup_.waiting(), 0U);
    in_force(control_change(0, 7, 64));  // so that something waits
    begin();
    for (unsigned c : {0U, 6U, 32U, 38U, 64U, 96U, 101U, 120U, 121U, 123U, 127U})
        EXPECT_TRUE(turn(c, 2)) << c;
    for (const Message& m : {note_on(0, 61, 1), Message{0xF8}, Message{0xF0, 0x01, 0xF7},
                             midi::program_change(0, 9), midi::channel_pressure(0, 9)})
        EXPECT_TRUE(pickup_.passes(kPort, m)) << m;
}

TEST_F(PickupTest, RelativeAndMomentaryControlsAreNeverWithheld) {
    ASSERT_TRUE(profile_.add(ControlClass::Relative, "1:16"));
    ASSERT_TRUE(profile_.add(ControlClass::Momentary, "1:17"));
    for (const unsigned c : {7U, 16U, 17U}) in_force(control_change(0, c, 127));
    begin();
    EXPECT_FALSE(turn(7, 1));
    EXPECT_TRUE(turn(16, 1));
    EXPECT_TRUE(turn(17, 1));
}

TEST_F(PickupTest, LowHalfWaitsWithItsHighHalfWhichDecides) {
    in_force(control_change(0, 1, 64));
    in_force(control_change(0, 33, 100));
    stands(control_change(0, 1, 10));
    stands(control_change(0, 33, 100));
    begin();
    EXPECT_EQ(pickup_.waiting(), 1U);
    EXPECT_TRUE(pickup_.waits(kPort, 0, 33));
    EXPECT_FALSE(turn(1, 63));
    EXPECT_FALSE(turn(33, 100));
    EXPECT_TRUE(turn(1, 64));
    EXPECT_TRUE(turn(33, 5));
}

TEST_F(PickupTest, LowHalvesThatDifferBelowEqualHighOnesAreNoJump) {
    for (auto* state : {&shadow_, &truth_}) state->apply(kPort, control_change(0, 1, 64), 0);
    in_force(control_change(0, 33, 100));
    stands(control_change(0, 33, 1));
    begin();
    EXPECT_TRUE(turn(33, 2));
}

TEST_F(PickupTest, LowHalfWithoutAHighOneIsAControlOfItsOwn) {
    in_force(control_change(0, 47, 64));
    stands(control_change(0, 47, 1));
    begin();
    EXPECT_FALSE(turn(47, 63));
    EXPECT_TRUE(turn(47, 65));
}

TEST_F(PickupTest, WithoutPairsInTheProfileEachHalfIsAControlOfItsOwn) {
    profile_.set_lsb_pairs(false);
    for (const unsigned c : {1U, 33U}) {
        in_force(control_change(0, c, 64));
        stands(control_change(0, c, 1));
    }
    begin();
    EXPECT_EQ(pickup_.waiting(), 2U);
    EXPECT_TRUE(turn(33, 64));
    EXPECT_FALSE(turn(1, 63));
}

TEST_F(PickupTest, PortsAndChannelsWaitEachOnTheirOwn) {
    in_force(control_change(0, 7, 64), PortIndex{2});
    begin();
    EXPECT_FALSE(turn(7, 1, PortIndex{2}));
    EXPECT_TRUE(turn(7, 1, PortIndex{0}));
    EXPECT_TRUE(turn(7, 1, PortIndex{9}));
    EXPECT_TRUE(pickup_.passes(PortIndex{2}, control_change(1, 7, 1)));
}

TEST_F(PickupTest, AnotherSwitchJudgesAnewAndClearingLetsEverythingAct) {
    in_force(control_change(0, 7, 64));
    in_force(control_change(0, 8, 64));
    begin();
    stands(control_change(0, 8, 64));
    begin();
    EXPECT_EQ(pickup_.waiting(), 1U);
    EXPECT_TRUE(turn(8, 1));
    EXPECT_FALSE(turn(7, 1));
    pickup_.clear();
    EXPECT_TRUE(turn(7, 1));
}

}  // namespace
}  // namespace midinet::path
