// The fragments of long SysEx as they come in, until their message is played.
#pragma once

#include "base/lazy_array.hpp"
#include "path/types.hpp"
#include "wire/data.hpp"

#include <array>

namespace midinet::path {

/// A ring of fragments by number; the ring is the only copy. Memory is bounded by kDepth. RT-safe
/// after construction.
class BulkWindow final : public SysExStore {
  public:
    /// 8 MiB: the longest message that can be kept whole.
    static constexpr std::uint32_t kDepth = 8192;

    BulkWindow() : slots_(kDepth), bytes_(kDepth) {}

    /// Forgets everything. Fragments before `base` were sent before we listened and are not missed.
    void reset(Sequence base) noexcept;
    /// False when it was there already, or is out of reach.
    bool put(const wire::Bulk& bulk) noexcept;
    /// Fragments up to `newest` have been sent.
    void expect(Sequence newest) noexcept;
    bool has_gap() const noexcept { return !is_after(missing_, newest_); }
    Sequence first_missing() const noexcept { return missing_; }
    Sequence newest() const noexcept { return newest_; }
    /// Stops waiting for the fragments of the first gap; their message is lost. Gives how many.
    std::uint32_t give_up() noexcept;
    /// Adds what is missing to `ranges` until it is full.
    void missing(FixedVector<wire::Range, wire::kMaxNackRanges>& ranges) const noexcept;

    Readiness readiness(const wire::SysExExtent& extent, PortIndex port) const noexcept override;
    std::optional<ByteView> fragment(Sequence sequence, PortIndex port) const noexcept override;

  private:
    struct Slot {
        Sequence sequence;
        std::uint32_t offset = 0;
        std::uint32_t crc =
            0;  ///< of the message up to and with this fragment, once all before it are here
        std::uint16_t size = 0;  ///< 0: empty
        PortIndex port;
        bool unbroken =
            false;  ///< every fragment of its message before it is here, and `crc` is valid
    };
    struct Chain {
        std::uint32_t crc_state = 0;
        std::uint32_t bytes = 0;
        bool unbroken = false;
    };
    const Slot* find(Sequence sequence) const noexcept;
    ByteView bytes(const Slot& slot) const noexcept {
        return ByteView{bytes_[slot.sequence.value % kDepth]}.first(slot.size);
    }
    void advance() noexcept;
    void chain_up(Slot& slot) noexcept;

    LazyArray<Slot> slots_;
    UnsetArray<std::array<std::byte, wire::kFragmentBytes>> bytes_;  ///< of the slot at the place
    std::array<Chain, kMaxPorts> chains_{};
    Sequence base_{1};
    Sequence missing_{1};  ///< the lowest number not here and not given up
    Sequence newest_;
};

}  // namespace midinet::path
