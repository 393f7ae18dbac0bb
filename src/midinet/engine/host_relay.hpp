// Topology *relay*: what a host does for another host's stream.
#pragma once

#include "engine/host_engine.hpp"
#include "engine/peers.hpp"
#include "path/receive/source_stream.hpp"
#include "path/relay/relay.hpp"

namespace midinet::engine {

/// Passes the other host's datagrams on, and follows its stream, so that it can answer for its
/// state too. Events and fragments are answered from what was passed on. Thread: the engine's. All
/// members but the constructor are RT-safe.
class HostEngine::Relaying final : private path::StreamSink {
  public:
    Relaying(HostEngine& engine, SourceId source);

    /// From its groups. `from`: where it answers questions.
    void on_multicast(ByteView bytes, path::Peer from, TimePoint now) noexcept;
    /// An answer to us. False when it is not about that stream.
    bool on_answer(const wire::Datagram& datagram, path::Peer from, TimePoint now) noexcept;
    void on_nack(const wire::Nack& nack, path::Peer from, TimePoint now) noexcept;
    void on_timer(TimePoint now) noexcept;
    TimePoint next_due() const noexcept { return stream_.next_due(); }
    const path::RelayCounters& counters() const noexcept { return relay_.counters(); }

  private:
    void on_event(const wire::Event&, TimePoint) noexcept override {}
    void on_new_epoch() noexcept override;
    void on_whole(bool) noexcept override {}
    void on_request(const wire::Nack& asked) noexcept override;

    HostEngine& engine_;
    SourceId source_;
    path::Relay relay_;
    path::SourceStream stream_;
    Peers peers_;
    TimePoint now_{};
};

}  // namespace midinet::engine
