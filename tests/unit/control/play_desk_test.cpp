// Notes that somebody plays from elsewhere, and then lets go, or not.
#include "control/play_desk.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace midinet::control {
namespace {

constexpr TimePoint kStart{100s};

plane::PlayedMidi midi_of(const std::vector<midi::Message>& messages) {
    plane::PlayedMidi midi;
    for (const auto& message : messages) EXPECT_TRUE(midi.add(message.bytes()));
    return midi;
}
std::vector<midi::Message> messages_of(const plane::PlayedMidi& midi) {
    std::vector<midi::Message> messages;
    midi.for_each([&](const midi::Message& message) { messages.push_back(message); });
    return messages;
}

TEST(PlayDesk, NoteThatNobodyLetsGoIsLetGoWhenNothingMoreComes) {
    PlayDesk desk;
    EXPECT_EQ(desk.next_due(), kNever);
    EXPECT_TRUE(desk.take("anna", {1}, midi_of({midi::note_on(3, 60, 100)}), kStart));
    EXPECT_EQ(desk.next_due(), kStart + PlayDesk::kPatience);
    EXPECT_FALSE(desk.release(kStart + PlayDesk::kPatience - 1ns));
    const auto released = desk.release(kStart + PlayDesk::kPatience);
    ASSERT_TRUE(released);
    EXPECT_EQ(released->port, PortIndex{1});
    EXPECT_EQ(messages_of(released->midi), std::vector{midi::note_off(3, 60)});
    EXPECT_FALSE(desk.release(kStart + 1h));
    EXPECT_EQ(desk.next_due(), kNever);
}

TEST(PlayDesk, NothingKeepsWhatIsPressed) {
    PlayDesk desk;
    EXPECT_TRUE(desk.take("anna", {}, midi_of({midi::note_on(0, 60, 1)}), kStart));
    EXPECT_TRUE(desk.take("anna", {}, {}, kStart + 4s));
    EXPECT_FALSE(desk.release(kStart + 8s));
    EXPECT_TRUE(desk.release(kStart + 9s));
}

TEST(PlayDesk, WhatWasLetGoIsNotLetGoAgain) {
    PlayDesk desk;
    EXPECT_TRUE(
        desk.take("anna", {}, midi_of({midi::note_on(0, 60, 1), midi::note_on(0, 61, 1)}), kStart));
    EXPECT_TRUE(
        desk.take("anna", {}, midi_of({midi::note_off(0, 60), midi::note_on(0, 61, 0)}), kStart));
    EXPECT_FALSE(desk.release(kStart + 1h));
}

TEST(PlayDesk, EachPortsNotesAreLetGoOnIt) {
    PlayDesk desk;
    EXPECT_TRUE(desk.take("anna", {0}, midi_of({midi::note_on(0, 60, 1)}), kStart));
    EXPECT_TRUE(desk.take("anna", {5}, midi_of({midi::note_on(0, 60, 1)}), kStart));
    EXPECT_EQ(desk.release(kStart + 5s)->port, PortIndex{0});
    EXPECT_EQ(desk.release(kStart + 5s)->port, PortIndex{5});
    EXPECT_FALSE(desk.release(kStart + 5s));
}

TEST(PlayDesk, WhatOnePlayerLeftIsLetGoWhateverAnotherPlays) {
    PlayDesk desk;
    EXPECT_TRUE(desk.take("anna", {}, midi_of({midi::note_on(0, 60, 1)}), kStart));
    EXPECT_TRUE(desk.take("ben", {}, midi_of({midi::note_on(0, 62, 1)}), kStart + 4s));
    const auto released = desk.release(kStart + 5s);
    ASSERT_TRUE(released);
    EXPECT_EQ(messages_of(released->midi), std::vector{midi::note_off(0, 60)});
    EXPECT_FALSE(desk.release(kStart + 5s));
    EXPECT_EQ(desk.next_due(), kStart + 9s);
}

TEST(PlayDesk, KeyThatTwoPressedIsLetGoOnceForEach) {
    PlayDesk desk;
    EXPECT_TRUE(desk.take("anna", {}, midi_of({midi::note_on(0, 60, 1)}), kStart));
    EXPECT_TRUE(desk.take("ben", {}, midi_of({midi::note_on(0, 60, 1)}), kStart));
    EXPECT_TRUE(desk.take("ben", {}, midi_of({midi::note_off(0, 60)}), kStart));
    EXPECT_EQ(desk.release(kStart + 5s)->midi.count(), 1U);
    EXPECT_FALSE(desk.release(kStart + 5s));
}

TEST(PlayDesk, MoreThanFitsOneMessageIsLetGoInSeveral) {
    PlayDesk desk;
    for (unsigned note = 0; note < 100; ++note)
        EXPECT_TRUE(desk.take("anna", {}, midi_of({midi::note_on(0, note, 1)}), kStart));
    std::size_t released = 0;
    while (const auto some = desk.release(kStart + 5s)) released += some->midi.count();
    EXPECT_EQ(released, 100U);
}

TEST(PlayDesk, PressesBeyondTheMostAreRefusedWhole) {
    PlayDesk desk;
    for (unsigned n = 0; n < PlayDesk::kMost; ++n)
        EXPECT_TRUE(desk.take("anna", {}, midi_of({midi::note_on(n / 128, n % 128, 1)}), kStart));
    EXPECT_FALSE(desk.take("anna", {}, midi_of({midi::note_on(9, 0, 1)}), kStart));
    EXPECT_TRUE(
        desk.take("anna", {}, midi_of({midi::note_off(0, 0), midi::note_on(9, 0, 1)}), kStart));
}

}  // namespace
}  // namespace midinet::control
