// What a relay has heard of a source, by number, to answer for it.
#pragma once

#include "base/lazy_array.hpp"
#include "wire/data.hpp"

#include <array>
#include <cstring>

namespace midinet::path {

/// The last events and fragments of one (source, epoch), whatever order they came in. Memory is
/// bounded by the depths, and touched as it is used. RT-safe after construction.
class Keep {
  public:
    /// As deep as what the source itself keeps.
    static constexpr std::uint32_t kEvents = 16384;
    static constexpr std::uint32_t kFragments = 2048;

    Keep() : events_(kEvents), fragments_(kFragments), bytes_(kFragments) {}

    /// Forgets everything, in no time.
    void reset() noexcept {
        ++run_;
        newest_ = newest_bulk_ = {};
        any_ = any_bulk_ = false;
    }
    void put(const wire::Event& event) noexcept {
        auto& slot = events_[event.sequence.value % kEvents];
        if (!is_news(slot.run, slot.event.sequence, event.sequence)) return;
        slot = {.event = event, .run = run_};
    }
    void put(const wire::Bulk& bulk) noexcept {
        auto& slot = fragments_[bulk.sequence.value % kFragments];
        if (!is_news(slot.run, slot.sequence, bulk.sequence)) return;
        bulk_exists(bulk.sequence);
        slot.run = run_;
        slot.sequence = bulk.sequence;
        slot.port = bulk.port;
        slot.offset = bulk.offset;
        slot.size = static_cast<std::uint16_t>(bulk.bytes.size());
        std::memcpy(bytes_[bulk.sequence.value % kFragments].data(), bulk.bytes.data(), slot.size);
    }
    /// Numbers up to `number` were sent.
    void exists(Sequence number) noexcept { raise(newest_, any_, number); }
    void bulk_exists(Sequence number) noexcept { raise(newest_bulk_, any_bulk_, number); }
    /// The highest number that was told; 0: none yet.
    Sequence newest() const noexcept { return newest_; }
    Sequence newest_bulk() const noexcept { return newest_bulk_; }

    /// Nothing when it was not heard or is no longer kept.
    const wire::Event* event(Sequence number) const noexcept {
        const auto& slot = events_[number.value % kEvents];
        return slot.run == run_ && slot.event.sequence == number ? &slot.event : nullptr;
    }
    /// Its source and epoch are left to the caller. Lifetime of the bytes: the next call of put().
    bool fragment(Sequence number, wire::Bulk& bulk) const noexcept {
        const auto& slot = fragments_[number.value % kFragments];
        if (slot.run != run_ || slot.sequence != number) return false;
        bulk.sequence = number;
        bulk.port = slot.port;
        bulk.offset = slot.offset;
        bulk.bytes = ByteView{bytes_[number.value % kFragments]}.first(slot.size);
        return true;
    }

  private:
    struct EventSlot {
        wire::Event event;
        std::uint32_t run = 0;
    };
    struct FragmentSlot {
        std::uint32_t run = 0;
        Sequence sequence;
        PortIndex port;
        std::uint32_t offset = 0;
        std::uint16_t size = 0;
    };
    /// A repeat, or one from long ago, must not push out what is newer.
    bool is_news(std::uint32_t run, Sequence there, Sequence number) const noexcept {
        return run != run_ || is_after(number, there);
    }

    static void raise(Sequence& newest, bool& any, Sequence number) noexcept {
        if (!any || is_after(number, newest)) newest = number;
        any = true;
    }

    LazyArray<EventSlot> events_;
    LazyArray<FragmentSlot> fragments_;
    UnsetArray<std::array<std::byte, wire::kFragmentBytes>> bytes_;  ///< of the fragment there
    std::uint32_t run_ = 1;  ///< 0 is that of a slot never written
    Sequence newest_;
    Sequence newest_bulk_;
    bool any_ = false;       ///< whether newest_ was told
    bool any_bulk_ = false;  ///< whether newest_bulk_ was
};

}  // namespace midinet::path
