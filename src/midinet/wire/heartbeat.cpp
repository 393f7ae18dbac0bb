#include "wire/heartbeat.hpp"

namespace midinet::wire {
namespace {

constexpr std::uint8_t kMaxHealth = 100;

constexpr std::uint8_t kMostMisses = 100;

// Bits of the failover byte.
constexpr std::uint8_t kAutomatic = 1U << 0U;
constexpr std::uint8_t kReturns = 1U << 1U;
constexpr unsigned kTakeoverShift = 2;
constexpr std::uint8_t kTakeoverMask = 3;

void encode_failover(ByteWriter& writer, const FailoverPolicy& policy) noexcept {
    writer.u8(policy.misses);
    writer.u8(static_cast<std::uint8_t>(
        (policy.automatic ? kAutomatic : 0U) | (policy.returns ? kReturns : 0U) |
        (static_cast<unsigned>(policy.takeover) << kTakeoverShift)));
    writer.u16(policy.lockout_s);
}

/// False when a value is out of its range.
bool decode_failover(ByteReader& reader, FailoverPolicy& policy) noexcept {
    policy.misses = reader.u8();
    const std::uint8_t bits = reader.u8();
    policy.lockout_s = reader.u16();
    policy.automatic = (bits & kAutomatic) != 0;
    policy.returns = (bits & kReturns) != 0;
    const auto takeover = static_cast<std::uint8_t>((bits >> kTakeoverShift) & kTakeoverMask);
    if (takeover > static_cast<std::uint8_t>(Takeover::Pickup)) return false;
    policy.takeover = static_cast<Takeover>(takeover);
    return policy.misses >= 1 && policy.misses <= kMostMisses;
}

/// False when it is none.
bool decode_appointment(ByteReader& reader, Appointment& appointment) noexcept {
    appointment.source.value = reader.u16();
    appointment.term = reader.u32();
    return appointment.is_sound();
}

constexpr std::uint8_t kManual = 1U << 0U;

bool decode_focus(ByteReader& reader, Focus& focus) noexcept {
    focus.holder.value = reader.u64();
    focus.term = reader.u32();
    focus.by.value = reader.u16();
    focus.epoch.value = reader.u32();
    focus.manual = (reader.u8() & kManual) != 0;
    return focus.is_sound();
}

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
    encode_failover(writer, heartbeat.failover);
    writer.u16(heartbeat.appointment.source.value);
    writer.u32(heartbeat.appointment.term);
    writer.u64(heartbeat.focus.holder.value);
    writer.u32(heartbeat.focus.term);
    writer.u16(heartbeat.focus.by.value);
    writer.u32(heartbeat.focus.epoch.value);
    writer.u8(heartbeat.focus.manual ? kManual : 0);
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
    const bool failover = decode_failover(reader, beat.failover);
    const bool appointment = decode_appointment(reader, beat.appointment);
    const bool focus = decode_focus(reader, beat.focus);
    if (!reader.ok()) return tl::unexpected(DecodeError::TooShort);
    if (!failover || !appointment || !focus || !is_in_range(beat, role))
        return tl::unexpected(DecodeError::BadValue);
    beat.role = static_cast<Role>(role);
    view.blocks = reader.rest();
    if (!are_well_formed(view.blocks, beat.sent_us)) return tl::unexpected(DecodeError::BadValue);
    return view;
}

}  // namespace midinet::wire
