// How values are restored. Notes, pedals and order: difference_test.cpp.
#include "midi/difference.hpp"
#include "unit/midi/midi_printing.hpp"

#include <gtest/gtest.h>

namespace midinet::midi {
namespace {

Messages restored(const Messages& told, const Messages& truth, const ControlProfile& profile = {}) {
    MessageLog log;
    difference(state_after(told), state_after(truth), profile, {}, 1'000'000'000, log);
    return log.messages;
}

ControlProfile profile_with(ControlClass control_class, const char* rule) {
    ControlProfile profile;
    EXPECT_TRUE(profile.add(control_class, rule));
    return profile;
}

Messages operator+(Messages a, const Messages& b) {
    a.insert(a.end(), b.begin(), b.end());
    return a;
}

Message cc(unsigned controller, unsigned value) { return control_change(0, controller, value); }
Messages rpn(unsigned number) { return {cc(101, number >> 7U), cc(100, number)}; }
Messages nrpn(unsigned number) { return {cc(99, number >> 7U), cc(98, number)}; }
const Messages kNull = rpn(kNullParameter);

TEST(DifferenceValues, ZerosAreRestoredWhereUnknown) {
    EXPECT_EQ(
        restored({}, {cc(7, 0), program_change(0, 0), pitch_bend(0, 8192), channel_pressure(0, 0)}),
        (Messages{program_change(0, 0), cc(7, 0), pitch_bend(0, 8192), channel_pressure(0, 0)}));
}

TEST(DifferenceValues, KnownEqualValuesAreNotSentAgain) {
    EXPECT_EQ(restored({cc(7, 5), cc(10, 6)}, {cc(7, 5), cc(10, 7)}), Messages{cc(10, 7)});
}

TEST(DifferenceValues, LsbFollowsItsMsbAlsoWhereItIsKnown) {
    EXPECT_EQ(restored({cc(1, 5), cc(33, 9)}, {cc(1, 6), cc(33, 9)}),
              (Messages{cc(1, 6), cc(33, 9)}));
}

TEST(DifferenceValues, LsbAloneIsEnoughWhenTheMsbIsRight) {
    EXPECT_EQ(restored({cc(1, 5), cc(33, 9)}, {cc(1, 5), cc(33, 8)}), Messages{cc(33, 8)});
}

TEST(DifferenceValues, PlainControllersAreNotPaired) {
    ControlProfile plain;
    plain.set_lsb_pairs(false);
    EXPECT_EQ(restored({cc(1, 5), cc(33, 9)}, {cc(1, 6), cc(33, 9)}, plain), Messages{cc(1, 6)});
    EXPECT_EQ(restored({}, {cc(33, 9)}, plain), Messages{cc(33, 9)});
}

TEST(DifferenceValues, RelativeControllerIsNeverSent) {
    const auto profile = profile_with(ControlClass::Relative, "1:16");
    EXPECT_EQ(restored({}, {cc(16, 65), cc(17, 65)}, profile), Messages{cc(17, 65)});
    EXPECT_EQ(restored({cc(16, 1)}, {cc(16, 0)}, profile), Messages{});
}

TEST(DifferenceValues, RelativeMsbKeepsNobodyFromRestoringTheLsb) {
    EXPECT_EQ(restored({}, {cc(16, 65), cc(48, 3)}, profile_with(ControlClass::Relative, "1:16")),
              Messages{cc(48, 3)});
}

TEST(DifferenceValues, MomentaryControllerIsReleasedButNeverPressed) {
    const auto profile = profile_with(ControlClass::Momentary, "*:47");
    EXPECT_EQ(restored({cc(47, 127)}, {cc(47, 0)}, profile), Messages{cc(47, 0)});
    EXPECT_EQ(restored({cc(47, 0)}, {cc(47, 127)}, profile), Messages{});
    EXPECT_EQ(restored({cc(47, 1)}, {cc(47, 127)}, profile), Messages{});
    EXPECT_EQ(restored({}, {cc(47, 0)}, profile), Messages{});
}

TEST(DifferenceValues, RelativeDataEntryKeepsParametersFromBeingRestored) {
    const Messages truth = rpn(0) + Messages{cc(6, 12)};
    for (const char* rule : {"1:6", "1:38", "1:98", "1:99", "1:100", "1:101"})
        EXPECT_EQ(restored({}, truth, profile_with(ControlClass::Relative, rule)), Messages{})
            << rule;
}

TEST(DifferenceValues, ProgramComesWithItsBankAndThenThePendingBank) {
    EXPECT_EQ(restored({}, {cc(0, 1), cc(32, 2), program_change(0, 3), cc(0, 4), cc(32, 5)}),
              (Messages{cc(0, 1), cc(32, 2), program_change(0, 3), cc(0, 4), cc(32, 5)}));
}

TEST(DifferenceValues, ProgramOfTheSameNumberInAnotherBankIsSent) {
    EXPECT_EQ(restored({cc(0, 1), program_change(0, 3)}, {cc(0, 2), program_change(0, 3)}),
              (Messages{cc(0, 2), program_change(0, 3)}));
}

TEST(DifferenceValues, PendingBankAloneNeedsNoProgram) {
    EXPECT_EQ(
        restored({cc(0, 1), program_change(0, 3)}, {cc(0, 1), program_change(0, 3), cc(0, 2)}),
        Messages{cc(0, 2)});
}

TEST(DifferenceValues, ProgramWithoutBankIsSentWithoutOne) {
    EXPECT_EQ(restored({cc(0, 9), program_change(0, 1)}, {program_change(0, 3)}),
              Messages{program_change(0, 3)});
}

TEST(DifferenceValues, ParameterIsATransactionAndTheTruthsSelectionComesBack) {
    const Messages bend_range = rpn(0) + Messages{cc(6, 12), cc(38, 1)};
    EXPECT_EQ(restored({}, bend_range + nrpn(300)), bend_range + nrpn(300));
    EXPECT_EQ(restored({}, bend_range + kNull), bend_range + kNull);
}

TEST(DifferenceValues, SelectionThatIsRightAnywayIsNotSentTwice) {
    EXPECT_EQ(restored({}, nrpn(5) + Messages{cc(6, 12)}), nrpn(5) + Messages{cc(6, 12)});
}

TEST(DifferenceValues, SelectionAloneIsRestored) {
    EXPECT_EQ(restored(rpn(1), nrpn(1)), nrpn(1));
    EXPECT_EQ(restored({}, {cc(99, 4)}), Messages{cc(99, 4)});
}

TEST(DifferenceValues, SelectionUnknownToTheTruthStaysAsThePortHadIt) {
    PortState truth;
    ASSERT_TRUE(truth.set({PortIndex{0}, 0, Cell::Parameter, 0, 12 << 7, 0}, 0));
    MessageLog log;
    difference(state_after(nrpn(5)), truth, {}, {}, 0, log);
    EXPECT_EQ(log.messages, rpn(0) + Messages{cc(6, 12)} + nrpn(5));
    log.messages.clear();
    difference(PortState{}, truth, {}, {}, 0, log);
    EXPECT_EQ(log.messages, rpn(0) + Messages{cc(6, 12)} + kNull);
}

TEST(DifferenceValues, ParameterKnownByItsLsbAloneIsSentWithoutMsb) {
    EXPECT_EQ(restored({}, nrpn(5) + Messages{cc(38, 7)}), nrpn(5) + Messages{cc(38, 7)});
    EXPECT_EQ(restored(nrpn(5) + Messages{cc(6, 1), cc(38, 7)}, nrpn(5) + Messages{cc(38, 7)}),
              Messages{});
}

TEST(DifferenceValues, ParameterWhoseLsbWasZeroedIsSentAgain) {
    EXPECT_EQ(restored(rpn(1) + Messages{cc(6, 3), cc(38, 7)}, rpn(1) + Messages{cc(6, 3)}),
              rpn(1) + Messages{cc(6, 3)});
}

TEST(DifferenceValues, MpeZonesOfAllChannelsComeBeforeAnyOtherParameter) {
    const auto on = [](unsigned channel, unsigned number, unsigned value) {
        return Messages{control_change(channel, 101, 0), control_change(channel, 100, number),
                        control_change(channel, 6, value)};
    };
    EXPECT_EQ(restored({}, on(0, 0, 48) + on(15, 6, 7)), on(15, 6, 7) + on(0, 0, 48));
}

TEST(DifferenceValues, NewMpeZoneRepeatsKnownBendRanges) {
    const Messages range = rpn(0) + Messages{cc(6, 48)};
    const Messages zone = rpn(6) + Messages{cc(6, 7)};
    EXPECT_EQ(restored(range, zone + range), zone + range);
    EXPECT_EQ(restored(zone + range, zone + range), Messages{});
}

TEST(DifferenceValues, BendPressureAndTimbreComeBeforeTheNoteOnAnMpeChannel) {
    PortState truth;
    apply_all(truth, {pitch_bend(1, 9000), control_change(1, 74, 30), channel_pressure(1, 20),
                      note_on(1, 60, 99)});
    MessageLog log;
    difference(PortState{}, truth, {}, {}, 0, log);
    EXPECT_EQ(log.messages, (Messages{control_change(1, 74, 30), pitch_bend(1, 9000),
                                      channel_pressure(1, 20), note_on(1, 60, 99)}));
}

TEST(DifferenceValues, ParametersReachAPortWhoseTableIsFullOfOthers) {
    Messages told, truth;
    for (unsigned n = 0; n < 32; ++n) {
        told = told + nrpn(2 * n + 1) + Messages{cc(6, 1)};
        truth = truth + nrpn(n == 0 ? 1 : 2 * n) + Messages{cc(6, 1)};
    }
    PortState shadow = state_after(told);
    apply_all(shadow, restored(told, truth));
    EXPECT_EQ(shadow.digest(), state_after(truth).digest());
}

TEST(DifferenceValues, SongAndPositionComeBeforeTheTransport) {
    EXPECT_EQ(restored({}, {Message{0xF3, 2}, Message{0xF2, 0x10, 0x20}, Message{0xFB}}),
              (Messages{Message{0xF3, 2}, Message{0xF2, 0x10, 0x20}, Message{0xFB}}));
}

TEST(DifferenceValues, TransportStateIsRestoredAndTicksAreNot) {
    EXPECT_EQ(restored({}, {Message{0xFA}, Message{0xF8}, Message{0xF8}}), Messages{Message{0xFA}});
    EXPECT_EQ(restored({Message{0xFA}}, {Message{0xFA}, Message{0xF8}, Message{0xFC}}),
              Messages{Message{0xFC}});
    EXPECT_EQ(restored({Message{0xFA}}, {Message{0xFA}, Message{0xF8}}), Messages{});
}

TEST(DifferenceValues, ResetOfAllControllersIsRestoredAsTheValuesItLeft) {
    const Messages told{cc(1, 5), cc(64, 127), pitch_bend(0, 0)};
    PortState shadow = state_after(told);
    const Messages messages = restored(told, {cc(121, 0)});
    EXPECT_EQ(messages.front(), cc(64, 0));
    apply_all(shadow, messages);
    EXPECT_EQ(shadow.digest(), state_after({cc(121, 0)}).digest());
}

}  // namespace
}  // namespace midinet::midi
