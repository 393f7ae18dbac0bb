// What a MIDI stream amounts to: the state a receiver would be in. Known and unknown are different;
// zero is a value.
#pragma once

#include "base/time.hpp"
#include "base/types.hpp"
#include "midi/handshake.hpp"
#include "midi/message.hpp"
#include "midi/parameter_table.hpp"

#include <array>
#include <cstdint>
#include <limits>

namespace midinet::midi {

/// The kinds of facts a state holds.
enum class Cell : std::uint8_t {
    Note =
        0,  ///< key: note; value: count << 8 | velocity of the last note-on. Only while it sounds
    PolyPressure = 1,  ///< key: note; value: pressure. Only for a note that sounds
    Control = 2,  ///< key: controller 0..119, value 0..127. CC 6, 38, 96..101 are never Controls
                  ///< but part of parameters
    Program = 3,  ///< key: bank in force when it was sent (see kBank…); value: program
    Bend = 4,     ///< value: 0..16383
    ChannelPressure = 5,  ///< value: 0..127
    Parameter = 6,  ///< key: kNrpn? | 14-bit number, not null; value: kHasLsb? | 14-bit value, or
                    ///< kLsbOnly | LSB
    Selection = 7,  ///< what CC 98..101 have selected. key: kNrpn? | 14-bit number; value: bit 0
                    ///< MSB known, bit 1 LSB known
    Transport = 8,  ///< value: 0 stopped, 1 playing (Start), 2 playing (Continue). Channel 0
    SongPosition = 9,  ///< value: 0..16383. Channel 0
    SongSelect = 10,   ///< value: 0..127. Channel 0
    Mode = 11,  ///< key and value: the high and the low half of a midi::Handshake. Channel 0;
                ///< only where notes are lights
};
inline constexpr unsigned kLastCell = 11;

inline constexpr std::uint16_t kNrpn = 1U << 14U;
/// Parameter number 127/127, RPN or NRPN: nothing is selected.
inline constexpr std::uint16_t kNullParameter = 0x3FFF;
/// CC 38 has come since the last CC 6. Without it the value's low half is 0: a receiver of an MSB
/// sets its LSB to zero (MIDI 1.0, p. 12).
inline constexpr std::uint16_t kHasLsb = 1U << 14U;
/// CC 38 has come, and CC 6 never: bits 0..6 are all that is known.
inline constexpr std::uint16_t kLsbOnly = 1U << 15U;
inline constexpr std::uint16_t kMsbBits =
    0x3F80;  ///< of a parameter's number or value, or of a bank
inline constexpr std::uint16_t kLsbBits = 0x007F;
inline constexpr std::uint8_t kSelectedMsb = 1;  ///< Selection value
inline constexpr std::uint8_t kSelectedLsb = 2;  ///< Selection value
inline constexpr std::uint16_t kBankMsbKnown =
    1U << 14U;  ///< Program key: bits 7..13 are CC 0's value
inline constexpr std::uint16_t kBankLsbKnown =
    1U << 15U;  ///< Program key: bits 0..6 are CC 32's value

/// One fact. The journal is a list of these; a state is a set of them.
struct StateRecord {
    PortIndex port;
    std::uint8_t channel = 0;
    Cell cell = Cell::Note;
    std::uint16_t key = 0;
    std::uint16_t value = 0;
    std::uint16_t age_ms = 0;  ///< notes only: how long ago the last note-on was, at most 65,535.
                               ///< Not part of the digest
    friend bool operator==(const StateRecord&, const StateRecord&) = default;
};

/// A fact's share of a digest: Random::mix of (golden ratio + port << 48 | channel << 40 | cell <<
/// 32 | key << 16 | value). Part of the wire format, since heartbeats carry sums of it. RT-safe.
std::uint64_t digest_of(const StateRecord& record) noexcept;

class RecordSink {
  public:
    virtual ~RecordSink() = default;
    virtual void on_record(const StateRecord& record) noexcept = 0;
};

/// A note that sounds, or (count 0) does not.
struct NoteFact {
    std::uint8_t count = 0;     ///< note-ons not yet answered; saturates at 255
    std::uint8_t velocity = 0;  ///< of the last note-on
    Duration age{};             ///< since the last note-on, in whole milliseconds
};
/// The last program change. `bank`: as the key of Cell::Program.
struct ProgramFact {
    bool known = false;
    std::uint16_t bank = 0;
    std::uint8_t program = 0;
};
/// What CC 98..101 have selected. Bits of halves that are not known are 0.
struct Selection {
    std::uint16_t key = 0;   ///< kNrpn? | 14-bit number
    std::uint8_t known = 0;  ///< kSelectedMsb | kSelectedLsb; 0: nothing is known
    /// Whether data entry goes somewhere: both halves known, and not null.
    bool complete() const noexcept {
        return known == (kSelectedMsb | kSelectedLsb) && (key & kNullParameter) != kNullParameter;
    }
    friend bool operator==(const Selection&, const Selection&) = default;
};

/// What note-ons mean to a receiver.
enum class Notes : std::uint8_t {
    Sound,  ///< each is answered by a note-off of its own; it may sound several times at once
    Light,  ///< the velocity is a colour or a brightness: a new one takes the place of the old one
};

/// The state of one port: a set of facts. Equal sets behave equally for every message to come,
/// whichever way they came about. Fixed size (about 20 KiB), no allocation; every member is
/// RT-safe. Accessors: channel 0..15, note and controller 0..127; values are -1 when unknown.
class PortState {
  public:
    static constexpr unsigned kChannels = 16;

