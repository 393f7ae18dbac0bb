// A client's way back: what applications play into its port, numbered and sent to the controllers.
#pragma once

#include "base/fixed_vector.hpp"
#include "engine/peer.hpp"
#include "io/midi_source.hpp"
#include "path/capture/capture.hpp"
#include "path/echo/loop_guard.hpp"
#include "path/inquiry/responder.hpp"
#include "path/transmit/transmit.hpp"

#include <memory>

namespace midinet::engine {

struct FeedbackOptions {
    SenderId client;
    Epoch epoch;  ///< of this run; higher than that of the last
    TimePoint epoch_start{};
    io::Endpoint group;  ///< the control group, at the focus port
};

/// The same stream as a host's, in the other direction: every host hears it, and repairs it by the
/// same questions. Without the focus nothing is sent, but the state is kept: with the focus comes
/// what the lights ought to be, and nothing that is over. What only goes round is not sent. Thread:
/// the engine's. RT-safe but for the constructor.
class Feedback final : private path::CaptureSink {
  public:
    /// Between heartbeats: what repairs the last event is the echo, a millisecond after it; these
    /// are for those who come later.
    static constexpr Duration kBeat = 20ms;
    /// The feedback of a device is one stream of its own; who sends it, the header tells.
    static constexpr SourceId kSource{0xFFFF};

    explicit Feedback(const FeedbackOptions& options);

    /// Takes what the application sent; what it asks the device is answered from `known`. False:
    /// the source is gone.
    bool read(io::MidiSource& from, const midi::InquiryReplies& known, TimePoint now,
              path::DatagramOut& out) noexcept;
    /// Answers what the application asked of the device, into the port: not while a long SysEx is
    /// being written there.
    void answer(path::PortWriter& port, TimePoint now) noexcept { responder_.pump(port, now); }
    bool owes_answers() const noexcept { return responder_.waits(); }
    /// A message was played into the port that the application listens to.
    void on_played(PortIndex port, std::span<const std::uint8_t> bytes, TimePoint now) noexcept;
    const path::LoopCounters& loops() const noexcept { return loops_.counters(); }
    /// The port was closed: half messages are dropped.
    void on_port_closed(TimePoint now) noexcept { capture_.reset(now, *this); }
    void on_nack(const wire::Nack& nack, path::Peer from, TimePoint now,
                 path::DatagramOut& out) noexcept;
    void on_timer(bool holds, TimePoint now, path::DatagramOut& out) noexcept;
    TimePoint next_due() const noexcept { return awake_ ? transmit_.next_due() : kNever; }
    bool holds() const noexcept { return holds_; }
    const path::Responder& responder() const noexcept { return responder_; }
    const path::TransmitCounters& counters() const noexcept { return transmit_.counters(); }
    const midi::StreamState& state() const noexcept { return transmit_.state(); }
    const io::Endpoint& group() const noexcept { return options_.group; }

  private:
    void on_message(PortIndex port, const midi::Message& message,
                    TimePoint stamp) noexcept override;
    void on_sysex_piece(PortIndex port, std::span<const std::uint8_t> bytes, bool first, bool last,
                        TimePoint stamp) noexcept override;
    void on_sysex_aborted(PortIndex port, TimePoint stamp) noexcept override;

    FeedbackOptions options_;
    path::Capture capture_;
    path::Responder responder_;
    const midi::InquiryReplies* known_ = nullptr;  ///< during read()
    path::LoopGuard loops_;
    path::Transmit transmit_;
    bool holds_ = false;
    bool awake_ = false;  ///< holds it, or was fed of late: there is something to do
    TimePoint fed_until_{};
    TimePoint now_{};  ///< of the read at hand
};

}  // namespace midinet::engine
