// A source stream under test: what it is given by hand, and what it tells.
#pragma once

#include "path/receive/source_stream.hpp"
#include "unit/path/sent.hpp"

namespace midinet::path {

/// Keeps all that a stream tells.
class StreamLog final : public StreamSink {
  public:
    void on_event(const wire::Event& event, TimePoint when) noexcept override {
        events.push_back(event);
        moments.push_back(when);
    }
    void on_new_epoch() noexcept override { ++epochs; }
    void on_whole(bool joined) noexcept override { wholes.push_back(joined); }
    void on_request(const wire::Nack& nack) noexcept override { nacks.push_back(nack); }

    std::vector<std::uint32_t> numbers() const { return numbers_of(events); }
    std::size_t state_requests() const {
        std::size_t count = 0;
        for (const auto& nack : nacks)
            count += (nack.flags & wire::nack_flags::kState) != 0 ? 1U : 0U;
        return count;
    }

    std::vector<wire::Event> events;
    std::vector<TimePoint> moments;
    std::vector<bool> wholes;
    std::vector<wire::Nack> nacks;
    int epochs = 0;
};

/// A note that differs from its neighbours.
inline wire::Event note(std::uint32_t number) {
    return {.sequence = {number}, .message = midi::note_on(0, number % 128, 100)};
}
inline wire::Event message(std::uint32_t number, const midi::Message& m) {
    return {.sequence = {number}, .message = m};
}
inline std::vector<wire::Event> notes(std::uint32_t first, std::uint32_t last) {
    std::vector<wire::Event> events;
    for (auto n = first; n != last + 1; ++n) events.push_back(note(n));
    return events;
}
inline midi::StateRecord control_record(unsigned controller, unsigned value) {
    return {.cell = midi::Cell::Control,
            .key = static_cast<std::uint16_t>(controller),
            .value = static_cast<std::uint16_t>(value)};
}

/// The digest of what `messages` amount to.
inline std::uint64_t digest_after(const std::vector<midi::Message>& messages) {
    midi::StreamState state;
    for (const auto& m : messages) state.apply(PortIndex{0}, m, 0);
    return state.digest();
}

// What a test says of a datagram; the rest is filled in.
struct GivenHead {
    std::uint32_t first_new = 1;
    std::uint32_t epoch = 3;
};
struct GivenBeat {
    std::uint32_t newest = 0;
    std::uint64_t digest = 0;
    std::uint8_t flags = 0;
    std::uint32_t epoch = 3;
    std::uint32_t newest_bulk = 0;
};
struct GivenJournal {
    std::uint32_t at = 0;
    std::vector<midi::StateRecord> records;
    std::uint64_t digest = 0;
    std::uint8_t index = 0;
    std::uint8_t count = 1;
    std::uint32_t epoch = 3;
};

class Hearing : public ::testing::Test {
  protected:
    static constexpr TimePoint kEpochStart{1000s};
    static constexpr SourceId kSource{7};

    /// Data as a host sends it, with no delay on the way. `newest`: the last of `events`.
    void data(std::vector<wire::Event> events, GivenHead head = {}) {
        const auto sent_us = stream_time_at(kEpochStart, now_);
        std::array<std::byte, 60000> buffer;  // the tests' events may be more than a datagram's
        ByteWriter writer{buffer};
        wire::EventWriter blocks{writer, sent_us};
        Sequence newest;
        for (auto& event : events) {
            if (event.time_us == 0) event.time_us = sent_us;
            ASSERT_TRUE(blocks.add(event));
            newest = event.sequence;
        }
        stream_.on_data({.head = {.source = kSource,
                                  .epoch = {head.epoch},
                                  .sent_us = sent_us,
                                  .newest = newest,
                                  .first_new = {head.first_new}},
                         .blocks = writer.written()},
                        now_);
    }
    void beat(const GivenBeat& b) {
        stream_.on_heartbeat({.beat = {.source = kSource,
                                       .epoch = {b.epoch},
                                       .sent_us = stream_time_at(kEpochStart, now_),
                                       .flags = b.flags,
                                       .newest = {b.newest},
                                       .newest_bulk = {b.newest_bulk},
                                       .digest = b.digest},
                              .blocks = {}},
                             now_);
    }
    void journal(const GivenJournal& j) {
        std::array<std::byte, wire::kMaxPayload> buffer;
        ByteWriter writer{buffer};
        for (const auto& record : j.records) wire::encode_state_record(writer, record);
        stream_.on_journal({.head = {.source = kSource,
                                     .epoch = {j.epoch},
                                     .at = {j.at},
                                     .taken_us = stream_time_at(kEpochStart, now_),
                                     .digest = j.digest,
                                     .index = j.index,
                                     .count = j.count},
                            .records = writer.written()});
    }
    void tick(Duration step = Duration::zero()) {
        now_ += step;
        stream_.on_timer(now_);
    }
    /// Lets time pass as an engine would: a turn whenever one is due, at least every 100 us.
    void pass(Duration time) {
        for (const auto end = now_ + time; now_ < end;) tick(100us);
    }
    /// The first thing heard is of an epoch that began long ago.
    void join_late(std::uint32_t first_number) {
        now_ = kEpochStart + 60s;
        data({note(first_number)}, {.first_new = first_number});
    }

    StreamLog log_;
    SourceStream stream_{{}, log_};
    TimePoint now_ = kEpochStart + 10ms;
};

}  // namespace midinet::path
