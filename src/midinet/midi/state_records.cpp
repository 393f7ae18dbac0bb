// A state as a list of facts, and back.
#include "midi/state.hpp"

#include <algorithm>
#include <chrono>

namespace midinet::midi {
namespace {

constexpr unsigned kValues7 = 128;
constexpr unsigned kValues14 = 16384;

int known_or_minus(std::uint8_t slot) noexcept { return slot == 0xFF ? -1 : slot; }
int known_or_minus(std::uint16_t slot) noexcept { return slot == 0xFFFF ? -1 : slot; }

/// Writes the records of one channel.
class RecordWriter {
  public:
    RecordWriter(PortIndex port, unsigned channel, RecordSink& sink) noexcept
        : port_(port), channel_(static_cast<std::uint8_t>(channel)), sink_(sink) {}

    void fact(Cell cell, unsigned key, unsigned value, std::uint16_t age_ms = 0) noexcept {
        sink_.on_record({port_, channel_, cell, static_cast<std::uint16_t>(key),
                         static_cast<std::uint16_t>(value), age_ms});
    }
    void known(Cell cell, unsigned key, int value) noexcept {
        if (value >= 0) fact(cell, key, static_cast<unsigned>(value));
    }

  private:
    PortIndex port_;
    std::uint8_t channel_;
    RecordSink& sink_;
};

std::uint16_t record_age(Duration age) noexcept {
    const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(age).count();
    return static_cast<std::uint16_t>(std::min<std::int64_t>(ms, 0xFFFF));
}

void write_notes(const PortState& state, unsigned channel, std::uint64_t now_us,
                 RecordWriter& out) noexcept {
    if (state.sounding_on(channel) == 0) return;
    for (unsigned key = 0; key < 128; ++key) {
        const NoteFact note = state.note(channel, key, now_us);
        if (note.count > 0)
            out.fact(Cell::Note, key, static_cast<unsigned>(note.count << 8U | note.velocity),
                     record_age(note.age));
    }
    for (unsigned key = 0; key < 128; ++key)
        out.known(Cell::PolyPressure, key, state.poly_pressure(channel, key));
}

void write_channel(const PortState& state, unsigned channel, std::uint64_t now_us,
                   RecordWriter& out) noexcept {
    write_notes(state, channel, now_us, out);
    for (unsigned c = 0; c < 120; ++c) out.known(Cell::Control, c, state.control(channel, c));
    const ProgramFact program = state.program(channel);
    if (program.known) out.fact(Cell::Program, program.bank, program.program);
    out.known(Cell::Bend, 0, state.bend(channel));
    out.known(Cell::ChannelPressure, 0, state.channel_pressure(channel));
    for (const Parameter& p : state.parameters(channel).view())
        out.fact(Cell::Parameter, p.key, p.value);
    const Selection selection = state.selection(channel);
    if (selection.known != 0) out.fact(Cell::Selection, selection.key, selection.known);
}

}  // namespace

int PortState::poly_pressure(unsigned channel, unsigned note) const noexcept {
    return known_or_minus(channels_[channel].pressure[note]);
}
int PortState::control(unsigned channel, unsigned controller) const noexcept {
    return controller < 120 ? known_or_minus(channels_[channel].control[controller]) : -1;
}
ProgramFact PortState::program(unsigned channel) const noexcept {
    return channels_[channel].program;
}
int PortState::bend(unsigned channel) const noexcept {
    return known_or_minus(channels_[channel].bend);
}
int PortState::channel_pressure(unsigned channel) const noexcept {
    return known_or_minus(channels_[channel].channel_pressure);
}
int PortState::transport() const noexcept { return known_or_minus(transport_); }
int PortState::song_position() const noexcept { return known_or_minus(song_position_); }
int PortState::song_select() const noexcept { return known_or_minus(song_select_); }

void PortState::for_each(std::uint64_t now_us, RecordSink& sink) const noexcept {
    for (unsigned channel = 0; channel < kChannels; ++channel) {
        RecordWriter out{port_, channel, sink};
        write_channel(*this, channel, now_us, out);
        if (channel != 0) continue;
        out.known(Cell::Transport, 0, transport());
        out.known(Cell::SongPosition, 0, song_position());
        out.known(Cell::SongSelect, 0, song_select());
        if (handshake_ != kNoHandshake)
            out.fact(Cell::Mode, handshake_ >> 16U, handshake_ & 0xFFFFU);
    }
}

bool PortState::set(const StateRecord& record, std::uint64_t now_us) noexcept {
    if (record.port != port_ || record.channel >= kChannels) return false;
    switch (record.cell) {
        case Cell::Note:
            return set_note(record, now_us);
        case Cell::PolyPressure:
        case Cell::Control:
        case Cell::Bend:
        case Cell::ChannelPressure:
            return set_value(record);
        case Cell::Program:
            return set_program(record);
        case Cell::Parameter:
            return set_parameter(record);
        case Cell::Selection:
            return set_selection(record);
        case Cell::Transport:
        case Cell::SongPosition:
        case Cell::SongSelect:
            return set_system(record);
        case Cell::Mode:
            return set_handshake(record);
    }
    return false;
}

bool PortState::set_note(const StateRecord& record, std::uint64_t now_us) noexcept {
    const unsigned count = record.value >> 8U;
    const unsigned velocity = record.value & 0xFFU;
    if (record.key >= kValues7 || count == 0 || velocity == 0 || velocity >= kValues7) return false;
    put_note(record.channel, record.key, count, velocity);
    channels_[record.channel].on_ms[record.key] =
        static_cast<std::uint32_t>(now_us / 1000) - record.age_ms;
    return true;
}

bool PortState::set_value(const StateRecord& record) noexcept {
    Channel& c = channels_[record.channel];
    const bool seven_bits = record.value < kValues7;
    switch (record.cell) {
        case Cell::PolyPressure:
            if (record.key >= kValues7 || !seven_bits || c.count[record.key] == 0) return false;
            assign(c.pressure[record.key], record.value, record.channel, record.cell, record.key);
            return true;
        case Cell::Control:
            if (record.key >= c.control.size() || !seven_bits || is_parameter_control(record.key))
                return false;
            assign(c.control[record.key], record.value, record.channel, record.cell, record.key);
            return true;
        case Cell::Bend:
            if (record.key != 0 || record.value >= kValues14) return false;
            assign(c.bend, record.value, record.channel, record.cell);
            return true;
        default:
            if (record.key != 0 || !seven_bits) return false;
            assign(c.channel_pressure, record.value, record.channel, record.cell);
            return true;
    }
}

bool PortState::set_program(const StateRecord& record) noexcept {
    const unsigned known = (record.key & kBankMsbKnown ? kBankMsbKnown | unsigned{kMsbBits} : 0U) |
                           (record.key & kBankLsbKnown ? kBankLsbKnown | unsigned{kLsbBits} : 0U);
    if ((record.key & ~known) != 0 || record.value >= kValues7) return false;
    put_program(record.channel, {true, record.key, static_cast<std::uint8_t>(record.value)});
    return true;
}

bool PortState::set_parameter(const StateRecord& record) noexcept {
    const unsigned number = record.key & kNullParameter;
    if (number == kNullParameter || (record.key & ~unsigned{kNrpn | kNullParameter}) != 0)
        return false;
    const unsigned allowed = record.value & kLsbOnly  ? unsigned{kLsbOnly | kLsbBits}
                             : record.value & kHasLsb ? unsigned{kHasLsb | kMsbBits | kLsbBits}
                                                      : unsigned{kMsbBits};
    if ((record.value & ~allowed) != 0) return false;
    put_parameter(record.channel, {record.key, record.value});
    return true;
}

bool PortState::set_selection(const StateRecord& record) noexcept {
    if (record.value == 0 || record.value > (kSelectedMsb | kSelectedLsb)) return false;
    const unsigned allowed = unsigned{kNrpn} | (record.value & kSelectedMsb ? kMsbBits : 0U) |
                             (record.value & kSelectedLsb ? kLsbBits : 0U);
    if ((record.key & ~allowed) != 0) return false;
    put_selection(record.channel, {record.key, static_cast<std::uint8_t>(record.value)});
    return true;
}

bool PortState::set_handshake(const StateRecord& record) noexcept {
    const auto handshake = static_cast<Handshake>(record.key << 16U | record.value);
    if (record.channel != 0 || notes_ != Notes::Light || handshake_message(handshake).empty())
        return false;
    put_handshake(handshake);
    return true;
}

bool PortState::set_system(const StateRecord& record) noexcept {
    if (record.channel != 0 || record.key != 0) return false;
    switch (record.cell) {
        case Cell::Transport:
            if (record.value > 2) return false;
            assign(transport_, record.value, 0, record.cell);
            return true;
        case Cell::SongPosition:
            if (record.value >= kValues14) return false;
            assign(song_position_, record.value, 0, record.cell);
            return true;
        default:
            if (record.value >= kValues7) return false;
            assign(song_select_, record.value, 0, record.cell);
            return true;
    }
}

}  // namespace midinet::midi
