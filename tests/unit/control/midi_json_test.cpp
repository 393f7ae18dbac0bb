#include "control/report/midi_json.hpp"

#include "control/report/message_words.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace midinet::control {
namespace {

JsonValue decoded(const std::vector<std::uint8_t>& bytes, std::size_t whole = 0) {
    JsonValue json;
    add_message(json, bytes, whole == 0 ? bytes.size() : whole);
    return json;
}

TEST(MidiJson, ANoteHasItsNameAndItsChannelFromOne) {
    const auto json = decoded({0x90, 0x3C, 0x40});
    EXPECT_EQ(json["raw"], "90 3c 40");
    EXPECT_EQ(json["kind"], "note_on");
    EXPECT_EQ(json["type"], "note");
    EXPECT_EQ(json["channel"], 1);
    EXPECT_EQ(json["note"], 60);
    EXPECT_EQ(json["name"], "C4");
    EXPECT_EQ(json["velocity"], 64);
    EXPECT_EQ(json["text"], "note on   ch 1   C4 (60)  velocity 64");
}

TEST(MidiJson, ANoteOnWithoutVelocityIsANoteOff) {
    EXPECT_EQ(decoded({0x9F, 0x3C, 0})["kind"], "note_off");
    EXPECT_EQ(decoded({0x9F, 0x3C, 0})["channel"], 16);
}

TEST(MidiJson, OtherMessagesHaveFieldsOfTheirOwn) {
    EXPECT_EQ(decoded({0xB2, 7, 99})["controller"], 7);
    EXPECT_EQ(decoded({0xB2, 7, 99})["value"], 99);
    EXPECT_EQ(decoded({0xC0, 5})["program"], 5);
    EXPECT_EQ(decoded({0xE0, 0, 0x40})["value"], 0);
    EXPECT_EQ(decoded({0xA0, 60, 3})["kind"], "poly_pressure");
    EXPECT_EQ(decoded({0xD0, 3})["value"], 3);
    EXPECT_EQ(decoded({0xF2, 1, 1})["position"], 129);
    EXPECT_TRUE(decoded({0xF8})["channel"].is_null());
    EXPECT_EQ(decoded({0xFE})["kind"], "active_sensing");
}

TEST(MidiJson, OfALongSysExTheLengthIsThatOfTheWhole) {
    const auto json = decoded({0xF0, 0x7E, 1}, 5000);
    EXPECT_EQ(json["kind"], "sysex");
    EXPECT_EQ(json["bytes"], 5000);
    EXPECT_EQ(json["text"], "sysex     5000 bytes");
}

TEST(MidiJson, AnyBytesAreToldAsSomething) {
    for (unsigned first = 0; first < 256; ++first)
        for (std::size_t size = 0; size < 5; ++size) {
            std::vector<std::uint8_t> bytes(size, static_cast<std::uint8_t>(first));
            EXPECT_FALSE(decoded(bytes)["kind"].empty());
        }
}

}  // namespace
}  // namespace midinet::control
