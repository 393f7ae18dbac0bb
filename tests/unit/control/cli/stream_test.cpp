// The stream as one who only listens hears it, and how messages read.
#include "base/crc32.hpp"
#include "control/cli/stream/stream_choice.hpp"
#include "control/cli/stream/stream_tap.hpp"
#include "control/report/message_words.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>

namespace midinet::control::cli {
namespace {

constexpr TimePoint kStart{10s};

/// Says what a host says.
class Speaker {
  public:
    explicit Speaker(StreamTap& tap, std::uint16_t source = 1) : tap_(tap), source_{source} {}
    Epoch epoch{5};

    /// Notes of these numbers; from `first_new` on they are new.
    void data(std::initializer_list<std::uint32_t> numbers, std::uint32_t first_new,
              TimePoint now = kStart) {
        send(wire::PacketKind::Data, now, [&](ByteWriter& writer) {
            wire::encode_data_head(writer, {source_, epoch, 9'000, Sequence{*(numbers.end() - 1)},
                                            Sequence{first_new}});
            wire::EventWriter events(writer, 9'000);
            for (const auto number : numbers) EXPECT_TRUE(events.add(note(number)));
        });
    }
    void beat(std::uint32_t newest, TimePoint now = kStart) {
        send(wire::PacketKind::Heartbeat, now, [&](ByteWriter& writer) {
            wire::Heartbeat beat;
            beat.source = source_;
            beat.epoch = epoch;
            beat.sent_us = 9'000;
            beat.newest = Sequence{newest};
            wire::encode_heartbeat(writer, beat);
        });
    }
    void bulk(std::uint32_t number, const std::vector<std::uint8_t>& bytes, std::uint32_t offset) {
        send(wire::PacketKind::Bulk, kStart, [&](ByteWriter& writer) {
            wire::encode_bulk(writer, {source_, epoch, Sequence{number}, PortIndex{0}, offset,
                                       std::as_bytes(std::span{bytes})});
        });
    }
    void long_sysex(std::uint32_t number, wire::SysExExtent extent) {
        send(wire::PacketKind::Data, kStart, [&](ByteWriter& writer) {
            wire::encode_data_head(writer,
                                   {source_, epoch, 9'000, Sequence{number}, Sequence{number}});
            wire::EventWriter events(writer, 9'000);
            wire::Event event = note(number);
            event.kind = wire::EventKind::LongSysEx;
            event.extent = extent;
            EXPECT_TRUE(events.add(event));
        });
    }

  private:
    static wire::Event note(std::uint32_t number) {
        wire::Event event;
        event.sequence = Sequence{number};
        event.time_us = 8'000;
        event.message = midi::note_on(0, number & 0x7FU, 100);
        return event;
    }
    template <typename Fill>
    void send(wire::PacketKind kind, TimePoint now, Fill&& fill) {
        std::array<std::byte, wire::kMaxDatagram> buffer{};
        ByteWriter writer(buffer);
        wire::begin_datagram(writer,
                             {.kind = kind, .sender = SenderId{source_.value}, .boot = epoch});
        fill(writer);
        ASSERT_TRUE(wire::end_datagram(writer));
        tap_.on_datagram(ByteView(buffer).first(writer.size()), now);
    }
    StreamTap& tap_;
    SourceId source_;
};

class CliStream : public ::testing::Test {
  protected:
    std::string heard() {
        std::string text;
        for (const auto& event : events)
            text += (text.empty() ? "" : " ") +
                    (event.bytes.size() == 3 ? std::to_string(event.bytes[1])
                                             : std::to_string(event.bytes.size()) + " bytes");
        events.clear();
        return text;
    }
    std::vector<TapEvent> events;
    StreamTap tap{[this](const TapEvent& event) { events.push_back(event); }};
    Speaker host{tap};
};

TEST_F(CliStream, GivesEachEventOnceAndInOrder) {
    host.data({5, 6}, 6);  // 5 is a repeat of what was before
    host.data({5, 6, 7}, 7);
    host.data({9}, 9);
    EXPECT_EQ(heard(), "6 7");
    host.data({7, 8}, 8);
    EXPECT_EQ(heard(), "8 9");
    tap.on_timer(kStart + 10s);
    EXPECT_EQ(tap.lost(), 0U);
    EXPECT_EQ(tap.next_due(), kNever);
}

TEST_F(CliStream, JoinsAtAHeartbeatAndMissesNothingAfterIt) {
    host.beat(20);
    host.data({20, 21}, 21);
    EXPECT_EQ(heard(), "21");
    EXPECT_EQ(tap.sources(), std::vector<SourceId>{SourceId{1}});
}

TEST_F(CliStream, CountsWhatDoesNotComeAndGoesOn) {
    host.data({1}, 1);
    host.data({4, 6}, 4);
    EXPECT_EQ(heard(), "1");
    EXPECT_EQ(tap.next_due(), kStart + StreamTap::kHold);
    tap.on_timer(kStart + StreamTap::kHold - 1ns);
    EXPECT_EQ(heard(), "");
    tap.on_timer(kStart + StreamTap::kHold);
    EXPECT_EQ(heard(), "4");
    EXPECT_EQ(tap.lost(), 2U);
    tap.on_timer(kStart + 2 * StreamTap::kHold);
    tap.on_timer(kStart + 3 * StreamTap::kHold);
    EXPECT_EQ(heard(), "6");
    EXPECT_EQ(tap.lost(), 3U);
    host.beat(9, kStart + 1s);  // 7 to 9 exist, and did not come
    tap.on_timer(kStart + 2s);
    EXPECT_EQ(tap.lost(), 6U);
}

TEST_F(CliStream, ARestartedHostBeginsAnewAndItsOldRunIsOver) {
    host.data({1, 2}, 1);
    host.epoch = Epoch{6};
    host.data({1}, 1);
    host.epoch = Epoch{5};
    host.data({3}, 3);
    EXPECT_EQ(heard(), "1 2 1");
    EXPECT_EQ(tap.lost(), 0U);
    Speaker other(tap, 2);
    other.data({70}, 70);
    EXPECT_EQ(heard(), "70");
}

TEST_F(CliStream, ALongSysExIsWholeOrNotThere) {
    std::vector<std::uint8_t> whole(1500, 5);
    whole.front() = 0xF0;
    whole.back() = 0xF7;
    const auto crc = crc32_finish(crc32_update(kCrc32Init, std::as_bytes(std::span{whole})));
    const wire::SysExExtent extent{Sequence{1}, Sequence{2}, 1500, crc};
    host.beat(0);
    host.bulk(1, {whole.begin(), whole.begin() + 1024}, 0);
    host.bulk(2, {whole.begin() + 1024, whole.end()}, 1024);
    host.long_sysex(1, extent);
    ASSERT_EQ(events.size(), 1U);
    EXPECT_EQ(events[0].bytes, whole);
    events.clear();
    host.long_sysex(2, {Sequence{2}, Sequence{3}, 1500, crc});
    EXPECT_EQ(heard(), "") << "its fragments may still come";
    tap.on_timer(kStart + StreamTap::kHold);
    EXPECT_EQ(heard(), "0 bytes");
    EXPECT_EQ(tap.lost(), 1U);
}

TEST(CliStreamChoice, SaysWhyNothingCameOfTheHostThatWasWanted) {
    EXPECT_EQ(unheard({}, SourceId{9}),
              "no host was heard; `midinet-cli doctor` looks for the reason");
    EXPECT_EQ(unheard({}, SourceId{}), unheard({}, SourceId{9}));
    EXPECT_EQ(unheard({SourceId{1}, SourceId{2}}, SourceId{9}),
              "host 9 was not heard; heard are 1, 2");
    EXPECT_EQ(unheard({SourceId{1}}, SourceId{9}), "host 9 was not heard; heard is 1");
    EXPECT_EQ(unheard({SourceId{1}, SourceId{2}}, SourceId{2}), "");
    EXPECT_EQ(unheard({SourceId{1}}, SourceId{}), "") << "any will do";
}

TEST_F(CliStream, ALongSysExWhoseEventIsHeardFirstWaitsForItsFragments) {
    const std::vector<std::uint8_t> whole(60, 5);
    const auto crc = crc32_finish(crc32_update(kCrc32Init, std::as_bytes(std::span{whole})));
    host.beat(0);
    host.long_sysex(1, {Sequence{1}, Sequence{1}, 60, crc});
    host.data({2}, 2);
    EXPECT_EQ(heard(), "");
    host.bulk(1, whole, 0);
    EXPECT_EQ(heard(), "60 bytes 2");
    tap.on_timer(kStart + 1s);
    EXPECT_EQ(tap.lost(), 0U);
}

TEST_F(CliStream, GarbageChangesNothing) {
    std::array<std::byte, 60> bytes{};
    tap.on_datagram(bytes, kStart);
    tap.on_datagram({}, kStart);
    EXPECT_TRUE(tap.sources().empty());
}

TEST(CliMessageWords, AreThoseOfMidi) {
    const auto words = [](std::vector<std::uint8_t> bytes) { return message_words(bytes); };
    EXPECT_EQ(words({0x90, 60, 100}), "note on   ch 1   C4 (60)  velocity 100");
    EXPECT_EQ(words({0x9F, 61, 0}), "note off  ch 16  C#4 (61)  velocity 0");
    EXPECT_EQ(words({0x80, 0, 64}), "note off  ch 1   C-1 (0)  velocity 64");
    EXPECT_EQ(words({0xB1, 7, 127}), "cc        ch 2   7 = 127");
    EXPECT_EQ(words({0xC0, 5}), "program   ch 1   5");
    EXPECT_EQ(words({0xE0, 0, 64}), "bend      ch 1   +0");
    EXPECT_EQ(words({0xE0, 0, 0}), "bend      ch 1   -8192");
    EXPECT_EQ(words({0xF8}), "clock");
    EXPECT_EQ(words({0xF0, 1, 0xF7}), "sysex     3 bytes");
    EXPECT_EQ(words({0x90}), "1 loose bytes");
    EXPECT_EQ(words({}), "nothing");
    EXPECT_EQ(hex_words(std::vector<std::uint8_t>{0x90, 0x3C, 0x64}), "90 3C 64");
    EXPECT_EQ(hex_words(std::vector<std::uint8_t>{1, 2, 3}, 2), "01 02 … (3 bytes)");
    for (unsigned status = 0x80; status <= 0xFF; ++status) {
        const std::vector<std::uint8_t> bytes{static_cast<std::uint8_t>(status), 1, 2};
        const auto all = message_types();
        EXPECT_NE(std::find(all.begin(), all.end(), type_of(bytes)), all.end());
    }
}

}  // namespace
}  // namespace midinet::control::cli
