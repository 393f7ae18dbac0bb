#include "engine/feedback.hpp"

#include <array>

namespace midinet::engine {
namespace {

/// Reads per turn: an application that floods must not keep the stream to its port waiting.
constexpr unsigned kReadsPerTurn = 4;
constexpr std::size_t kReadSize = 1024;
/// Longer than what one application sends at once takes at the stream's pace.
constexpr Duration kDrains = 1s;

path::TransmitOptions transmit_options(const FeedbackOptions& options) {
    return {.source = Feedback::kSource,
            .sender = options.client,
            .epoch = options.epoch,
            .epoch_start = options.epoch_start,
            .beat_interval = Feedback::kBeat,
            .notes = midi::Notes::Light};
}

/// Nobody listens: what is sent goes nowhere.
class Nowhere final : public path::DatagramOut {
  public:
    void multicast(path::Group, std::span<std::byte>) noexcept override {}
    void unicast(path::Peer, std::span<std::byte>) noexcept override {}
};

}  // namespace

Feedback::Feedback(const FeedbackOptions& options)
    : options_(options), transmit_(transmit_options(options)) {}

bool Feedback::read(io::MidiSource& from, const midi::InquiryReplies& known, TimePoint now,
                    path::DatagramOut& out) noexcept {
    known_ = &known;
    std::array<std::uint8_t, kReadSize> buffer{};
    now_ = now;
    for (unsigned i = 0; i < kReadsPerTurn && transmit_.accepts(); ++i) {
        const auto read = from.read(buffer, now);
        if (read.what == io::SourceRead::What::Nothing) break;
        if (read.what != io::SourceRead::What::Bytes) return false;
        capture_.feed(read.port, std::span{buffer}.first(read.size), read.stamp, *this);
    }
    fed_until_ = now + kDrains;
    awake_ = true;
    Nowhere nowhere;
    transmit_.flush(now, holds_ ? out : static_cast<path::DatagramOut&>(nowhere));
    return true;
}

void Feedback::on_played(PortIndex port, std::span<const std::uint8_t> bytes,
                         TimePoint now) noexcept {
    const bool whole = !bytes.empty() && bytes.size() == midi::message_size(bytes[0]);
    if (whole) loops_.on_played(port, midi::Message{bytes}, now);
}

void Feedback::on_nack(const wire::Nack& nack, path::Peer from, TimePoint now,
                       path::DatagramOut& out) noexcept {
    if (holds_) transmit_.on_nack(nack, from, now, out);
}

void Feedback::on_timer(bool holds, TimePoint now, path::DatagramOut& out) noexcept {
    awake_ = holds || now < fed_until_;
    if (!awake_ && !holds_) return;
    Nowhere nowhere;
    // What was said to nobody is over when the focus comes; hosts join by the beat.
    if (holds && !holds_) {
        transmit_.on_timer(now, nowhere);
        transmit_.hurry_beat(now);
    }
    holds_ = holds;
    transmit_.on_timer(now, holds_ ? out : static_cast<path::DatagramOut&>(nowhere));
}

void Feedback::on_message(PortIndex port, const midi::Message& message, TimePoint stamp) noexcept {
    if (responder_.take(port, message, *known_)) return;
    if (loops_.on_returned(port, message, now_)) transmit_.add_message(port, message, stamp);
}

void Feedback::on_sysex_piece(PortIndex port, std::span<const std::uint8_t> bytes, bool first,
                              bool last, TimePoint stamp) noexcept {
    transmit_.add_sysex_piece(port, bytes, first, last, stamp);
}

void Feedback::on_sysex_aborted(PortIndex port, TimePoint stamp) noexcept {
    transmit_.abort_sysex(port, stamp);
}

}  // namespace midinet::engine
