#include "wire/journal.hpp"

#include <array>

namespace midinet::wire {
namespace {

constexpr std::uint8_t kLastCell = static_cast<std::uint8_t>(midi::kLastCell);
constexpr std::size_t kCellAt = 1;

/// The cell is the one field of a record with values that mean nothing; PortState::set judges the
/// rest.
bool have_known_cells(ByteView records) noexcept {
    for (std::size_t at = 0; at < records.size(); at += kStateRecordSize)
        if (to_u8(records[at + kCellAt]) > kLastCell) return false;
    return true;
}

}  // namespace

void encode_journal_head(ByteWriter& writer, const JournalHead& head) noexcept {
    writer.u16(head.source.value);
    writer.u32(head.epoch.value);
    writer.u32(head.at.value);
    writer.u32(head.bulk_at.value);
    writer.u64(head.taken_us);
    writer.u64(head.digest);
    writer.u8(head.index);
    writer.u8(head.count);
}

void encode_state_record(ByteWriter& writer, const midi::StateRecord& record) noexcept {
    std::array<std::byte, kStateRecordSize>
        bytes{};  // so that a record that does not fit is refused whole
    ByteWriter whole(bytes);
    whole.u8(
        static_cast<std::uint8_t>((unsigned{record.port.value} << 4U) | (record.channel & 0x0FU)));
    whole.u8(static_cast<std::uint8_t>(record.cell));
    whole.u16(record.key);
    whole.u16(record.value);
    whole.u16(record.age_ms);
    writer.bytes(bytes);
}

Decoded<JournalView> decode_journal(ByteView payload) noexcept {
    ByteReader reader(payload);
    JournalView view;
    JournalHead& head = view.head;
    head.source.value = reader.u16();
    head.epoch.value = reader.u32();
    head.at.value = reader.u32();
    head.bulk_at.value = reader.u32();
    head.taken_us = reader.u64();
    head.digest = reader.u64();
    head.index = reader.u8();
    head.count = reader.u8();
    if (!reader.ok()) return tl::unexpected(DecodeError::TooShort);
    view.records = reader.rest();
    if (view.records.size() % kStateRecordSize != 0) return tl::unexpected(DecodeError::TooShort);
    if (!names_a_stream(head.source, head.epoch) || head.index >= head.count ||
        !have_known_cells(view.records))
        return tl::unexpected(DecodeError::BadValue);
    return view;
}

bool read_state_record(ByteReader& records, midi::StateRecord& record) noexcept {
    if (records.remaining() < kStateRecordSize) return false;
    const std::uint8_t port_and_channel = records.u8();
    record.port.value = port_and_channel >> 4U;
    record.channel = port_and_channel & 0x0FU;
    record.cell = static_cast<midi::Cell>(records.u8());
    record.key = records.u16();
    record.value = records.u16();
    record.age_ms = records.u16();
    return true;
}

}  // namespace midinet::wire
