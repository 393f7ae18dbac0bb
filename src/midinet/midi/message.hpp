// One complete MIDI message, by value. Source: MIDI 1.0 Detailed Specification 4.2.
#pragma once

#include "base/bytes.hpp"

#include <array>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <span>

namespace midinet::midi {

/// What a status byte says. Channel kinds carry the channel in the low nibble; system kinds are the
/// byte itself.
enum class Kind : std::uint8_t {
    NoteOff = 0x80,
    NoteOn = 0x90,
    PolyPressure = 0xA0,
    ControlChange = 0xB0,
    ProgramChange = 0xC0,
    ChannelPressure = 0xD0,
    PitchBend = 0xE0,
    SysEx = 0xF0,
    QuarterFrame = 0xF1,
    SongPosition = 0xF2,
    SongSelect = 0xF3,
    UndefinedF4 = 0xF4,
    UndefinedF5 = 0xF5,
    TuneRequest = 0xF6,
    EndOfSysEx = 0xF7,
    Clock = 0xF8,
    UndefinedF9 = 0xF9,
    Start = 0xFA,
    Continue = 0xFB,
    Stop = 0xFC,
    UndefinedFD = 0xFD,
    ActiveSensing = 0xFE,
    SystemReset = 0xFF,
};

constexpr bool is_status(std::uint8_t byte) noexcept { return byte >= 0x80; }
constexpr bool is_realtime(std::uint8_t status) noexcept { return status >= 0xF8; }
constexpr bool is_channel(std::uint8_t status) noexcept { return status >= 0x80 && status < 0xF0; }

/// Length of a message with this status byte, status included; 0 for SysEx (F0) and for F7, whose
/// length is not fixed.
constexpr std::size_t message_size(std::uint8_t status) noexcept {
    if (!is_status(status)) return 0;
    switch (status & 0xF0U) {
        case 0xC0:
        case 0xD0:
            return 2;
        case 0xF0:
            break;
        default:
            return 3;
    }
    switch (status) {
        case 0xF0:
        case 0xF7:
            return 0;
        case 0xF1:
        case 0xF3:
            return 2;
        case 0xF2:
            return 3;
        default:
            return 1;
    }
}

/// A complete message in full-status form: a channel, system common or real-time message, or a
/// SysEx (F0 … F7) of at most kMaxInline bytes. Longer SysEx never is a Message: it travels in
/// chunks. Value type, RT-safe.
class Message {
  public:
    static constexpr std::size_t kMaxInline = 47;

    constexpr Message() noexcept = default;
    constexpr Message(std::initializer_list<std::uint8_t> bytes) noexcept {
        for (const std::uint8_t b : bytes) push_back(b);
    }
    explicit constexpr Message(std::span<const std::uint8_t> bytes) noexcept {
        for (const std::uint8_t b : bytes) push_back(b);
    }

    constexpr std::span<const std::uint8_t> bytes() const noexcept {
        return {bytes_.data(), size_};
    }
    constexpr std::size_t size() const noexcept { return size_; }
    constexpr bool empty() const noexcept { return size_ == 0; }
    /// False when there is no room.
    constexpr bool push_back(std::uint8_t byte) noexcept {
        if (size_ == kMaxInline) return false;
        bytes_[size_++] = byte;
        return true;
    }
    constexpr void clear() noexcept { size_ = 0; }
    /// False when there is no room: then it is empty.
    bool assign(ByteView bytes) noexcept {
        clear();
        if (bytes.size() > kMaxInline) return false;
        if (!bytes.empty()) std::memcpy(bytes_.data(), bytes.data(), bytes.size());
        size_ = static_cast<std::uint8_t>(bytes.size());
        return true;
    }

