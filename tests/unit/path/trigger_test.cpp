#include "path/trigger/trigger.hpp"

#include "property/midi/midi_generators.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace midinet::path {
namespace {

using midi::note_off;
using midi::note_on;
using midi::poly_pressure;

constexpr unsigned kChannel = 15;  // as on the wire: 16 on the surface
constexpr PortIndex kPort{0};
constexpr PortIndex kOther{15};
constexpr TriggerSettings kOn{.enabled = true};
constexpr TriggerSettings kGuarded{.enabled = true, .guard_note = 3};

TriggerPress pressed_by(Trigger& trigger, const midi::Message& message, PortIndex port = kPort) {
    trigger.take(port, message);
    return trigger.press();
}

TEST(Trigger, PressMustBeHarderThanTheThreshold) {
    Trigger trigger{kOn};
    EXPECT_EQ(pressed_by(trigger, note_on(kChannel, 127, 100)), TriggerPress::None);
    EXPECT_EQ(pressed_by(trigger, note_on(kChannel, 127, 101)), TriggerPress::Pressed);
    EXPECT_EQ(pressed_by(trigger, note_on(kChannel, 127, 127)), TriggerPress::Pressed);
}

TEST(Trigger, ReleaseIsNoPressInEitherForm) {
    Trigger trigger{TriggerSettings{.enabled = true, .velocity_threshold = 0}};
    EXPECT_EQ(pressed_by(trigger, note_off(kChannel, 127, 127)), TriggerPress::None);
    EXPECT_EQ(pressed_by(trigger, note_on(kChannel, 127, 0)), TriggerPress::None);
    EXPECT_EQ(pressed_by(trigger, poly_pressure(kChannel, 127, 127)), TriggerPress::None);
    EXPECT_EQ(pressed_by(trigger, note_on(kChannel, 127, 1)), TriggerPress::Pressed);
}

TEST(Trigger, AllOfItsNoteIsKeptFromTheClientsOnEveryPort) {
    Trigger trigger{kOn};
    for (const PortIndex port : {kPort, kOther}) {
        EXPECT_TRUE(trigger.take(port, note_on(kChannel, 127, 127)));
        EXPECT_TRUE(trigger.take(port, note_on(kChannel, 127, 1)));
        EXPECT_TRUE(trigger.take(port, note_on(kChannel, 127, 0)));
        EXPECT_TRUE(trigger.take(port, note_off(kChannel, 127)));
        EXPECT_TRUE(trigger.take(port, poly_pressure(kChannel, 127, 5)));
    }
}

TEST(Trigger, AllOfTheGuardNoteIsKeptFromTheClientsOnEveryPort) {
    Trigger trigger{kGuarded};
    for (const PortIndex port : {kPort, kOther}) {
        EXPECT_TRUE(trigger.take(port, note_on(kChannel, 3, 1)));
        EXPECT_TRUE(trigger.take(port, note_on(kChannel, 3, 0)));
        EXPECT_TRUE(trigger.take(port, note_off(kChannel, 3)));
        EXPECT_TRUE(trigger.take(port, poly_pressure(kChannel, 3, 5)));
    }
}

TEST(Trigger, SameNumbersElsewhereAreMusic) {
    Trigger trigger{kGuarded};
    EXPECT_FALSE(trigger.take(kPort, note_on(0, 127, 127)));
    EXPECT_FALSE(trigger.take(kPort, note_on(kChannel, 126, 127)));
    EXPECT_FALSE(trigger.take(kPort, midi::control_change(kChannel, 3, 127)));
    EXPECT_FALSE(trigger.take(kPort, midi::program_change(kChannel, 127)));
    EXPECT_FALSE(trigger.take(kPort, midi::channel_pressure(kChannel, 127)));
    EXPECT_FALSE(trigger.take(kPort, midi::pitch_bend(kChannel, 127)));
    EXPECT_FALSE(trigger.take(kPort, midi::Message{0xF0, 0x7F, 0xF7}));
    EXPECT_FALSE(trigger.take(kPort, midi::Message{}));
    EXPECT_EQ(trigger.press(), TriggerPress::None);
}

TEST(Trigger, NoteZeroIsMusicWhenThereIsNoGuard) {
    Trigger trigger{kOn};
    EXPECT_FALSE(trigger.take(kPort, note_on(kChannel, 0, 127)));
}

TEST(Trigger, NoteZeroMayBeTheTrigger) {
    Trigger trigger{TriggerSettings{.enabled = true, .note = 0}};
    EXPECT_EQ(pressed_by(trigger, note_on(kChannel, 0, 127)), TriggerPress::Pressed);
}

TEST(Trigger, TakesNothingWhileDisabled) {
    Trigger trigger;
    EXPECT_FALSE(trigger.take(kPort, note_on(kChannel, 127, 127)));
    EXPECT_EQ(trigger.press(), TriggerPress::None);
}

TEST(Trigger, PressIsToldOnlyOnce) {
    Trigger trigger{kOn};
    trigger.take(kPort, note_on(kChannel, 127, 127));
    EXPECT_EQ(pressed_by(trigger, note_on(0, 60, 100)), TriggerPress::None);
}

TEST(TriggerGuard, PressWithoutItIsToldAsSuch) {
    Trigger trigger{kGuarded};
    EXPECT_EQ(pressed_by(trigger, note_on(kChannel, 127, 127)), TriggerPress::PressedWithoutGuard);
    trigger.take(kPort, note_on(kChannel, 3, 1));
    EXPECT_EQ(pressed_by(trigger, note_on(kChannel, 127, 127)), TriggerPress::Pressed);
    trigger.take(kPort, note_off(kChannel, 3));
    EXPECT_EQ(pressed_by(trigger, note_on(kChannel, 127, 127)), TriggerPress::PressedWithoutGuard);
}

TEST(TriggerGuard, VelocityZeroLetsGo) {
    Trigger trigger{kGuarded};
    trigger.take(kPort, note_on(kChannel, 3, 64));
    trigger.take(kPort, note_on(kChannel, 3, 0));
    EXPECT_EQ(pressed_by(trigger, note_on(kChannel, 127, 127)), TriggerPress::PressedWithoutGuard);
}

TEST(TriggerGuard, MayBeHeldOnAnotherPort) {
    Trigger trigger{kGuarded};
    trigger.take(kOther, note_on(kChannel, 3, 64));
    EXPECT_EQ(pressed_by(trigger, note_on(kChannel, 127, 127)), TriggerPress::Pressed);
}

TEST(TriggerGuard, HeldOnTwoPortsIsHeldUntilBothLetGo) {
    Trigger trigger{kGuarded};
    trigger.take(kPort, note_on(kChannel, 3, 64));
    trigger.take(kOther, note_on(kChannel, 3, 64));
    trigger.take(kPort, note_off(kChannel, 3));
    EXPECT_EQ(pressed_by(trigger, note_on(kChannel, 127, 127)), TriggerPress::Pressed);
    trigger.take(kOther, note_off(kChannel, 3));
    EXPECT_EQ(pressed_by(trigger, note_on(kChannel, 127, 127)), TriggerPress::PressedWithoutGuard);
}

TEST(TriggerGuard, IsLetGoWhenTheDeviceGoesAway) {
    Trigger trigger{kGuarded};
    trigger.take(kPort, note_on(kChannel, 3, 64));
    trigger.reset();
    EXPECT_EQ(pressed_by(trigger, note_on(kChannel, 127, 127)), TriggerPress::PressedWithoutGuard);
}

TEST(TriggerGuard, IsLetGoByAllNotesOffAndByResetWhichPass) {
    for (const auto& message :
         {midi::control_change(kChannel, 120, 0), midi::control_change(kChannel, 123, 0),
          midi::control_change(kChannel, 127, 0), midi::Message{0xFF}}) {
        Trigger trigger{kGuarded};
        trigger.take(kPort, note_on(kChannel, 3, 64));
        EXPECT_FALSE(trigger.take(kPort, message));
        EXPECT_EQ(pressed_by(trigger, note_on(kChannel, 127, 127)),
                  TriggerPress::PressedWithoutGuard);
    }
}

TEST(TriggerGuard, IsNotLetGoByMessagesThatReleaseNothing) {
    Trigger trigger{kGuarded};
    trigger.take(kPort, note_on(kChannel, 3, 64));
    trigger.take(kPort, midi::control_change(kChannel, 121, 0));
    trigger.take(kPort, midi::control_change(kChannel, 122, 0));
    trigger.take(kPort, midi::control_change(0, 123, 0));
    trigger.take(kOther, midi::control_change(kChannel, 123, 0));
    trigger.take(kPort, poly_pressure(kChannel, 3, 0));
    EXPECT_EQ(pressed_by(trigger, note_on(kChannel, 127, 127)), TriggerPress::Pressed);
}

TEST(TriggerGuard, MustBePressedAgainAfterANewConfiguration) {
    Trigger trigger{kGuarded};
    trigger.take(kPort, note_on(kChannel, 3, 64));
    trigger.configure(kGuarded);
    EXPECT_EQ(pressed_by(trigger, note_on(kChannel, 127, 127)), TriggerPress::PressedWithoutGuard);
}

/// Channels and notes of the performance, so that the trigger's and the music's meet.
TriggerSettings any_settings() {
    TriggerSettings settings;
    settings.enabled = *rc::gen::weightedElement<bool>({{7, true}, {1, false}});
    settings.channel = *rc::gen::element<std::uint8_t>(1, 2, 16);
    settings.note = *rc::gen::inRange<std::uint8_t>(60, 64);
    settings.guard_note = *rc::gen::element<std::uint8_t>(0, 59, 64);
    settings.velocity_threshold = *rc::gen::inRange<std::uint8_t>(0, 127);
    return settings;
}

/// Said in another way than the stage says it: over the bytes.
bool is_control(const TriggerSettings& settings, std::span<const std::uint8_t> bytes) {
    if (!settings.enabled || bytes.size() != 3) return false;
    const unsigned kind = bytes[0] >> 4U;
    const bool note = kind == 0x8 || kind == 0x9 || kind == 0xA;
    return note && (bytes[0] & 0x0FU) + 1U == settings.channel &&
           (bytes[1] == settings.note ||
            (settings.guard_note != 0 && bytes[1] == settings.guard_note));
}

RC_GTEST_PROP(TriggerProperty, TakesItsOwnNotesAndNothingElseChanges, ()) {
    const auto settings = any_settings();
    Trigger trigger{settings};
    for (const midi::Message& message : *midi::any_performance()) {
        const midi::Message before = message;
        const PortIndex port{*rc::gen::inRange<std::uint8_t>(0, kMaxPorts)};
        RC_ASSERT(trigger.take(port, message) == is_control(settings, before.bytes()));
        RC_ASSERT(message == before);
    }
}

RC_GTEST_PROP(TriggerProperty, ReportsExactlyTheHardNoteOnsOfItsNote, ()) {
    const auto settings = any_settings();
    Trigger trigger{settings};
    for (const midi::Message& message : *midi::any_performance()) {
        const bool taken = trigger.take(kPort, message);
        const bool hard = taken && (message.status() & 0xF0U) == 0x90 &&
                          message.data1() == settings.note &&
                          message.data2() > settings.velocity_threshold;
        RC_ASSERT((trigger.press() != TriggerPress::None) == hard);
        if (settings.guard_note == 0)
            RC_ASSERT(trigger.press() != TriggerPress::PressedWithoutGuard);
    }
}

}  // namespace
}  // namespace midinet::path
