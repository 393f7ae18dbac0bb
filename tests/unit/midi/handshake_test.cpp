// A surface's mode is part of what an application wants of it.
#include "midi/handshake.hpp"

#include "midi/difference.hpp"
#include "unit/midi/midi_printing.hpp"

#include <gtest/gtest.h>

namespace midinet::midi {
namespace {

Message apc40(std::uint8_t model, std::uint8_t mode) {
    return {0xF0, 0x47, 0x7F, model, 0x60, 0x00, 0x04, mode, 0x08, 0x7F, 0x01, 0xF7};
}
const Message kGeneric = apc40(0x73, 0x40);
const Message kLive = apc40(0x73, 0x42);

PortState lit_after(const Messages& messages) {
    PortState state({}, Notes::Light);
    apply_all(state, messages);
    return state;
}
Messages repainted(const PortState& shadow, const PortState& truth) {
    MessageLog log;
    difference(shadow, truth, {}, {.fresh = std::chrono::hours{1}}, 0, log);
    return log.messages;
}

TEST(Handshake, KnownOnesComeBackAsTheyWere) {
    for (const std::uint8_t model : {std::uint8_t{0x73}, std::uint8_t{0x29}})
        for (std::uint8_t mode = 0; mode < 0x80; ++mode) {
            const auto handshake = handshake_of(apc40(model, mode));
            ASSERT_NE(handshake, kNoHandshake);
            EXPECT_EQ(handshake_message(handshake), apc40(model, mode));
        }
    EXPECT_NE(handshake_of(apc40(0x73, 0x41)), handshake_of(apc40(0x29, 0x41)));
}

TEST(Handshake, NothingElseIsOne) {
    EXPECT_EQ(handshake_of(apc40(0x28, 0x41)), kNoHandshake) << "another model";
    EXPECT_EQ(handshake_of({0xF0, 0x47, 0x7F, 0x73, 0x60, 0x00, 0x04, 0x41, 0xF7}), kNoHandshake);
    EXPECT_EQ(handshake_of({0xF0, 0x47, 0x00, 0x73, 0x61, 0x00, 0x04, 1, 2, 3, 4, 0xF7}),
              kNoHandshake)
        << "the device's answer";
    EXPECT_EQ(handshake_of(note_on(0, 60, 1)), kNoHandshake);
    EXPECT_TRUE(handshake_message(kNoHandshake).empty());
    EXPECT_TRUE(handshake_message(2U << 28U).empty()) << "a surface that nobody knows";
}

TEST(Handshake, TheLastOneIsAFactOfLightsAlone) {
    const auto state = lit_after({kGeneric, kLive});
    EXPECT_EQ(handshake_message(state.handshake()), kLive);
    EXPECT_EQ(state.facts(), 1U);
    EXPECT_NE(state.digest(), lit_after({kGeneric}).digest());
    EXPECT_EQ(state_after({kLive}).facts(), 0U);
    EXPECT_EQ(lit_after({kLive, Message{0xFF}}).facts(), 0U);
}

TEST(Handshake, TravelsAsARecord) {
    const auto lived = lit_after({kLive, note_on(0, 60, 5)});
    PortState told({}, Notes::Light);
    for (const auto& record : records_of(lived)) EXPECT_TRUE(told.set(record, 0));
    EXPECT_EQ(told.digest(), lived.digest());
    EXPECT_EQ(handshake_message(told.handshake()), kLive);
    StateRecord record{.cell = Cell::Mode, .key = 0x2FFF, .value = 1};
    EXPECT_FALSE(told.set(record, 0)) << "a surface that nobody knows";
    record.key = 0x0FFF;
    EXPECT_TRUE(told.set(record, 0));
    record.channel = 1;
    EXPECT_FALSE(told.set(record, 0));
    record.channel = 0;
    PortState music;
    EXPECT_FALSE(music.set(record, 0)) << "notes that sound have none";
}

TEST(Handshake, IsPaintedFirst) {
    const auto truth = lit_after({note_on(0, 60, 5), kLive, control_change(0, 7, 3)});
    EXPECT_EQ(repainted(lit_after({}), truth),
              (Messages{kLive, control_change(0, 7, 3), note_on(0, 60, 5)}));
}

TEST(Handshake, AnotherModeIsPaintedFromNothing) {
    const auto shadow = lit_after({kGeneric, note_on(0, 60, 5), note_on(0, 61, 5)});
    const auto truth = lit_after({kLive, note_on(0, 60, 5), control_change(0, 7, 3)});
    const auto messages = repainted(shadow, truth);
    EXPECT_EQ(messages,
              (Messages{kLive, note_off(0, 61), control_change(0, 7, 3), note_on(0, 60, 5)}));
    auto after = shadow;
    apply_all(after, messages);
    EXPECT_TRUE(repainted(after, truth).empty());
}

TEST(Handshake, TheSameModeIsNotSetAgain) {
    const auto shadow = lit_after({kLive, note_on(0, 60, 5)});
    EXPECT_EQ(repainted(shadow, lit_after({kLive, note_on(0, 60, 6)})),
              (Messages{note_on(0, 60, 6)}));
    EXPECT_TRUE(repainted(shadow, lit_after({note_on(0, 60, 5)})).empty()) << "none is known";
}

}  // namespace
}  // namespace midinet::midi
