#include "wire/heartbeat.hpp"

namespace midinet::wire {
namespace {

constexpr std::uint8_t kMaxHealth = 100;

bool is_in_range(const Heartbeat& beat, std::uint8_t role) noexcept {
    return names_a_stream(beat.source, beat.epoch) && is_role(role) && beat.health <= kMaxHealth &&
           beat.ports <= kMaxPorts && beat.interval_us != 0;
}

}  // namespace

void encode_heartbeat(ByteWriter& writer, const Heartbeat& heartbeat) noexcept {
    writer.u16(heartbeat.source.value);
    writer.u32(heartbeat.epoch.value);
    writer.u64(heartbeat.sent_us);
    writer.u32(heartbeat.beat);
    writer.u16(heartbeat.interval_us);
    writer.u8(static_cast<std::uint8_t>(heartbeat.role));
    writer.u8(heartbeat.flags);
    writer.u8(heartbeat.health);
    writer.u8(heartbeat.ports);
    writer.u32(heartbeat.newest.value);
    writer.u32(heartbeat.newest_bulk.value);
    writer.u64(heartbeat.digest);
}

Decoded<HeartbeatView> decode_heartbeat(ByteView payload) noexcept {
    ByteReader reader(payload);
    HeartbeatView view;
    Heartbeat& beat = view.beat;
    beat.source.value = reader.u16();
    beat.epoch.value = reader.u32();
    beat.sent_us = reader.u64();
    beat.beat = reader.u32();
    beat.interval_us = reader.u16();
    const std::uint8_t role = reader.u8();
    beat.flags = reader.u8();
    beat.health = reader.u8();
    beat.ports = reader.u8();
    beat.newest.value = reader.u32();
    beat.newest_bulk.value = reader.u32();
    beat.digest = reader.u64();
    if (!reader.ok()) return tl::unexpected(DecodeError::TooShort);
    if (!is_in_range(beat, role)) return tl::unexpected(DecodeError::BadValue);
    beat.role = static_cast<Role>(role);
    view.blocks = reader.rest();
    if (!are_well_formed(view.blocks, beat.sent_us)) return tl::unexpected(DecodeError::BadValue);
    return view;
}

}  // namespace midinet::wire
