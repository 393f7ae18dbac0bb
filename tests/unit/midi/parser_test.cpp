#include "midi/parser.hpp"

#include <gtest/gtest.h>

namespace midinet::midi {
namespace {

struct Collector final : ParserSink {
    std::vector<Message> messages;
    void on_message(const Message& m) noexcept override { messages.push_back(m); }
    void on_sysex_piece(std::span<const std::uint8_t>, bool, bool) noexcept override {}
    void on_sysex_aborted() noexcept override {}
};

TEST(StreamParser, RunningStatusGivesFullStatusMessages) {
    StreamParser parser;
    Collector sink;
    parser.feed(std::vector<std::uint8_t>{0x90, 60, 100, 64, 0}, sink);
    EXPECT_EQ(sink.messages, (std::vector<Message>{note_on(0, 60, 100), note_on(0, 64, 0)}));
}

}  // namespace
}  // namespace midinet::midi
