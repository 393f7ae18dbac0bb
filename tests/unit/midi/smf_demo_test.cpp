// The bundled piece is one that every part of the system can show itself with.
#include "smf_test_bytes.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>

namespace midinet::midi {
namespace {

using namespace test;

Bytes read_file(const char* path) {
    std::ifstream in{path, std::ios::binary};
    return Bytes{std::istreambuf_iterator<char>{in}, std::istreambuf_iterator<char>{}};
}

class DemoPiece : public testing::Test {
  protected:
    void SetUp() override {
        auto song = read_smf(read_file(MIDINET_DEMO_PIECE), "opening.mid");
        ASSERT_TRUE(song) << song.error().message;
        song_ = std::move(*song);
    }
    SmfSong song_;
};

TEST_F(DemoPiece, IsReadWithoutAWarning) {
    EXPECT_THAT(song_.warnings, testing::IsEmpty());
    EXPECT_GT(song_.events.size(), 2000U);
    EXPECT_GE(song_.length, 60s);
    EXPECT_LE(song_.length, 90s);
}

TEST_F(DemoPiece, HoldsEveryKindOfChannelMessageAndSysExShortAndLong) {
    std::set<unsigned> kinds;
    std::set<std::size_t> sysex_sizes;
    for (const Sent& sent : sent_by(song_)) {
        const unsigned status = sent.bytes.front();
        kinds.insert(status < 0xF0 ? status & 0xF0U : status);
        if (status == 0xF0) sysex_sizes.insert(sent.bytes.size());
    }
    EXPECT_THAT(kinds, testing::ElementsAre(0x80, 0x90, 0xA0, 0xB0, 0xC0, 0xD0, 0xE0, 0xF0));
    EXPECT_LE(*sysex_sizes.begin(), 47U);
    EXPECT_THAT(sysex_sizes, testing::Contains(600U));
}

TEST_F(DemoPiece, LeavesNoNoteSounding) {
    std::multiset<std::pair<unsigned, unsigned>> sounding;
    for (const Sent& sent : sent_by(song_)) {
        const unsigned kind = sent.bytes[0] & 0xF0U;
        if (kind != 0x80 && kind != 0x90) continue;
        const std::pair key{sent.bytes[0] & 0x0FU, unsigned{sent.bytes[1]}};
        if (kind == 0x90 && sent.bytes[2] != 0) {
            EXPECT_FALSE(sounding.contains(key)) << "struck twice: " << sent;
            sounding.insert(key);
        } else {
            EXPECT_EQ(sounding.erase(key), 1U) << sent;
        }
    }
    EXPECT_THAT(sounding, testing::IsEmpty());
}

TEST_F(DemoPiece, IsLivelyThroughout) {
    std::vector<int> a_second(static_cast<std::size_t>(song_.length / 1s));
    for (const SmfEvent& event : song_.events) {
        const auto second = static_cast<std::size_t>(event.at / 1s);
        if (second < a_second.size()) ++a_second[second];
    }
    // The last chord rings.
    a_second.resize(a_second.size() - 6);
    EXPECT_GE(*std::min_element(a_second.begin(), a_second.end()), 30);
    EXPECT_LE(*std::max_element(a_second.begin(), a_second.end()), 150);
}

}  // namespace
}  // namespace midinet::midi
