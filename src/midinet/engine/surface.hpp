// A host's surface: what the focus holder's application sends back, painted on the device.
#pragma once

#include "engine/peers.hpp"
#include "engine/tap_feed.hpp"
#include "io/virtual_port.hpp"
#include "path/lights/light_queue.hpp"
#include "path/playout/output.hpp"
#include "path/receive/source_stream.hpp"
#include "path/recover/recover.hpp"

#include <memory>

namespace midinet::engine {

struct SurfaceStatus {
    path::StreamCounters stream;
    path::OutputCounters output;
    std::uint64_t coalesced = 0;
    std::uint64_t foreign = 0;   ///< datagrams of clients that do not have the focus
    std::uint64_t repaints = 0;  ///< messages that made the device's lights what they ought to be
    bool open = false;           ///< the device takes feedback
    bool whole = false;          ///< the holder's state is known completely
};

/// Hears one client at a time, as a client hears a host: numbered events, repeats, questions, the
/// journal. Its shadow is what the device was told; a new device, a new holder and a restarted one
/// are repainted by the difference between that and what the holder's application wants. Nobody's
/// lights go out because nobody has the focus. Thread: the engine's. RT-safe but for the
/// constructor.
class Surface final : private path::PortWriter, private path::StreamSink {
  public:
    /// `out` takes questions, `feed` what the device took. `own`: who asks. Lifetime: both outlive
    /// the surface.
    Surface(SenderId own, path::DatagramOut& out, TapFeed& feed);

    void set_holder(SenderId holder) noexcept;
    SenderId holder() const noexcept { return holder_; }
    /// Takes a client's datagram. False: not of a kind that clients send.
    bool on_datagram(const wire::Datagram& datagram, path::Peer from, TimePoint now) noexcept;
    void on_timer(TimePoint now) noexcept;
    TimePoint next_due() const noexcept;

    /// Gives the old port back; ownership of the new one passes to the surface.
    std::unique_ptr<io::VirtualPort> use_port(std::unique_ptr<io::VirtualPort> port) noexcept;
    const io::VirtualPort* port() const noexcept { return port_.get(); }
    /// Asks the device at this output who it is, unless the output has no room for that now, or a
    /// long SysEx is being written.
    bool ask(PortIndex port, TimePoint now) noexcept;
    /// The port is to be flushed: it became writable.
    void flush() noexcept;
    /// The port went away: take it back by use_port(nullptr).
    bool lost() const noexcept { return lost_; }
    SurfaceStatus status() const noexcept;
    /// What the device was told. For checkers in tests.
    const midi::StreamState& told() const noexcept { return output_.told(); }

  private:
    bool take(const wire::Datagram& datagram, path::Peer from, TimePoint now) noexcept;
    void repaint(TimePoint now) noexcept;
    void mend(TimePoint now) noexcept;
    path::Wrote write(PortIndex port, std::span<const std::uint8_t> bytes,
                      TimePoint when) noexcept override;
    void on_event(const wire::Event& event, TimePoint when) noexcept override;
    void on_new_epoch() noexcept override {}
    void on_whole(bool joined) noexcept override;
    void on_request(const wire::Nack& nack) noexcept override;

    SenderId own_;
    path::DatagramOut& out_;
    TapFeed& tap_feed_;
    SenderId holder_;
    midi::ControlProfile profile_;  ///< to a surface every controller is a value
    path::SourceStream stream_;
    path::LightQueue queue_;
    path::Output output_;
    path::Recover recover_;
    Peers peers_;
    std::unique_ptr<io::VirtualPort> port_;
    bool lost_ = false;
    std::uint64_t foreign_ = 0;
    TimePoint now_{};
};

}  // namespace midinet::engine
