#include "midi/parser.hpp"

#include "unit/midi/midi_printing.hpp"

#include <gtest/gtest.h>

namespace midinet::midi {
namespace {

class StreamParserTest : public testing::Test {
  protected:
    void feed(const Bytes& bytes) { parser.feed(bytes, log); }
    const ParserCounters& counters() const { return parser.counters(); }

    StreamParser parser;
    ParserLog log;
};

Bytes long_sysex(std::size_t data_bytes) {
    Bytes bytes{0xF0};
    for (std::size_t i = 0; i < data_bytes; ++i)
        bytes.push_back(static_cast<std::uint8_t>(i & 0x7FU));
    bytes.push_back(0xF7);
    return bytes;
}

TEST_F(StreamParserTest, RunningStatusGivesFullStatusMessages) {
    feed({0x90, 0x3C, 0x64, 0x40, 0x00});
    EXPECT_EQ(log.messages, (Messages{note_on(0, 0x3C, 0x64), note_on(0, 0x40, 0)}));
}

TEST_F(StreamParserTest, RunningStatusWorksForTwoByteMessages) {
    feed({0xC5, 0x01, 0x02, 0x03});
    EXPECT_EQ(log.messages,
              (Messages{program_change(5, 1), program_change(5, 2), program_change(5, 3)}));
}

TEST_F(StreamParserTest, RunningStatusSurvivesRealTimeBytes) {
    for (unsigned realtime = 0xF8; realtime <= 0xFF; ++realtime) {
        SCOPED_TRACE(realtime);
        log = {};
        feed({0x91, 0x3C, 0x64, static_cast<std::uint8_t>(realtime), 0x3E, 0x65});
        EXPECT_EQ(log.without_realtime, (Messages{note_on(1, 0x3C, 0x64), note_on(1, 0x3E, 0x65)}));
    }
}

TEST_F(StreamParserTest, RunningStatusIsClearedByEverySystemCommonByte) {
    const std::vector<Bytes> commons{{0xF0, 0xF7}, {0xF1, 0x01}, {0xF2, 0x01, 0x02},
                                     {0xF3, 0x01}, {0xF4},       {0xF5},
                                     {0xF6},       {0xF7}};
    for (const Bytes& common : commons) {
        SCOPED_TRACE(+common.front());
        StreamParser fresh;
        ParserLog seen;
        fresh.feed(Bytes{0x90, 0x3C, 0x64}, seen);
        fresh.feed(common, seen);
        const auto strays = fresh.counters().stray_bytes;
        seen = {};
        fresh.feed(Bytes{0x3C, 0x64}, seen);
        EXPECT_TRUE(seen.messages.empty());
        EXPECT_EQ(fresh.counters().stray_bytes, strays + 2);
    }
}

TEST_F(StreamParserTest, StrayDataBytesAreCountedAndDropped) {
    feed({0x3C, 0x64, 0x90, 0x3C, 0x64});
    EXPECT_EQ(log.messages, (Messages{note_on(0, 0x3C, 0x64)}));
    EXPECT_EQ(counters().stray_bytes, 2U);
}

TEST_F(StreamParserTest, EndOfSysExOutsideSysExIsStray) {
    feed({0xF7});
    EXPECT_TRUE(log.messages.empty());
    EXPECT_EQ(counters().stray_bytes, 1U);
}

TEST_F(StreamParserTest, StatusByteTearsUnfinishedMessage) {
    feed({0x90, 0x3C, 0x80, 0x3C, 0x40});
    EXPECT_EQ(log.messages, (Messages{note_off(0, 0x3C, 0x40)}));
    EXPECT_EQ(counters().torn_messages, 1U);
    EXPECT_EQ(counters().messages, 1U);
}

TEST_F(StreamParserTest, RealTimeInsideThreeByteMessageComesFirstAndMessageContinues) {
    feed({0x90, 0xF8, 0x3C, 0xFA, 0x64});
    EXPECT_EQ(log.messages, (Messages{Message{0xF8}, Message{0xFA}, note_on(0, 0x3C, 0x64)}));
    EXPECT_EQ(counters().torn_messages, 0U);
}

TEST_F(StreamParserTest, RealTimeIsHandedOutBeforeTheMessageItInterruptsIsComplete) {
    feed({0x90, 0x3C, 0xF8});
    EXPECT_EQ(log.messages, (Messages{Message{0xF8}}));
}

TEST_F(StreamParserTest, RealTimeInsideShortSysExComesFirstAndSysExIsWhole) {
    feed({0xF0, 0x7E, 0xF8, 0x7F, 0xFE, 0xF7});
    EXPECT_EQ(log.messages,
              (Messages{Message{0xF8}, Message{0xFE}, Message{0xF0, 0x7E, 0x7F, 0xF7}}));
}

TEST_F(StreamParserTest, RealTimeInsideLongSysExPassesAndBytesStayExact) {
    const Bytes whole = long_sysex(100);
    Bytes stream = whole;
    stream.insert(stream.begin() + 70, 0xF8);
    stream.insert(stream.begin() + 10, 0xFB);
    feed(stream);
    EXPECT_EQ(log.sysex, (std::vector<Bytes>{whole}));
    EXPECT_EQ(log.messages, (Messages{Message{0xFB}, Message{0xF8}}));
    EXPECT_TRUE(log.contract_kept);
}

TEST_F(StreamParserTest, StatusInsideShortSysExAbortsItAndIsTaken) {
    feed({0xF0, 0x01, 0x02, 0x90, 0x3C, 0x64});
    EXPECT_EQ(log.messages, (Messages{note_on(0, 0x3C, 0x64)}));
    EXPECT_EQ(counters().aborted_sysex, 1U);
    EXPECT_EQ(counters().stray_bytes, 0U);
}

TEST_F(StreamParserTest, NewSysExInsideSysExAbortsTheFirst) {
    feed({0xF0, 0x01, 0xF0, 0x02, 0xF7});
    EXPECT_EQ(log.messages, (Messages{Message{0xF0, 0x02, 0xF7}}));
    EXPECT_EQ(counters().aborted_sysex, 1U);
}

TEST_F(StreamParserTest, StatusInsideLongSysExAbortsItWithoutStrayBytes) {
    Bytes stream = long_sysex(60);
    stream.back() = 0x90;
    stream.insert(stream.end(), {0x3C, 0x64});
    feed(stream);
    EXPECT_EQ(log.aborted, (std::vector<Bytes>{Bytes(stream.begin(), stream.begin() + 61)}));
    EXPECT_EQ(log.messages, (Messages{note_on(0, 0x3C, 0x64)}));
    EXPECT_EQ(counters().aborted_sysex, 1U);
    EXPECT_EQ(counters().stray_bytes, 0U);
}

TEST_F(StreamParserTest, DataAfterAbortedSysExHasNoStatus) {
    feed({0xF0, 0x01, 0xF6, 0x3C});
    EXPECT_EQ(log.messages, (Messages{Message{0xF6}}));
    EXPECT_EQ(counters().stray_bytes, 1U);
}

TEST_F(StreamParserTest, SysExOfMaximalInlineSizeIsOneMessage) {
    const Bytes whole = long_sysex(Message::kMaxInline - 2);
    feed(whole);
    EXPECT_EQ(log.messages, (Messages{Message{std::span<const std::uint8_t>(whole)}}));
    EXPECT_TRUE(log.sysex.empty());
}

TEST_F(StreamParserTest, SysExOneByteLongerComesInPieces) {
    const Bytes whole = long_sysex(Message::kMaxInline - 1);
    feed(whole);
    EXPECT_TRUE(log.messages.empty());
    EXPECT_EQ(log.sysex, (std::vector<Bytes>{whole}));
    EXPECT_EQ(counters().messages, 1U);
}

TEST_F(StreamParserTest, EmptySysExIsAMessage) {
    feed({0xF0, 0xF7});
    EXPECT_EQ(log.messages, (Messages{Message{0xF0, 0xF7}}));
}

TEST_F(StreamParserTest, ActiveSensingIsPassedAndCounted) {
    feed({0xFE, 0x90, 0xFE, 0x3C, 0x64});
    EXPECT_EQ(counters().active_sensing, 2U);
    EXPECT_EQ(log.messages, (Messages{Message{0xFE}, Message{0xFE}, note_on(0, 0x3C, 0x64)}));
}

TEST_F(StreamParserTest, ResetForgetsRunningStatusAndHalfMessage) {
    feed({0x90, 0x3C, 0x64, 0x3C});
    parser.reset(log);
    log = {};
    feed({0x40, 0x3C, 0x40});
    EXPECT_TRUE(log.messages.empty());
    EXPECT_EQ(counters().stray_bytes, 3U);
    EXPECT_EQ(counters().torn_messages, 1U);
}

TEST_F(StreamParserTest, ResetReportsHalfLongSysExAsAborted) {
    Bytes half = long_sysex(80);
    half.pop_back();
    feed(half);
    parser.reset(log);
    EXPECT_EQ(log.aborted, (std::vector<Bytes>{half}));
    feed({0x01, 0xF7});  // the other half, from wherever: never spliced on
    EXPECT_TRUE(log.sysex.empty());
    EXPECT_EQ(counters().stray_bytes, 2U);
}

TEST_F(StreamParserTest, ResetOfHalfShortSysExIsCountedButNeedsNoReport) {
    feed({0xF0, 0x01});
    parser.reset(log);
    EXPECT_TRUE(log.aborted.empty());
    EXPECT_EQ(counters().aborted_sysex, 1U);
}

TEST_F(StreamParserTest, SystemCommonMessagesHaveTheirLengths) {
    feed({0xF1, 0x12, 0xF2, 0x34, 0x56, 0xF3, 0x07, 0xF6});
    EXPECT_EQ(log.messages, (Messages{Message{0xF1, 0x12}, Message{0xF2, 0x34, 0x56},
                                      Message{0xF3, 0x07}, Message{0xF6}}));
}

TEST_F(StreamParserTest, ReleaseVelocityAndVelocityZeroPassUnchanged) {
    feed({0x80, 0x3C, 0x22, 0x90, 0x3C, 0x00});
    EXPECT_EQ(log.messages, (Messages{note_off(0, 0x3C, 0x22), note_on(0, 0x3C, 0)}));
}

}  // namespace
}  // namespace midinet::midi
