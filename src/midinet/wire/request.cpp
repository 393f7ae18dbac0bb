#include "wire/request.hpp"

namespace midinet::wire {
namespace {

using Ranges = FixedVector<Range, kMaxNackRanges>;
constexpr std::uint8_t kReleaseFlag = 1U << 0U;

void encode_ranges(ByteWriter& writer, const Ranges& ranges) noexcept {
    for (const Range& range : ranges) {
        writer.u32(range.first.value);
        writer.u32(range.last.value);
    }
}

/// False when a range ends before it begins.
bool decode_ranges(ByteReader& reader, std::uint8_t count, Ranges& ranges) noexcept {
    for (std::uint8_t i = 0; i < count; ++i) {
        const Sequence first{reader.u32()};
        const Sequence last{reader.u32()};
        if (distance(first, last) < 0) return false;
        ranges.push_back({first, last});
    }
    return true;
}

}  // namespace

void encode_nack(ByteWriter& writer, const Nack& nack) noexcept {
    writer.u16(nack.source.value);
    writer.u32(nack.epoch.value);
    writer.u8(nack.flags);
    writer.u8(static_cast<std::uint8_t>(nack.live.size()));
    writer.u8(static_cast<std::uint8_t>(nack.bulk.size()));
    encode_ranges(writer, nack.live);
    encode_ranges(writer, nack.bulk);
}

Decoded<Nack> decode_nack(ByteView payload) noexcept {
    ByteReader reader(payload);
    Nack nack;
    nack.source.value = reader.u16();
    nack.epoch.value = reader.u32();
    nack.flags = reader.u8();
    const std::uint8_t live = reader.u8();
    const std::uint8_t bulk = reader.u8();
    if (!reader.ok()) return tl::unexpected(DecodeError::TooShort);
    if (live > kMaxNackRanges || bulk > kMaxNackRanges) return tl::unexpected(DecodeError::TooLong);
    const bool ordered =
        decode_ranges(reader, live, nack.live) && decode_ranges(reader, bulk, nack.bulk);
    if (!reader.ok()) return tl::unexpected(DecodeError::TooShort);
    if (!ordered) return tl::unexpected(DecodeError::BadValue);
    if (!reader.at_end()) return tl::unexpected(DecodeError::TrailingBytes);
    return nack;
}

void encode_lease(ByteWriter& writer, const Lease& lease) noexcept {
    writer.u8(lease.release ? kReleaseFlag : 0);
}

Decoded<Lease> decode_lease(ByteView payload) noexcept {
    ByteReader reader(payload);
    const std::uint8_t flags = reader.u8();
    if (!reader.ok()) return tl::unexpected(DecodeError::TooShort);
    if (!reader.at_end()) return tl::unexpected(DecodeError::TrailingBytes);
    return Lease{(flags & kReleaseFlag) != 0};
}

}  // namespace midinet::wire
