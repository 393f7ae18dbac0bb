// The state of a stream, in fragments that fit a datagram. Layout: docs/wire_format.md §7.
#pragma once

#include "midi/state.hpp"
#include "wire/data.hpp"

namespace midinet::wire {

/// Begins every fragment. Fragments with equal (source, epoch, at, digest) belong together.
struct JournalHead {
    SourceId source{};
    Epoch epoch{};
    Sequence at{};             ///< the state is the one after this live number
    Sequence bulk_at{};        ///< the highest bulk number at that moment
    StreamTime taken_us = 0;   ///< when; note ages count from here
    std::uint64_t digest = 0;  ///< of the whole state (all ports)
    std::uint8_t index = 0;    ///< Range: 0..count-1
    std::uint8_t count = 1;    ///< Range: 1..kMaxJournalFragments
    friend bool operator==(const JournalHead&, const JournalHead&) = default;
};
struct JournalView {
    JournalHead head{};
    ByteView records{};  ///< a whole number of midi::StateRecord, 8 bytes each
};
void encode_journal_head(ByteWriter& writer, const JournalHead& head) noexcept;
void encode_state_record(ByteWriter& writer, const midi::StateRecord& record) noexcept;
inline constexpr std::size_t kStateRecordSize = 8;
Decoded<JournalView> decode_journal(ByteView payload) noexcept;
/// Reads the next record; false at the end. Precondition: records from a JournalView.
bool read_state_record(ByteReader& records, midi::StateRecord& record) noexcept;

}  // namespace midinet::wire