    explicit PortState(PortIndex port = {}, Notes notes = Notes::Sound) noexcept;

    /// Takes a message into account; an ill-formed one changes nothing. `now_us`: any clock that
    /// counts microseconds, the same one for all calls on this object; it dates note-ons. What may
    /// surprise:
    /// - SysEx, F1, F6, F8, FE and undefined messages change nothing; FF makes everything unknown.
    /// - Where notes are lights, a surface's handshake is a fact, and other facts are left as they
    ///   are.
    /// - Poly pressure counts only while its note sounds, and is forgotten with it.
    /// - CC 32-63 are kept as they came, whatever happens to 0-31: only a profile knows who is an
    /// LSB.
    /// - CC 6 and 38 without a complete selection change nothing. CC 6 zeroes the LSB (kHasLsb).
    /// - CC 96 and 97 step a known parameter by one, up to its ends: the MSB of RPN 2, 3 and 4,
    ///   else the 14-bit value. A value known by half becomes unknown.
    /// - CC 120 and 123-127 end the channel's notes; 122 changes nothing.
    /// - CC 121 makes known what it sets in a receiver: CC 1 and 64-67 to 0, CC 11 to 127, bend
    ///   centred, channel pressure 0, known poly pressures 0, RPN and NRPN null; nothing else.
    /// Source: MIDI 1.0 Detailed Specification 4.2; RP-018 (CC 96, 97); RP-015 (CC 121).
    void apply(const Message& message, std::uint64_t now_us) noexcept;
    /// Sets one fact (from a journal). False, and nothing changed, when it is out of range, not in
    /// the form for_each gives (bits of unknown halves are 0), belongs to another port, or is poly
    /// pressure of a note that does not sound.
    bool set(const StateRecord& record, std::uint64_t now_us) noexcept;
    /// Every fact, in a fixed order (channel, cell, key). `set` on a fresh state, in this order,
    /// makes an equal one.
    void for_each(std::uint64_t now_us, RecordSink& sink) const noexcept;
    void clear() noexcept;
    /// Forgets the notes that sound (with their poly pressure), and nothing else.
    void clear_notes() noexcept;

    /// Equal states have equal digests, and unequal ones equal digests with probability 2^-64; 0
    /// for "nothing known". Ages do not count. The digest of several ports is the sum of theirs.
    /// Kept up to date by apply and set: O(1).
    std::uint64_t digest() const noexcept { return digest_; }
    /// How many facts are known; for_each gives so many. Kept up to date by apply and set: O(1).
    unsigned facts() const noexcept { return facts_; }

    /// How many note-ons are not yet answered by a note-off; saturates at 255.
    std::uint8_t sounding(unsigned channel, unsigned note) const noexcept {
        return channels_[channel].count[note];
    }
    /// The sum of `sounding` over all notes of a channel, or of the port.
    unsigned sounding_on(unsigned channel) const noexcept { return channels_[channel].sounding; }
    unsigned sounding_total() const noexcept { return sounding_total_; }
    NoteFact note(unsigned channel, unsigned note, std::uint64_t now_us) const noexcept;
    int poly_pressure(unsigned channel, unsigned note) const noexcept;
    /// Value of a controller, or -1 when unknown, and always for those that are part of parameters
    /// and for 120-127.
    int control(unsigned channel, unsigned controller) const noexcept;
    ProgramFact program(unsigned channel) const noexcept;
    int bend(unsigned channel) const noexcept;
    int channel_pressure(unsigned channel) const noexcept;
    Selection selection(unsigned channel) const noexcept { return channels_[channel].selection; }
    const ParameterTable& parameters(unsigned channel) const noexcept {
        return channels_[channel].parameters;
    }
    int transport() const noexcept;
    int song_position() const noexcept;
    int song_select() const noexcept;
    Handshake handshake() const noexcept { return handshake_; }
    PortIndex port() const noexcept { return port_; }
    Notes notes() const noexcept { return notes_; }

