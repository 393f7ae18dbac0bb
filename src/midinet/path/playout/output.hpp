// The last step: messages into the virtual port, long SysEx whole, nothing but real-time bytes
// inside it.
#pragma once

#include "base/lazy_array.hpp"
#include "midi/stream_state.hpp"
#include "path/types.hpp"

#include <array>

namespace midinet::path {

struct OutputCounters {
    std::uint64_t messages = 0;
    std::uint64_t sysex = 0;  ///< long SysEx played whole
    std::uint64_t sysex_lost =
        0;  ///< SysEx dropped: a fragment missing, too long, refused, or aborted at the source
    std::uint64_t port_full = 0;    ///< messages dropped because the port's reader was too slow
    std::uint64_t port_absent = 0;  ///< messages not written because no port was open
};

/// Writes events to the port and knows what it was truly told. A long SysEx that still misses
/// fragments, or that the port does not take at once, holds back the later messages of its own
/// port; other ports go on, and so do ticks, unless a song position, song select or another
/// real-time message waits before them: order between those is meaning. A tick that finds the port
/// full is dropped, never replayed late. Thread: the engine's. RT-safe after construction.
class Output final : public EventSink {
  public:
    /// As many as one read of a source can bring, and more: a host reads no further while a
    /// finished long SysEx is unsent.
    static constexpr std::uint32_t kHeldPerPort = 4096;
    /// Pieces of long SysEx written per `pump`: 64 KiB, so that live events are never kept waiting.
    static constexpr unsigned kPiecesPerPump = 64;
    /// A long SysEx of a source that fell silent is not waited for longer.
    static constexpr Duration kSysExPatience = 2s;
    static constexpr Duration kRetry = 1ms;

    explicit Output(PortWriter& writer, midi::Notes notes = midi::Notes::Sound)
        : writer_(writer), held_(std::size_t{kMaxPorts} * kHeldPerPort), told_(notes) {}

    /// Where long SysEx is found from now on: the active source's. What waited for the old one is
    /// dropped.
    void set_store(const SysExStore* store) noexcept;
    void on_event(const wire::Event& event, TimePoint when) noexcept override;
    /// Goes on with what is held back. Call after datagrams came in, when the port became writable,
    /// and at next_due().
    void pump(TimePoint now) noexcept;
    TimePoint next_due() const noexcept { return retry_at_; }
    /// Nothing is held back.
    bool idle() const noexcept { return blocked_ports_ == 0; }
    /// A port was opened: it has been told nothing yet.
    void on_port_opened() noexcept;

    /// What the port has been told.
    const midi::StreamState& told() const noexcept { return told_; }
    /// Since the last clear_dirty() something was dropped: the port's state is not the shadow.
    bool dirty() const noexcept { return dirty_; }
    void clear_dirty() noexcept { dirty_ = false; }
    const OutputCounters& counters() const noexcept { return counters_; }

  private:
    struct Held {
        wire::Event event;
        TimePoint when;
    };
    struct Port {
        std::uint32_t first = 0;
        std::uint32_t count = 0;
        Sequence next_fragment;     ///< of the long SysEx being written
        std::uint32_t ordered = 0;  ///< how many of them real-time messages must not overtake
        bool writing_sysex = false;
        TimePoint waiting_since{};
    };
    static bool goes_at_once(const Port& port, const wire::Event& event) noexcept;
    bool play(const wire::Event& event, TimePoint when) noexcept;
    bool write_sysex(Port& port, const Held& held, TimePoint now) noexcept;
    void hold(const wire::Event& event, TimePoint when) noexcept;
    void pump_port(PortIndex index, TimePoint now) noexcept;
    void make_room(Port& port, PortIndex index) noexcept;
    void drop_oldest(Port& port, PortIndex index) noexcept;
    void pop(Port& port, PortIndex index) noexcept;
    Held& oldest(Port& port, PortIndex index) noexcept {
        return held_[index.value * kHeldPerPort + port.first];
    }

    PortWriter& writer_;
    const SysExStore* store_ = nullptr;
    UnsetArray<Held> held_;
    std::array<Port, kMaxPorts> ports_{};
    unsigned blocked_ports_ = 0;
    unsigned pieces_left_ = 0;
    TimePoint retry_at_ = kNever;
    TimePoint pumped_at_{};
    midi::StreamState told_;
    bool dirty_ = false;
    OutputCounters counters_;
};

}  // namespace midinet::path
