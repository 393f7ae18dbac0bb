// The events of streams that are only listened to: each once, in order, and what was missed is
// counted. Nothing is asked for.
#pragma once

#include "base/time.hpp"
#include "wire/data.hpp"
#include "wire/heartbeat.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <vector>

namespace midinet::control::cli {

/// One message of a stream.
struct TapEvent {
    SourceId source{};
    Epoch epoch{};
    PortIndex port{};
    Duration at{};  ///< when its host read it, since the epoch began
    /// Empty: a long SysEx of which fragments were missed, or that was cut off at its host.
    std::vector<std::uint8_t> bytes;
};

/// Takes datagrams of any number of hosts. Bounded; pure. Thread: one, not a hot one.
class StreamTap {
  public:
    /// An event that does not come in so long was lost: repeats go on for 30 ms.
    static constexpr Duration kHold = 60ms;
    static constexpr std::size_t kMaxEarly = 16'384;     ///< events that wait behind a gap
    static constexpr std::size_t kMaxFragments = 4'096;  ///< of long SysEx, of one stream
    static constexpr std::size_t kMaxSources = 64;       ///< more are not heard

    explicit StreamTap(std::function<void(const TapEvent&)> take) : take_(std::move(take)) {}

    /// Anything else than Data, Bulk and Heartbeat is passed over.
    void on_datagram(ByteView bytes, TimePoint now);
    /// Call after all waiting datagrams were taken in.
    void on_timer(TimePoint now);
    TimePoint next_due() const;

    /// Events that did not come, of all streams, since they were joined.
    std::uint64_t lost() const noexcept { return lost_; }
    /// Hosts whose heartbeats or events were heard.
    std::vector<SourceId> sources() const;

  private:
    struct Fragment {
        PortIndex port{};
        std::vector<std::uint8_t> bytes;
    };
    struct Stream {
        Epoch epoch{};
        Sequence next{};  ///< to be given
        std::map<std::uint32_t, wire::Event> early;
        Sequence newest{};  ///< that is known to exist
        TimePoint gap_since = kNever;
        std::map<std::uint32_t, Fragment> fragments;
    };
    Stream* enter(SourceId source, Epoch epoch, Sequence join_at);
    void on_bulk(const wire::Bulk& bulk, TimePoint now);
    static void take_blocks(Stream& stream, ByteView blocks, wire::StreamTime sent_us);
    void give_ready(SourceId source, Stream& stream, TimePoint now);
    void give_up_gap(SourceId source, Stream& stream, TimePoint now);
    void give(SourceId source, Stream& stream, const wire::Event& event);
    static void step(Stream& stream, std::map<std::uint32_t, wire::Event>::iterator given);
    static std::vector<std::uint8_t> joined(const Stream& stream, const wire::Event& event);

    std::function<void(const TapEvent&)> take_;
    std::map<SourceId, Stream> streams_;
    std::uint64_t lost_ = 0;
};

}  // namespace midinet::control::cli
