// The state of a source, put together from its fragments.
#pragma once

#include "base/lazy_array.hpp"
#include "midi/stream_state.hpp"
#include "wire/journal.hpp"

#include <array>
#include <bitset>
#include <cstring>

namespace midinet::path {

/// Collects the fragments of the newest journal seen, whatever their order. They are read only
/// when all are here: a record may rest on one in an earlier fragment. RT-safe after construction.
class JournalAssembler {
  public:
    explicit JournalAssembler(midi::Notes notes = midi::Notes::Sound)
        : fragments_(wire::kMaxJournalFragments), state_(notes) {}

    void reset() noexcept {
        begun_ = complete_ = false;
        received_.reset();
    }
    /// Takes a fragment in. A fragment of an older journal than the one begun is ignored.
    void put(const wire::JournalView& view) noexcept {
        const auto& head = view.head;
        if (begun_ && is_after(head_.at, head.at)) return;
        if (!begun_ || head_.at != head.at || head_.digest != head.digest ||
            head_.count != head.count) {
            reset();
            head_ = head;
            begun_ = true;
        }
        if (received_.test(head.index)) return;
        received_.set(head.index);
        auto& kept = fragments_[head.index];
        kept.size = std::min(view.records.size(), kept.bytes.size());
        std::memcpy(kept.bytes.data(), view.records.data(), kept.size);
        if (received_.count() == head_.count) assemble();
    }
    /// All fragments are here and give the digest they promise.
    bool complete() const noexcept { return complete_; }
    const wire::JournalHead& head() const noexcept { return head_; }
    const midi::StreamState& state() const noexcept { return state_; }

  private:
    struct Fragment {
        std::size_t size;
        std::array<std::byte, wire::kMaxPayload> bytes;
    };

    void assemble() noexcept {
        state_.clear();
        for (unsigned i = 0; i < head_.count; ++i) {
            ByteReader records{ByteView{fragments_[i].bytes}.first(fragments_[i].size)};
            midi::StateRecord record;
            while (wire::read_state_record(records, record))
                if (record.port.value < kMaxPorts)
                    (void)state_.at(record.port).set(record, head_.taken_us);
        }
        complete_ = state_.digest() == head_.digest;
        if (!complete_) reset();  // not what was promised: begin anew with whatever comes next
    }

    wire::JournalHead head_;
    std::bitset<wire::kMaxJournalFragments> received_;
    UnsetArray<Fragment> fragments_;
    midi::StreamState state_;
    bool begun_ = false;
    bool complete_ = false;
};

}  // namespace midinet::path
