#include "unit/midi/midi_printing.hpp"

#include <gtest/gtest.h>

namespace midinet::midi {
namespace {

TEST(PortStateValues, NothingIsKnownAtFirst) {
    const PortState state;
    EXPECT_EQ(state.digest(), 0U);
    EXPECT_TRUE(records_of(state).empty());
    EXPECT_EQ(state.control(0, 7), -1);
    EXPECT_EQ(state.bend(0), -1);
    EXPECT_EQ(state.channel_pressure(0), -1);
    EXPECT_FALSE(state.program(0).known);
    EXPECT_EQ(state.transport(), -1);
}

TEST(PortStateValues, ZeroIsAFact) {
    const PortState state =
        state_after({control_change(0, 0, 0), control_change(0, 7, 0), program_change(1, 0),
                     channel_pressure(0, 0), pitch_bend(0, 8192), pitch_bend(1, 0), Message{0xFC},
                     Message{0xF2, 0, 0}, Message{0xF3, 0}});
    EXPECT_EQ(state.control(0, 0), 0);
    EXPECT_EQ(state.control(0, 7), 0);
    EXPECT_TRUE(state.program(1).known);
    EXPECT_EQ(state.channel_pressure(0), 0);
    EXPECT_EQ(state.bend(0), 8192);
    EXPECT_EQ(state.bend(1), 0);
    EXPECT_EQ(state.transport(), 0);
    EXPECT_EQ(records_of(state).size(), 9U);
    EXPECT_NE(state.digest(), 0U);
}

TEST(PortStateValues, LastValueCountsAndTheWayThereDoesNot) {
    const PortState state =
        state_after({control_change(0, 7, 1), control_change(0, 7, 99), control_change(0, 7, 2)});
    EXPECT_EQ(state.control(0, 7), 2);
    EXPECT_EQ(state.digest(), state_after({control_change(0, 7, 2)}).digest());
}

TEST(PortStateValues, DigestTellsChannelControllerValueAndPortApart) {
    const auto digest = state_after({control_change(0, 7, 1)}).digest();
    EXPECT_NE(digest, state_after({control_change(1, 7, 1)}).digest());
    EXPECT_NE(digest, state_after({control_change(0, 8, 1)}).digest());
    EXPECT_NE(digest, state_after({control_change(0, 7, 2)}).digest());
    PortState other{PortIndex{1}};
    other.apply(control_change(0, 7, 1), 0);
    EXPECT_NE(digest, other.digest());
}

// The digest travels in heartbeats: two versions that disagree about it would ask each other for
// repairs for ever.
TEST(PortStateValues, DigestOfAFactIsWhatTheWireFormatSays) {
    const StateRecord record{PortIndex{2}, 3, Cell::Control, 7, 100, 0};
    EXPECT_EQ(digest_of(record), 0x30B4A6DB43177AA2ULL);
}

TEST(PortStateValues, ProgramRemembersTheBankItWasSentIn) {
    const PortState state = state_after({control_change(0, 0, 3), control_change(0, 32, 4),
                                         program_change(0, 5), control_change(0, 0, 9)});
    const ProgramFact program = state.program(0);
    EXPECT_EQ(program.bank, kBankMsbKnown | kBankLsbKnown | 3 << 7 | 4);
    EXPECT_EQ(program.program, 5);
    EXPECT_EQ(state.control(0, 0), 9);  // pending
}

TEST(PortStateValues, ProgramWithoutBankSaysSo) {
    EXPECT_EQ(state_after({program_change(0, 5)}).program(0).bank, 0);
    EXPECT_EQ(state_after({control_change(0, 32, 0), program_change(0, 5)}).program(0).bank,
              kBankLsbKnown);
}

TEST(PortStateValues, ProgramInAnotherBankIsAnotherFact) {
    const auto in_bank = [](unsigned bank) {
        return state_after(
                   {control_change(0, 0, bank), program_change(0, 5), control_change(0, 0, 7)})
            .digest();
    };
    EXPECT_NE(in_bank(1), in_bank(2));
}

TEST(PortStateValues, MsbLeavesLsbControllerAsItIs) {
    const PortState state = state_after({control_change(0, 33, 5), control_change(0, 1, 9)});
    EXPECT_EQ(state.control(0, 33), 5);
}

TEST(PortStateValues, CommandsAreNoValues) {
    for (unsigned command = 120; command < 128; ++command) {
        if (command == 121) continue;
        const PortState state = state_after({control_change(0, command, 64)});
        EXPECT_EQ(state.digest(), 0U) << command;
        EXPECT_EQ(state.control(0, command), -1) << command;
    }
}

TEST(PortStateValues, ResetAllControllersMakesKnownWhatReceiversSet) {
    PortState state = state_after({control_change(0, 121, 0)});
    EXPECT_EQ(state.control(0, 1), 0);
    EXPECT_EQ(state.control(0, 11), 127);
    for (const unsigned pedal : {64U, 65U, 66U, 67U}) EXPECT_EQ(state.control(0, pedal), 0);
    EXPECT_EQ(state.bend(0), 8192);
    EXPECT_EQ(state.channel_pressure(0), 0);
    EXPECT_EQ(state.selection(0), (Selection{kNullParameter, 3}));
    EXPECT_EQ(records_of(state).size(), 9U);
}

TEST(PortStateValues, ResetAllControllersLeavesTheRest) {
    const Messages rest{control_change(0, 0, 1),  control_change(0, 7, 2),
                        control_change(0, 10, 3), control_change(0, 69, 9),
                        control_change(0, 74, 4), program_change(0, 5),
                        note_on(0, 60, 6),        control_change(1, 64, 127)};
    PortState state = state_after(rest);
    state.apply(control_change(0, 121, 0), 0);
    for (const StateRecord& fact : records_of(state_after(rest))) {
        const Records all = records_of(state);
        EXPECT_NE(std::find(all.begin(), all.end(), fact), all.end()) << fact;
    }
}

TEST(PortStateValues, ResetAllControllersRelaxesKnownPolyPressure) {
    const PortState state = state_after({note_on(0, 60, 1), note_on(0, 61, 1),
                                         poly_pressure(0, 60, 50), control_change(0, 121, 0)});
    EXPECT_EQ(state.poly_pressure(0, 60), 0);
    EXPECT_EQ(state.poly_pressure(0, 61), -1);
}

TEST(PortStateValues, TransportFollowsStartContinueStop) {
    EXPECT_EQ(state_after({Message{0xFA}}).transport(), 1);
    EXPECT_EQ(state_after({Message{0xFA}, Message{0xFC}, Message{0xFB}}).transport(), 2);
    EXPECT_EQ(state_after({Message{0xFA}, Message{0xFC}}).transport(), 0);
    const PortState song = state_after({Message{0xF2, 0x01, 0x02}, Message{0xF3, 0x07}});
    EXPECT_EQ(song.song_position(), 0x0101);
    EXPECT_EQ(song.song_select(), 7);
}

TEST(PortStateValues, MessagesWithoutStateChangeNothing) {
    const PortState state =
        state_after({Message{0xF8}, Message{0xF9}, Message{0xFD}, Message{0xFE},
                     Message{0xF1, 0x12}, Message{0xF6}, Message{0xF4}, Message{0xF0, 0x7E, 0xF7}});
    EXPECT_EQ(state.digest(), 0U);
}

TEST(PortStateValues, IllFormedMessagesChangeNothing) {
    const PortState state =
        state_after({Message{}, Message{0x90}, Message{0x90, 0x80, 0x40}, Message{0xB0, 0x07, 0xFF},
                     Message{0x3C, 0x40}, Message{0xC0, 0x01, 0x02}});
    EXPECT_EQ(state.digest(), 0U);
    EXPECT_EQ(state.sounding_total(), 0U);
}

TEST(PortStateValues, SystemResetMakesEverythingUnknown) {
    PortState state = state_after({note_on(0, 60, 1), control_change(5, 7, 1), program_change(0, 1),
                                   Message{0xFA}, Message{0xF3, 1}, control_change(0, 121, 0)});
    state.apply(Message{0xFF}, 0);
    EXPECT_TRUE(records_of(state).empty());
    EXPECT_EQ(state.digest(), 0U);
    EXPECT_EQ(state.sounding_total(), 0U);
}

TEST(PortStateValues, StateOfAPortStaysSmall) { EXPECT_LE(sizeof(PortState), 20U * 1024U); }

}  // namespace
}  // namespace midinet::midi
