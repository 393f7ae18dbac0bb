// A transmit stage, its letters, and a clock that the test moves.
#pragma once

#include "path/transmit/transmit.hpp"
#include "unit/path/sent.hpp"

namespace midinet::path {

class TransmitFixture : public ::testing::Test {
  protected:
    static constexpr TimePoint kStart{100s};
    static constexpr SourceId kSource{7};
    static constexpr Epoch kEpoch{3};

    static TransmitOptions options() {
        return {.source = kSource, .sender = {7}, .epoch = kEpoch, .epoch_start = kStart};
    }
    void play(const midi::Message& message, unsigned port = 0) {
        transmit_.add_message(PortIndex{static_cast<std::uint8_t>(port)}, message, now_);
    }
    void play_notes(unsigned count) {
        for (unsigned i = 0; i < count; ++i) play(midi::note_on(0, i % 128, 100));
    }
    void play_sysex(const std::vector<std::uint8_t>& bytes, unsigned port = 0) {
        transmit_.add_sysex_piece(PortIndex{static_cast<std::uint8_t>(port)}, bytes, true, true,
                                  now_);
    }
    void flush() { transmit_.flush(now_, sent_); }
    void tick(Duration step = Duration::zero()) {
        now_ += step;
        transmit_.on_timer(now_, sent_);
    }
    void ask(const wire::Nack& nack, Peer from = {99}) {
        transmit_.on_nack(nack, from, now_, sent_);
    }
    static wire::Nack nack() { return {.source = kSource, .epoch = kEpoch}; }
    static wire::Nack nack_live(std::uint32_t first, std::uint32_t last) {
        auto n = nack();
        (void)n.live.push_back({{first}, {last}});
        return n;
    }
    static wire::Nack nack_bulk(std::uint32_t first, std::uint32_t last) {
        auto n = nack();
        (void)n.bulk.push_back({{first}, {last}});
        return n;
    }
    static wire::Nack nack_state() {
        auto n = nack();
        n.flags = wire::nack_flags::kState;
        return n;
    }

    Transmit transmit_{options()};
    Sent sent_;
    TimePoint now_ = kStart + 10s;
};

}  // namespace midinet::path