    constexpr std::uint8_t status() const noexcept { return bytes_[0]; }
    constexpr std::uint8_t data1() const noexcept { return bytes_[1]; }
    constexpr std::uint8_t data2() const noexcept { return bytes_[2]; }
    /// Precondition: not empty.
    constexpr Kind kind() const noexcept {
        return static_cast<Kind>(is_channel(status()) ? status() & 0xF0U : status());
    }
    /// Range: 0..15. Precondition: a channel message.
    constexpr std::uint8_t channel() const noexcept { return status() & 0x0FU; }
    constexpr bool is_channel_message() const noexcept { return is_channel(status()); }
    constexpr bool is_realtime_message() const noexcept { return is_realtime(status()); }
    /// 14-bit value of PitchBend and SongPosition. Range: 0..16383.
    constexpr std::uint16_t value14() const noexcept {
        return static_cast<std::uint16_t>(data1() | (data2() << 7U));
    }
    /// A note-on with velocity 0 is a note-off (MIDI 1.0, p. 10).
    constexpr bool is_note_on() const noexcept { return kind() == Kind::NoteOn && data2() != 0; }
    constexpr bool is_note_off() const noexcept {
        return kind() == Kind::NoteOff || (kind() == Kind::NoteOn && data2() == 0);
    }

    friend constexpr bool operator==(const Message& a, const Message& b) noexcept {
        if (a.size_ != b.size_) return false;
        for (std::size_t i = 0; i < a.size_; ++i)
            if (a.bytes_[i] != b.bytes_[i]) return false;
        return true;
    }

  private:
    std::uint8_t size_ = 0;
    std::array<std::uint8_t, kMaxInline> bytes_{};
};

/// Whether `bytes` is exactly one well-formed message that a Message may hold: a known length, data
/// bytes below 0x80, or F0 … F7 with data bytes between. RT-safe.
constexpr bool is_well_formed(std::span<const std::uint8_t> bytes) noexcept {
    if (bytes.empty() || bytes.size() > Message::kMaxInline || !is_status(bytes.front()))
        return false;
    auto end = bytes.size();
    if (bytes.front() == 0xF0) {
        if (--end == 0 || bytes.back() != 0xF7) return false;
    } else if (end != message_size(bytes.front())) {
        return false;
    }
    for (std::size_t i = 1; i < end; ++i)
        if (is_status(bytes[i])) return false;
    return true;
}

/// Takes messages one at a time, in order. Implementations used on a hot path must be RT-safe.
class MessageSink {
  public:
    virtual ~MessageSink() = default;
    virtual void on_message(const Message& message) noexcept = 0;
};

// Makers for the common messages. Channel range 0..15, data 0..127 (the high bit is cut off).
constexpr std::uint8_t data7(unsigned v) noexcept { return static_cast<std::uint8_t>(v & 0x7FU); }
constexpr std::uint8_t on_channel(Kind kind, unsigned channel) noexcept {
    return static_cast<std::uint8_t>(static_cast<unsigned>(kind) | (channel & 0x0FU));
}
constexpr Message note_on(unsigned channel, unsigned note, unsigned velocity) noexcept {
    return {on_channel(Kind::NoteOn, channel), data7(note), data7(velocity)};
}
constexpr Message note_off(unsigned channel, unsigned note, unsigned velocity = 64) noexcept {
    return {on_channel(Kind::NoteOff, channel), data7(note), data7(velocity)};
}
constexpr Message control_change(unsigned channel, unsigned controller, unsigned value) noexcept {
    return {on_channel(Kind::ControlChange, channel), data7(controller), data7(value)};
}
constexpr Message program_change(unsigned channel, unsigned program) noexcept {
    return {on_channel(Kind::ProgramChange, channel), data7(program)};
}
constexpr Message pitch_bend(unsigned channel, unsigned value14) noexcept {
    return {on_channel(Kind::PitchBend, channel), data7(value14), data7(value14 >> 7U)};
}
constexpr Message channel_pressure(unsigned channel, unsigned value) noexcept {
    return {on_channel(Kind::ChannelPressure, channel), data7(value)};
}
constexpr Message poly_pressure(unsigned channel, unsigned note, unsigned value) noexcept {
    return {on_channel(Kind::PolyPressure, channel), data7(note), data7(value)};
}

}  // namespace midinet::midi
