// The state of a source, put together from its fragments.
#pragma once

#include "midi/stream_state.hpp"
#include "wire/journal.hpp"

#include <bitset>

namespace midinet::path {

/// Collects the fragments of the newest journal seen. RT-safe after construction.
class JournalAssembler {
  public:
    void reset() noexcept {
        begun_ = false;
        received_.reset();
    }
    /// Takes a fragment in. A fragment of an older journal than the one begun is ignored.
    void put(const wire::JournalView& view) noexcept {
        const auto& head = view.head;
        if (begun_ && is_after(head_.at, head.at)) return;
        if (!begun_ || head_.at != head.at || head_.digest != head.digest ||
            head_.count != head.count) {
            head_ = head;
            begun_ = true;
            received_.reset();
            state_.clear();
        }
        if (received_.test(head.index)) return;
        received_.set(head.index);
        ByteReader records{view.records};
        midi::StateRecord record;
        while (wire::read_state_record(records, record))
            if (record.port.value < kMaxPorts)
                (void)state_.at(record.port).set(record, head.taken_us);
    }
    /// All fragments are here and give the digest they promise.
    bool complete() const noexcept {
        return begun_ && received_.count() == head_.count && state_.digest() == head_.digest;
    }
    const wire::JournalHead& head() const noexcept { return head_; }
    const midi::StreamState& state() const noexcept { return state_; }

  private:
    wire::JournalHead head_;
    std::bitset<256> received_;
    midi::StreamState state_;
    bool begun_ = false;
};

}  // namespace midinet::path
