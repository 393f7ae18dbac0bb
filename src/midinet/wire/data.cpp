#include "wire/data.hpp"

#include "base/verify.hpp"

#include <algorithm>
#include <bit>

namespace midinet::wire {
namespace {

constexpr std::size_t kExtentSize = 16;
static_assert(kMaxPorts <= 16, "an event's port is four bits");

/// How long before `sent_us`, in wire units, rounded down so that the decoded time is never in the
/// future.
std::uint16_t age_units(StreamTime time_us, StreamTime sent_us) noexcept {
    if (time_us >= sent_us) return 0;
    return static_cast<std::uint16_t>(
        std::min<std::uint64_t>((sent_us - time_us) / kAgeUnitUs, 0xFFFF));
}

bool is_encodable(const Event& event) noexcept {
    return event.port.value < kMaxPorts &&
           (event.kind != EventKind::Message || !event.message.empty());
}

/// Kind and port, size of the body, and age: four bytes in one, for a datagram may hold a hundred.
std::uint32_t head_of(const Event& event, std::size_t size, std::uint16_t age) noexcept {
    const auto kind_and_port = static_cast<std::uint32_t>(event.kind) << 4U | event.port.value;
    return kind_and_port << 24U | static_cast<std::uint32_t>(size) << 16U | age;
}

void write_extent(ByteWriter& writer, const SysExExtent& extent) noexcept {
    writer.u32(extent.first_fragment.value);
    writer.u32(extent.last_fragment.value);
    writer.u32(extent.bytes);
    writer.u32(extent.crc);
}

/// A complete long SysEx is longer than an inline one and fits the fragments it names.
bool is_plausible(const SysExExtent& extent) noexcept {
    const std::int32_t span = distance(extent.first_fragment, extent.last_fragment);
    if (span < 0 || extent.bytes <= midi::Message::kMaxInline) return false;
    return (static_cast<std::uint64_t>(span) + 1) * kFragmentBytes >= extent.bytes;
}

bool read_extent(ByteView bytes, SysExExtent& extent) noexcept {
    if (bytes.size() != kExtentSize) return false;
    ByteReader reader(bytes);
    extent.first_fragment.value = reader.u32();
    extent.last_fragment.value = reader.u32();
    extent.bytes = reader.u32();
    extent.crc = reader.u32();
    return true;
}

}  // namespace

std::size_t EventWriter::encoded_size(const Event& event) noexcept {
    return kEventOverhead + (event.kind == EventKind::Message ? event.message.size() : kExtentSize);
}

bool EventWriter::add(const Event& event) noexcept {
    if (!MIDINET_VERIFY(is_encodable(event))) return false;
    const bool opens_block = count_ == 0 || event.sequence != next_;
    const std::size_t size = encoded_size(event);
    if (writer_.room() < size + (opens_block ? kBlockHeader : 0)) return false;

    if (opens_block) {
        writer_.u32(event.sequence.value);
        count_at_ = writer_.size();
        count_ = 0;
        writer_.u16(0);
    }
    writer_.u32(head_of(event, size - kEventOverhead, age_units(event.time_us, sent_us_)));
    if (event.kind == EventKind::Message)
        writer_.bytes(std::as_bytes(event.message.bytes()));
    else
        write_extent(writer_, event.extent);
    writer_.patch_u16(count_at_, ++count_);
    next_ = event.sequence.next();
    return true;
}

/// Comes to an event, over the head of a block where there is one. False at the end.
bool EventReader::begin() noexcept {
    if (!ok_) return false;
    if (left_ != 0) return true;
    if (reader_.at_end()) return false;
    next_.value = reader_.u32();
    left_ = reader_.u16();
    ok_ = left_ != 0;  // else an empty block, or one cut off in its header
    return ok_;
}

bool EventReader::read(Raw& raw) noexcept {
    const std::uint32_t head = reader_.u32();
    raw.kind_and_port = static_cast<std::uint8_t>(head >> 24U);
    raw.age_us = (head & 0xFFFFU) * kAgeUnitUs;
    raw.body = reader_.take(head >> 16U & 0xFFU);
    next_ = next_.next();
    --left_;
    return reader_.ok() && raw.age_us <= sent_us_;
}

bool EventReader::next(Event& event) noexcept {
    if (!begin()) return false;
    event.sequence = next_;
    Raw raw;
    ok_ = read(raw);
    if (!ok_) return false;
    event.port = raw.port();
    event.kind = raw.kind();
    event.time_us = sent_us_ - raw.age_us;
    ok_ = read_body(event, raw.body);
    return ok_;
}

bool EventReader::check_next() noexcept {
    if (!begin()) return false;
    Raw raw;
    ok_ = read(raw) && is_body_valid(raw);
    return ok_;
}

std::optional<Sequence> EventReader::upcoming() noexcept {
    return begin() ? std::optional(next_) : std::nullopt;
}

void EventReader::skip() noexcept {
    Raw raw;
    ok_ = read(raw);
}

bool EventReader::is_body_valid(const Raw& raw) noexcept {
    if (raw.kind() == EventKind::Message)
        return midi::is_well_formed(
            {std::bit_cast<const std::uint8_t*>(raw.body.data()), raw.body.size()});
    Event event;
    event.kind = raw.kind();
    return read_body(event, raw.body);
}

bool EventReader::read_body(Event& event, ByteView bytes) noexcept {
    event.extent = {};
    if (event.kind == EventKind::Message)
        return event.message.assign(bytes) && midi::is_well_formed(event.message.bytes());
    event.message.clear();
    switch (event.kind) {
        case EventKind::Message:
            break;
        case EventKind::LongSysEx:
            return read_extent(bytes, event.extent) && is_plausible(event.extent);
        case EventKind::AbortedSysEx:
            return read_extent(bytes, event.extent);
    }
    return false;
}

bool are_well_formed(ByteView blocks, StreamTime sent_us) noexcept {
    EventReader reader(blocks, sent_us);
    while (reader.check_next()) {
    }
    return reader.ok();
}

void encode_data_head(ByteWriter& writer, const DataHead& head) noexcept {
    writer.u16(head.source.value);
    writer.u32(head.epoch.value);
    writer.u64(head.sent_us);
    writer.u32(head.newest.value);
    writer.u32(head.first_new.value);
}

Decoded<DataView> decode_data(ByteView payload) noexcept {
    ByteReader reader(payload);
    DataView view;
    view.head.source.value = reader.u16();
    view.head.epoch.value = reader.u32();
    view.head.sent_us = reader.u64();
    view.head.newest.value = reader.u32();
    view.head.first_new.value = reader.u32();
    if (!reader.ok()) return tl::unexpected(DecodeError::TooShort);
    if (!names_a_stream(view.head.source, view.head.epoch))
        return tl::unexpected(DecodeError::BadValue);
    view.blocks = reader.rest();
    if (!are_well_formed(view.blocks, view.head.sent_us))
        return tl::unexpected(DecodeError::BadValue);
    return view;
}

void encode_bulk(ByteWriter& writer, const Bulk& bulk) noexcept {
    writer.u16(bulk.source.value);
    writer.u32(bulk.epoch.value);
    writer.u32(bulk.sequence.value);
    writer.u8(bulk.port.value);
    writer.u32(bulk.offset);
    writer.bytes(bulk.bytes);
}

Decoded<Bulk> decode_bulk(ByteView payload) noexcept {
    ByteReader reader(payload);
    Bulk bulk;
    bulk.source.value = reader.u16();
    bulk.epoch.value = reader.u32();
    bulk.sequence.value = reader.u32();
    bulk.port.value = reader.u8();
    bulk.offset = reader.u32();
    if (!reader.ok() || reader.at_end()) return tl::unexpected(DecodeError::TooShort);
    bulk.bytes = reader.rest();
    if (bulk.bytes.size() > kFragmentBytes) return tl::unexpected(DecodeError::TooLong);
    // A message's length is 32 bits, so no byte of it lies beyond.
    const bool fits = bulk.bytes.size() <= 0xFFFF'FFFFU - bulk.offset;
    if (!fits || bulk.port.value >= kMaxPorts || !names_a_stream(bulk.source, bulk.epoch))
        return tl::unexpected(DecodeError::BadValue);
    return bulk;
}

}  // namespace midinet::wire
