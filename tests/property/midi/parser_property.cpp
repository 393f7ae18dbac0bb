#include "base/random.hpp"
#include "property/midi/midi_generators.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace midinet::midi {
namespace {

/// Bytes that are likely to interrupt each other: mostly data, many status bytes, long SysEx.
rc::Gen<Bytes> any_stream() {
    const auto noise = rc::gen::container<Bytes>(
        rc::gen::oneOf(rc::gen::inRange<std::uint8_t>(0, 0x80),
                       rc::gen::inRange<std::uint8_t>(0, 0x80), rc::gen::arbitrary<std::uint8_t>(),
                       rc::gen::element<std::uint8_t>(0xF0, 0xF7, 0xF8, 0xFE, 0x90)));
    const auto sysex = rc::gen::map(rc::gen::inRange<std::size_t>(40, 120), [](std::size_t n) {
        Bytes bytes(n, 0x55);
        bytes.front() = 0xF0;
        return bytes;  // ended by whatever comes
    });
    return rc::gen::map(rc::gen::container<std::vector<Bytes>>(rc::gen::oneOf(noise, sysex)),
                        [](const std::vector<Bytes>& parts) {
                            Bytes all;
                            for (const Bytes& part : parts)
                                all.insert(all.end(), part.begin(), part.end());
                            return all;
                        });
}

/// Feeds `stream` in pieces of random length (also none).
void feed_torn(StreamParser& parser, std::span<const std::uint8_t> stream, std::uint64_t seed,
               std::uint32_t longest, ParserSink& sink) {
    Random random{seed};
    while (!stream.empty()) {
        const auto length = std::min<std::size_t>(random.below(longest + 1), stream.size());
        parser.feed(stream.first(length), sink);
        stream = stream.subspan(length);
    }
}

bool equal(const ParserCounters& a, const ParserCounters& b) {
    return a.messages == b.messages && a.stray_bytes == b.stray_bytes &&
           a.aborted_sysex == b.aborted_sysex && a.torn_messages == b.torn_messages &&
           a.active_sensing == b.active_sensing;
}

RC_GTEST_PROP(StreamParserProperty, OutputDoesNotDependOnChunking, ()) {
    const Bytes stream = *any_stream();
    StreamParser whole, torn;
    ParserLog expected, got;
    whole.feed(stream, expected);
    whole.reset(expected);
    feed_torn(torn, stream, *rc::gen::arbitrary<std::uint64_t>(), 1 + *up_to(60), got);
    torn.reset(got);
    RC_ASSERT(got.messages == expected.messages);
    RC_ASSERT(got.order == expected.order);
    RC_ASSERT(got.aborted == expected.aborted);
    RC_ASSERT(equal(torn.counters(), whole.counters()));
}

RC_GTEST_PROP(StreamParserProperty, WhateverComesInWellFormedThingsComeOut, ()) {
    const Bytes stream = *any_stream();
    StreamParser parser;
    ParserLog log;
    feed_torn(parser, stream, *rc::gen::arbitrary<std::uint64_t>(), 50, log);
    RC_ASSERT(log.contract_kept);
    for (const Bytes& sysex : log.sysex) {
        RC_ASSERT(sysex.size() > Message::kMaxInline);
        RC_ASSERT(sysex.front() == 0xF0);
        RC_ASSERT(sysex.back() == 0xF7);
        RC_ASSERT(std::none_of(sysex.begin() + 1, sysex.end() - 1, is_status));
    }
    RC_ASSERT(parser.counters().messages == log.messages.size() + log.sysex.size());
}

RC_GTEST_PROP(StreamParserProperty, RunningStatusExpandsToTheMessagesThatWereShortened, ()) {
    const Messages played = *any_performance();
    Bytes stream;
    std::uint8_t running = 0;
    for (const Message& message : played) {
        const auto bytes = message.bytes();
        const bool omit = message.is_channel_message() && message.status() == running;
        stream.insert(stream.end(), bytes.begin() + (omit ? 1 : 0), bytes.end());
        if (!message.is_realtime_message())
            running = message.is_channel_message() ? message.status() : 0;
    }
    StreamParser parser;
    ParserLog log;
    parser.feed(stream, log);
    RC_ASSERT(log.messages == played);
    RC_ASSERT(parser.counters().stray_bytes == 0U);
}

RC_GTEST_PROP(StreamParserProperty, RealTimeBytesAnywhereChangeNothingElse, ()) {
    const Bytes plain = *any_stream();
    const auto realtime = rc::gen::inRange<unsigned>(0xF8, 0x100);
    Random random{*rc::gen::arbitrary<std::uint64_t>()};
    Bytes mixed;
    for (const std::uint8_t byte : plain) {
        if (random.chance(0.3)) mixed.push_back(static_cast<std::uint8_t>(*realtime));
        mixed.push_back(byte);
    }
    StreamParser plain_parser, mixed_parser;
    ParserLog expected, got;
    plain_parser.feed(plain, expected);
    mixed_parser.feed(mixed, got);
    RC_ASSERT(got.order == expected.order);
    RC_ASSERT(got.aborted == expected.aborted);
    RC_ASSERT(got.messages.size() - expected.messages.size() == mixed.size() - plain.size());
    RC_ASSERT(mixed_parser.counters().stray_bytes == plain_parser.counters().stray_bytes);
    RC_ASSERT(mixed_parser.counters().torn_messages == plain_parser.counters().torn_messages);
}

TEST(StreamParserLongSysEx, OneMebibyteInRandomTearsIsByteExactWithClockInside) {
    for (std::uint64_t seed = 1; seed <= 4; ++seed) {
        SCOPED_TRACE(seed);
        Random random{seed};
        Bytes whole(1U << 20U);
        for (std::uint8_t& byte : whole) byte = data7(random.below(128));
        whole.front() = 0xF0;
        whole.back() = 0xF7;
        Bytes stream;
        std::size_t clocks = 0;
        for (const std::uint8_t byte : whole) {
            if (random.chance(0.001)) {
                stream.push_back(0xF8);
                ++clocks;
            }
            stream.push_back(byte);
        }
        StreamParser parser;
        ParserLog log;
        feed_torn(parser, stream, seed, 3000, log);
        ASSERT_EQ(log.sysex.size(), 1U);
        EXPECT_TRUE(log.sysex.front() == whole);
        EXPECT_EQ(log.messages, Messages(clocks, Message{0xF8}));
        EXPECT_TRUE(log.contract_kept);
    }
}

}  // namespace
}  // namespace midinet::midi