  private:
    static constexpr std::uint8_t kUnknown8 = 0xFF;
    static constexpr std::uint16_t kUnknown16 = 0xFFFF;
    template <typename T, std::size_t N>
    static constexpr std::array<T, N> filled(T value) noexcept {
        std::array<T, N> all{};
        for (T& one : all) one = value;
        return all;
    }

    struct Channel {
        std::array<std::uint32_t, 128>
            on_ms{};  ///< time of the last note-on, modulo 2^32 (49 days)
        std::array<std::uint8_t, 128> count{};
        std::array<std::uint8_t, 128> velocity{};
        std::array<std::uint8_t, 128> pressure = filled<std::uint8_t, 128>(kUnknown8);
        std::array<std::uint8_t, 120> control = filled<std::uint8_t, 120>(kUnknown8);
        ParameterTable parameters;
        Selection selection;
        ProgramFact program;
        std::uint16_t sounding = 0;
        std::uint16_t bend = kUnknown16;
        std::uint8_t channel_pressure = kUnknown8;
    };

    void learn(unsigned channel, Cell cell, unsigned key, unsigned value) noexcept;
    void forget(unsigned channel, Cell cell, unsigned key, unsigned value) noexcept;
    /// Gives a slot a value; its type's highest value means unknown.
    template <typename T>
    void assign(T& slot, unsigned value, unsigned channel, Cell cell, unsigned key = 0) noexcept {
        constexpr T kUnknown = std::numeric_limits<T>::max();
        if (slot == value) return;
        if (slot != kUnknown) forget(channel, cell, key, slot);
        if (value != kUnknown) learn(channel, cell, key, value);
        slot = static_cast<T>(value);
    }

    void apply_system(const Message& message) noexcept;
    void put_handshake(Handshake handshake) noexcept;
    void control_change(unsigned channel, unsigned controller, unsigned value) noexcept;
    void channel_mode(unsigned channel, unsigned controller) noexcept;
    void reset_controllers(unsigned channel) noexcept;
    void note_on(unsigned channel, unsigned note, unsigned velocity, std::uint64_t now_us) noexcept;
    void note_off(unsigned channel, unsigned note) noexcept;
    void put_note(unsigned channel, unsigned note, unsigned count, unsigned velocity) noexcept;
    void clear_notes_on(unsigned channel) noexcept;
    /// The bank that CC 0 and CC 32 name now, as a ProgramFact writes it.
    std::uint16_t chosen_bank(unsigned channel) const noexcept;
    void put_program(unsigned channel, const ProgramFact& program) noexcept;
    void select_half(unsigned channel, unsigned controller, unsigned value) noexcept;
    void put_selection(unsigned channel, const Selection& selection) noexcept;
    void enter_data(unsigned channel, bool msb, unsigned value) noexcept;
    void step_data(unsigned channel, bool up) noexcept;
    void put_parameter(unsigned channel, Parameter parameter) noexcept;
    void erase_parameter(unsigned channel, std::uint16_t key) noexcept;

    bool set_note(const StateRecord& record, std::uint64_t now_us) noexcept;
    bool set_value(const StateRecord& record) noexcept;
    bool set_program(const StateRecord& record) noexcept;
    bool set_parameter(const StateRecord& record) noexcept;
    bool set_selection(const StateRecord& record) noexcept;
    bool set_system(const StateRecord& record) noexcept;
    bool set_handshake(const StateRecord& record) noexcept;

    std::array<Channel, kChannels> channels_{};
    std::uint64_t digest_ = 0;
    unsigned facts_ = 0;
    unsigned sounding_total_ = 0;
    Handshake handshake_ = kNoHandshake;
    std::uint16_t song_position_ = kUnknown16;
    std::uint8_t song_select_ = kUnknown8;
    std::uint8_t transport_ = kUnknown8;
    PortIndex port_;
    Notes notes_;
};

/// Whether a controller is part of RPN and NRPN transactions (6, 38, 96..101), so never a value of
/// its own.
constexpr bool is_parameter_control(unsigned controller) noexcept {
    return controller == 6 || controller == 38 || (controller >= 96 && controller <= 101);
}

}  // namespace midinet::midi
