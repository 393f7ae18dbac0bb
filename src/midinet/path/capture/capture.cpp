#include "path/capture/capture.hpp"

#include "base/verify.hpp"

namespace midinet::path {
namespace {

/// Gives a parser's findings their port and moment.
class Tagger final : public midi::ParserSink {
  public:
    Tagger(PortIndex port, TimePoint stamp, CaptureSink& sink) noexcept
        : port_(port), stamp_(stamp), sink_(sink) {}
    void on_message(const midi::Message& message) noexcept override {
        if (message.kind() == midi::Kind::ActiveSensing)
            sink_.on_active_sensing(port_, stamp_);
        else
            sink_.on_message(port_, message, stamp_);
    }
    void on_sysex_piece(std::span<const std::uint8_t> bytes, bool first,
                        bool last) noexcept override {
        sink_.on_sysex_piece(port_, bytes, first, last, stamp_);
    }
    void on_sysex_aborted() noexcept override { sink_.on_sysex_aborted(port_, stamp_); }

  private:
    PortIndex port_;
    TimePoint stamp_;
    CaptureSink& sink_;
};

}  // namespace

void Capture::feed(PortIndex port, std::span<const std::uint8_t> bytes, TimePoint stamp,
                   CaptureSink& sink) noexcept {
    if (!MIDINET_VERIFY(port.value < kMaxPorts)) return;
    auto& parser = parsers_[port.value];
    const auto sensed_before = parser.counters().active_sensing;
    Tagger tagger{port, stamp, sink};
    parser.feed(bytes, tagger);
    if (parser.counters().active_sensing != sensed_before) {
        sensed_ = true;
        last_sensing_ = stamp;
    }
}

void Capture::reset(TimePoint stamp, CaptureSink& sink) noexcept {
    for (std::uint8_t p = 0; p < kMaxPorts; ++p) {
        Tagger tagger{PortIndex{p}, stamp, sink};
        parsers_[p].reset(tagger);
    }
    sensed_ = false;
}

midi::ParserCounters Capture::counters() const noexcept {
    midi::ParserCounters sum;
    for (const auto& parser : parsers_) {
        const auto& c = parser.counters();
        sum.messages += c.messages;
        sum.stray_bytes += c.stray_bytes;
        sum.aborted_sysex += c.aborted_sysex;
        sum.torn_messages += c.torn_messages;
        sum.active_sensing += c.active_sensing;
    }
    return sum;
}

}  // namespace midinet::path
