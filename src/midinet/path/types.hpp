// What the stages of the data path hand to each other. A stage includes this, never another stage.
#pragma once

#include "base/bytes.hpp"
#include "base/time.hpp"
#include "base/types.hpp"
#include "wire/event.hpp"
#include "wire/journal.hpp"
#include "wire/request.hpp"

#include <cstdint>
#include <optional>
#include <span>

namespace midinet::path {

/// Where a datagram came from or goes to, packed by the engine; the path only compares and returns
/// it.
struct Peer {
    std::uint64_t value = 0;
    friend constexpr auto operator<=>(const Peer&, const Peer&) = default;
};

/// The two multicast destinations of a host.
enum class Group : std::uint8_t { Data, Heartbeat };

/// Takes encoded datagrams. All members RT-safe.
class DatagramOut {
  public:
    virtual ~DatagramOut() = default;
    /// To the group on every interface, and to every lease holder. The packet number is the
    /// callee's to set.
    virtual void multicast(Group group, std::span<std::byte> datagram) noexcept = 0;
    virtual void unicast(Peer to, std::span<std::byte> datagram) noexcept = 0;
};

/// Events of one source, each once, in order (real-time messages may come early).
class EventSink {
  public:
    virtual ~EventSink() = default;
    /// `when`: the event's moment on this machine's clock, as well as it can be estimated.
    virtual void on_event(const wire::Event& event, TimePoint when) noexcept = 0;
};

/// A tick is worth nothing late. Start, continue, stop and reset are real-time too, but mean
/// something else before a song position or a note than after it.
constexpr bool is_tick(const midi::Message& message) noexcept {
    const auto kind = message.kind();
    return kind == midi::Kind::Clock || kind == midi::Kind::UndefinedF9 ||
           kind == midi::Kind::UndefinedFD;
}
constexpr bool is_tick(const wire::Event& event) noexcept {
    return event.kind == wire::EventKind::Message && is_tick(event.message);
}

/// The bytes of long SysEx, kept by the receive stage until played.
class SysExStore {
  public:
    enum class Readiness : std::uint8_t { Waiting, Complete, Lost };
    virtual ~SysExStore() = default;
    virtual Readiness readiness(const wire::SysExExtent& extent, PortIndex port) const noexcept = 0;
    /// The bytes of fragment `sequence`; empty when it is another port's, nothing when it is not
    /// kept any more. Lifetime: until the next datagram.
    virtual std::optional<ByteView> fragment(Sequence sequence, PortIndex port) const noexcept = 0;
};

/// A stream's clock on ours: `stream_time + offset`.
constexpr TimePoint at_stream_time(TimePoint epoch_start, wire::StreamTime us) noexcept {
    return epoch_start + std::chrono::microseconds{static_cast<std::int64_t>(us)};
}
constexpr wire::StreamTime stream_time_at(TimePoint epoch_start, TimePoint now) noexcept {
    return to_us(now - epoch_start);
}

enum class Wrote : std::uint8_t {
    Taken,
    Full,     ///< none of it: try again later
    Lost,     ///< no port is there now
    Refused,  ///< a piece of a long SysEx that this port cannot have: it is given up
};

/// Takes what is played. All members RT-safe.
class PortWriter {
  public:
    virtual ~PortWriter() = default;
    /// A complete message, or the next piece of a long SysEx. All or nothing.
    virtual Wrote write(PortIndex port, std::span<const std::uint8_t> bytes,
                        TimePoint when) noexcept = 0;
};

}  // namespace midinet::path
