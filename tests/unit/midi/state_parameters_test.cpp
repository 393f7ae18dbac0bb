#include "unit/midi/midi_printing.hpp"

#include <gtest/gtest.h>

namespace midinet::midi {
namespace {

Messages select_rpn(unsigned number) {
    return {control_change(0, 101, number >> 7U), control_change(0, 100, number)};
}
Messages select_nrpn(unsigned number) {
    return {control_change(0, 99, number >> 7U), control_change(0, 98, number)};
}
Messages operator+(Messages a, const Messages& b) {
    a.insert(a.end(), b.begin(), b.end());
    return a;
}
const Message kUp = control_change(0, 96, 0);
const Message kDown = control_change(0, 97, 0);
Message data_msb(unsigned v) { return control_change(0, 6, v); }
Message data_lsb(unsigned v) { return control_change(0, 38, v); }

/// The value of a parameter after `messages`, flags included; -1 when unknown.
int value_of(std::uint16_t key, const Messages& messages) {
    const PortState state = state_after(messages);
    const Parameter* parameter = state.parameters(0).find(key);
    return parameter == nullptr ? -1 : parameter->value;
}

std::vector<unsigned> nrpns_known(const PortState& state) {
    std::vector<unsigned> numbers;
    for (const Parameter& p : state.parameters(0).view())
        if (p.key & kNrpn) numbers.push_back(p.key & kNullParameter);
    return numbers;
}

Messages nrpns(unsigned first, unsigned count) {
    Messages all;
    for (unsigned n = first; n < first + count; ++n)
        all = all + select_nrpn(n) + Messages{data_msb(1)};
    return all;
}

TEST(PortStateParameters, DataEntryGoesToTheSelectedParameter) {
    EXPECT_EQ(value_of(0, select_rpn(0) + Messages{data_msb(12)}), 12 << 7);
    EXPECT_EQ(value_of(0, select_rpn(0) + Messages{data_msb(12), data_lsb(3)}),
              kHasLsb | 12 << 7 | 3);
    EXPECT_EQ(value_of(kNrpn | 300, select_nrpn(300) + Messages{data_msb(1)}), 1 << 7);
}

TEST(PortStateParameters, TransactionControllersAreNeverPlainValues) {
    const PortState state =
        state_after(select_rpn(0) + Messages{data_msb(12), data_lsb(3), kUp, kDown});
    for (const unsigned controller : {6U, 38U, 96U, 97U, 98U, 99U, 100U, 101U})
        EXPECT_EQ(state.control(0, controller), -1) << controller;
}

TEST(PortStateParameters, DataEntryWithoutCompleteSelectionChangesNothing) {
    const Messages entry{data_msb(1), data_lsb(2), kUp, kDown};
    EXPECT_TRUE(state_after(entry).parameters(0).view().empty());
    EXPECT_TRUE(
        state_after(Messages{control_change(0, 101, 0)} + entry).parameters(0).view().empty());
    EXPECT_TRUE(
        state_after(Messages{control_change(0, 98, 0)} + entry).parameters(0).view().empty());
}

TEST(PortStateParameters, DataEntryIntoNullChangesNothing) {
    EXPECT_TRUE(state_after(select_rpn(kNullParameter) + Messages{data_msb(1)})
                    .parameters(0)
                    .view()
                    .empty());
    EXPECT_TRUE(state_after(select_nrpn(kNullParameter) + Messages{data_msb(1)})
                    .parameters(0)
                    .view()
                    .empty());
}

TEST(PortStateParameters, NullIsASelectionOfItsOwn) {
    EXPECT_EQ(state_after(select_rpn(kNullParameter)).selection(0), (Selection{kNullParameter, 3}));
}

TEST(PortStateParameters, SelectingTheOtherKindForgetsTheHalfOfTheFirst) {
    const PortState state = state_after(select_rpn(5) + Messages{control_change(0, 98, 7)});
    EXPECT_EQ(state.selection(0), (Selection{kNrpn | 7, kSelectedLsb}));
}

TEST(PortStateParameters, NewHalfOfTheSameKindKeepsTheOtherHalf) {
    const PortState state =
        state_after(select_nrpn(3 << 7 | 5) + Messages{control_change(0, 98, 7)});
    EXPECT_EQ(state.selection(0), (Selection{kNrpn | 3 << 7 | 7, 3}));
}

TEST(PortStateParameters, MsbSetsLsbToZero) {
    EXPECT_EQ(value_of(1, select_rpn(1) + Messages{data_msb(1), data_lsb(2), data_msb(3)}), 3 << 7);
}

TEST(PortStateParameters, LsbAloneIsKnownWithoutMsb) {
    EXPECT_EQ(value_of(kNrpn | 9, select_nrpn(9) + Messages{data_lsb(5)}), kLsbOnly | 5);
}

TEST(PortStateParameters, IncrementStepsFourteenBitsAndCarries) {
    EXPECT_EQ(value_of(1, select_rpn(1) + Messages{data_msb(1), data_lsb(127), kUp}),
              kHasLsb | 2 << 7);
    EXPECT_EQ(value_of(1, select_rpn(1) + Messages{data_msb(1), kDown}), kHasLsb | 127);
}

TEST(PortStateParameters, IncrementOfTuningsStepsTheMsb) {
    for (std::uint16_t rpn = 2; rpn <= 4; ++rpn) {
        EXPECT_EQ(value_of(rpn, select_rpn(rpn) + Messages{data_msb(64), kUp}), 65 << 7);
        EXPECT_EQ(value_of(rpn, select_rpn(rpn) + Messages{data_msb(64), data_lsb(9), kDown}),
                  kHasLsb | 63 << 7 | 9);
        EXPECT_EQ(value_of(rpn, select_rpn(rpn) + Messages{data_msb(127), kUp}), 127 << 7);
        EXPECT_EQ(value_of(rpn, select_rpn(rpn) + Messages{data_msb(0), data_lsb(9), kDown}),
                  kHasLsb | 9);
    }
    EXPECT_EQ(value_of(kNrpn | 2, select_nrpn(2) + Messages{data_msb(64), kUp}),
              kHasLsb | 64 << 7 | 1);
}

TEST(PortStateParameters, StepsStopAtTheEnds) {
    EXPECT_EQ(value_of(0, select_rpn(0) + Messages{data_msb(0), kDown}), kHasLsb | 0);
    EXPECT_EQ(value_of(0, select_rpn(0) + Messages{data_msb(127), data_lsb(127), kUp}),
              kHasLsb | 16383);
}

TEST(PortStateParameters, StepOfUnknownValueStaysUnknown) {
    EXPECT_EQ(value_of(0, select_rpn(0) + Messages{kUp}), -1);
}

TEST(PortStateParameters, StepOfHalfKnownValueMakesItUnknown) {
    EXPECT_EQ(value_of(0, select_rpn(0) + Messages{data_lsb(5), kUp}), -1);
}

TEST(PortStateParameters, StepIgnoresItsDataByte) {
    EXPECT_EQ(value_of(0, select_rpn(0) + Messages{data_msb(0), control_change(0, 96, 55)}),
              kHasLsb | 1);
}

TEST(PortStateParameters, FullTableGivesUpTheNextHigherNumber) {
    PortState state = state_after(nrpns(100, 32));
    EXPECT_EQ(nrpns_known(state).size(), 32U);
    apply_all(state, nrpns(50, 1));
    EXPECT_EQ(nrpns_known(state).front(), 50U);
    EXPECT_EQ(nrpns_known(state)[1], 101U);
    EXPECT_EQ(nrpns_known(state).size(), 32U);
}

TEST(PortStateParameters, HighestNumberTakesThePlaceOfTheLowest) {
    PortState state = state_after(nrpns(100, 32));
    apply_all(state, nrpns(500, 1));
    EXPECT_EQ(nrpns_known(state).front(), 101U);
    EXPECT_EQ(nrpns_known(state).back(), 500U);
}

TEST(PortStateParameters, VitalRpnsHaveRoomInAFullTableAndNeverGo) {
    PortState state = state_after(nrpns(100, 32));
    for (unsigned rpn = 0; rpn < 8; ++rpn)
        apply_all(state, select_rpn(rpn) + Messages{data_msb(rpn)});
    apply_all(state, nrpns(500, 64));
    for (std::uint16_t rpn = 0; rpn < 8; ++rpn)
        EXPECT_NE(state.parameters(0).find(rpn), nullptr) << rpn;
    EXPECT_EQ(nrpns_known(state).size(), 32U);
}

TEST(PortStateParameters, RewritingAKnownNumberInAFullTableDisplacesNothing) {
    PortState state = state_after(nrpns(100, 32));
    const auto before = nrpns_known(state);
    apply_all(state, select_nrpn(110) + Messages{data_msb(99)});
    EXPECT_EQ(nrpns_known(state), before);
}

}  // namespace
}  // namespace midinet::midi
