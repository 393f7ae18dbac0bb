// Long SysEx: cut into numbered fragments, sent at a pace, kept for retransmission.
#pragma once

#include "base/lazy_array.hpp"
#include "path/types.hpp"

#include <array>

namespace midinet::path {

/// One fragment as it is kept.
struct Fragment {
    Sequence sequence;
    PortIndex port;
    std::uint32_t offset = 0;
    std::uint16_t size = 0;
    std::array<std::byte, wire::kFragmentBytes> bytes;

    ByteView view() const noexcept { return ByteView{bytes}.first(size); }
};

/// Cuts the bytes of long SysEx into fragments of the bulk lane. Several ports may have one open at
/// a time; their fragments then alternate in the numbering. RT-safe after construction.
class BulkSender {
  public:
    /// Fragments kept: 2 MiB of SysEx, a quarter of a second at the pace below.
    static constexpr std::uint32_t kDepth = 2048;
    /// With more unsent than this the source is not read any further: back-pressure, instead of
    /// loss.
    static constexpr std::uint32_t kBacklogLimit = 256;
    /// 8 MB/s: leaves a third of 100 Mbit/s Ethernet to everything else.
    static constexpr Duration kPace = 128us;
    /// Fragments that may go out in one go after an idle time or a late wake-up.
    static constexpr unsigned kBurst = 4;

    BulkSender() : fragments_(kDepth) {}

    /// Precondition: port.value < kMaxPorts; the first piece of a message says `first`.
    void add(PortIndex port, std::span<const std::uint8_t> bytes, bool first) noexcept;
    /// Closes the port's message: where its bytes are.
    wire::SysExExtent finish(PortIndex port) noexcept;

    /// False while more must not be read: too much waits to be sent, or a message that has ended
    /// still does. What follows it on its port waits for it at every receiver, whose room is
    /// bounded.
    bool accepts() const noexcept {
        return backlog() < kBacklogLimit && !is_after(last_finished_, sent_);
    }
    std::uint32_t backlog() const noexcept {
        return static_cast<std::uint32_t>(distance(sent_, newest_));
    }
    /// The next fragment whose time has come, or nothing.
    const Fragment* next(TimePoint now) noexcept;
    TimePoint next_due() const noexcept { return backlog() > 0 ? next_at_ : kNever; }
    Sequence newest_sent() const noexcept { return sent_; }
    /// Nothing when it was not sent yet or is no longer kept.
    const Fragment* find(Sequence sequence) const noexcept;

  private:
    struct Open {
        Fragment partial;
        wire::SysExExtent extent;
        std::uint32_t crc_state = 0;
        bool numbered = false;  ///< whether extent.first_fragment is set
    };
    void push(Open& open, PortIndex port) noexcept;

    UnsetArray<Fragment> fragments_;
    std::array<Open, kMaxPorts> open_{};
    Sequence newest_;
    std::uint32_t kept_ = 0;  ///< how many up to newest_ fragments_ holds
    Sequence sent_;
    Sequence last_finished_;  ///< last fragment of the message finished last
    TimePoint next_at_{};
};

}  // namespace midinet::path
