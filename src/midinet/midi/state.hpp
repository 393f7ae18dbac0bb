// What a MIDI stream amounts to: the state a receiver would be in. Known and unknown are different; zero is a value.
#pragma once

#include "base/types.hpp"
#include "midi/message.hpp"

#include <array>
#include <cstdint>

namespace midinet::midi {

/// The kinds of facts a state holds.
enum class Cell : std::uint8_t {
    Note = 0,             ///< key: note; value: count << 8 | velocity of the last note-on. Only while it sounds
    PolyPressure = 1,     ///< key: note; value: pressure. Only for a note that sounds
    Control = 2,          ///< key: controller 0..119, value 0..127. CC 6, 38, 96..101 are never Controls but part of parameters
    Program = 3,          ///< key: bank in force when it was sent (see kBank…); value: program
    Bend = 4,             ///< value: 0..16383
    ChannelPressure = 5,  ///< value: 0..127
    Parameter = 6,        ///< key: kNrpn? | 14-bit number; value: kHasLsb? | 14-bit value (MSB << 7 | LSB)
    Selection = 7,        ///< what CC 98..101 have selected. key: kNrpn? | 14-bit number; value: bit 0 MSB known, bit 1 LSB known
    Transport = 8,        ///< value: 0 stopped, 1 playing (Start), 2 playing (Continue). Channel 0
    SongPosition = 9,     ///< value: 0..16383. Channel 0
    SongSelect = 10,      ///< value: 0..127. Channel 0
};
inline constexpr std::uint16_t kNrpn = 1U << 14U;
inline constexpr std::uint16_t kHasLsb = 1U << 14U;
inline constexpr std::uint16_t kBankMsbKnown = 1U << 14U;  ///< Program key: bits 7..13 are CC 0's value
inline constexpr std::uint16_t kBankLsbKnown = 1U << 15U;  ///< Program key: bits 0..6 are CC 32's value

/// One fact. The journal is a list of these; a state is a set of them.
struct StateRecord {
    PortIndex port;
    std::uint8_t channel = 0;
    Cell cell = Cell::Note;
    std::uint16_t key = 0;
    std::uint16_t value = 0;
    std::uint16_t age_ms = 0;  ///< notes only: how long ago the last note-on was, at most 65,535. Not part of the digest
    friend bool operator==(const StateRecord&, const StateRecord&) = default;
};

class RecordSink {
  public:
    virtual ~RecordSink() = default;
    virtual void on_record(const StateRecord& record) noexcept = 0;
};

/// The state of one port. Fixed size (about 20 KiB), no allocation; every member is RT-safe.
class PortState {
  public:
    explicit PortState(PortIndex port = {}) noexcept;

    /// Takes a message into account. `now_us`: any clock that counts microseconds, the same one for all calls on this object; it
    /// dates note-ons. SysEx changes nothing.
    void apply(const Message& message, std::uint64_t now_us) noexcept;
    /// Sets one fact (from a journal). False, and nothing changed, when it is out of range or belongs to another port.
    bool set(const StateRecord& record, std::uint64_t now_us) noexcept;
    /// Every fact, in a fixed order (channel, cell, key).
    void for_each(std::uint64_t now_us, RecordSink& sink) const noexcept;
    void clear() noexcept;
    /// Forgets the notes that sound, and nothing else.
    void clear_notes() noexcept;

    /// Equal states have equal digests, and unequal ones equal digests with probability 2^-64; 0 for "nothing known". The digest of
    /// several ports is the sum of theirs. Kept up to date by apply and set: O(1).
    std::uint64_t digest() const noexcept { return digest_; }

    /// How many note-ons are not yet answered by a note-off; saturates at 255.
    std::uint8_t sounding(unsigned channel, unsigned note) const noexcept;
    unsigned sounding_total() const noexcept { return sounding_total_; }
    /// Value of a controller, or -1 when unknown.
    int control(unsigned channel, unsigned controller) const noexcept;
    PortIndex port() const noexcept { return port_; }
    // (further accessors as `difference` needs them)

  private:
    // implementation decides
    PortIndex port_;
    std::uint64_t digest_ = 0;
    unsigned sounding_total_ = 0;
};

}  // namespace midinet::midi
