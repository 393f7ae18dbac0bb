// What a command may bring to be played.
#include "control/plane/played_midi.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace midinet::control::plane {
namespace {

using Bytes = std::vector<std::uint8_t>;

TEST(PlayedMidi, TellsItsMessagesInOrder) {
    PlayedMidi midi;
    const std::vector<Bytes> all{
        {0x90, 60, 100}, {0xC1, 5}, {0xF0, 0x7D, 1, 2, 0xF7}, {0xE0, 0, 64}};
    for (const auto& one : all) EXPECT_TRUE(midi.add(one));
    EXPECT_EQ(midi.count(), all.size());
    std::vector<Bytes> told;
    midi.for_each([&](const midi::Message& message) {
        told.emplace_back(message.bytes().begin(), message.bytes().end());
    });
    EXPECT_EQ(told, all);
    EXPECT_EQ(PlayedMidi::of(midi.bytes()), midi);
}

TEST(PlayedMidi, TakesNothingButWholeChannelMessagesAndShortSysEx) {
    Bytes longest(midi::Message::kMaxInline, 1);
    longest.front() = 0xF0;
    longest.back() = 0xF7;
    auto longer = longest;
    longer.insert(longer.begin() + 1, 1);
    const std::vector<Bytes> refused{{},           {60, 100},    {0x90, 60},      {0x90, 60, 200},
                                     {0xF8},       {0xF2, 1, 1}, {0xF0, 1},       {0xF7},
                                     {0xF0, 0x90}, {0xFE},       {0x90, 1, 1, 1}, longer};
    for (const auto& bytes : refused) {
        PlayedMidi midi;
        EXPECT_FALSE(midi.add(bytes)) << ::testing::PrintToString(bytes);
        EXPECT_TRUE(bytes.empty() || !PlayedMidi::of(bytes)) << ::testing::PrintToString(bytes);
    }
    EXPECT_TRUE(PlayedMidi::of(longest));
}

TEST(PlayedMidi, IsFullWithoutBeingCut) {
    PlayedMidi midi;
    while (midi.add(midi::note_on(0, 60, 1).bytes())) {
    }
    EXPECT_EQ(midi.count(), PlayedMidi::kMaxBytes / 3);
    EXPECT_EQ(PlayedMidi::of(Bytes(PlayedMidi::kMaxBytes + 3, 0x90)), std::nullopt);
}

}  // namespace
}  // namespace midinet::control::plane
