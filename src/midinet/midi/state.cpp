#include "midi/state.hpp"

#include "base/random.hpp"
#include "midi/reset_controllers.hpp"

#include <algorithm>

namespace midinet::midi {
namespace {

constexpr unsigned kMaxCount = 255;

std::uint32_t wrapped_ms(std::uint64_t us) noexcept {
    return static_cast<std::uint32_t>(us / 1000);
}

}  // namespace

std::uint64_t digest_of(const StateRecord& record) noexcept {
    const std::uint64_t packed = std::uint64_t{record.port.value} << 48U |
                                 std::uint64_t{record.channel} << 40U |
                                 static_cast<std::uint64_t>(record.cell) << 32U |
                                 std::uint64_t{record.key} << 16U | record.value;
    return Random::mix(0x9E3779B97F4A7C15ULL + packed);
}

PortState::PortState(PortIndex port, Notes notes) noexcept : port_(port), notes_(notes) {}

void PortState::apply(const Message& message, std::uint64_t now_us) noexcept {
    if (!is_well_formed(message.bytes())) return;
    if (!message.is_channel_message()) {
        apply_system(message);
        return;
    }
    const unsigned channel = message.channel();
    const unsigned data1 = message.data1();
    switch (message.kind()) {
        case Kind::NoteOff:
            note_off(channel, data1);
            break;
        case Kind::NoteOn:
            if (message.is_note_on())
                note_on(channel, data1, message.data2(), now_us);
            else
                note_off(channel, data1);
            break;
        case Kind::PolyPressure:
            if (sounding(channel, data1) > 0)
                assign(channels_[channel].pressure[data1], message.data2(), channel,
                       Cell::PolyPressure, data1);
            break;
        case Kind::ControlChange:
            control_change(channel, data1, message.data2());
            break;
        case Kind::ProgramChange:
            put_program(channel, {true, chosen_bank(channel), message.data1()});
            break;
        case Kind::ChannelPressure:
            assign(channels_[channel].channel_pressure, data1, channel, Cell::ChannelPressure);
            break;
        case Kind::PitchBend:
            assign(channels_[channel].bend, message.value14(), channel, Cell::Bend);
            break;
        default:
            break;
    }
}

void PortState::apply_system(const Message& message) noexcept {
    switch (message.kind()) {
        case Kind::SysEx:
            if (notes_ != Notes::Light) break;
            if (const auto handshake = handshake_of(message); handshake != kNoHandshake)
                put_handshake(handshake);
            break;
        case Kind::SongPosition:
            assign(song_position_, message.value14(), 0, Cell::SongPosition);
            break;
        case Kind::SongSelect:
            assign(song_select_, message.data1(), 0, Cell::SongSelect);
            break;
        case Kind::Start:
            assign(transport_, 1, 0, Cell::Transport);
            break;
        case Kind::Continue:
            assign(transport_, 2, 0, Cell::Transport);
            break;
        case Kind::Stop:
            assign(transport_, 0, 0, Cell::Transport);
            break;
        case Kind::SystemReset:
            clear();
            break;
        default:
            break;
    }
}

void PortState::clear() noexcept {
    for (Channel& channel : channels_) channel = Channel{};
    digest_ = 0;
    facts_ = 0;
    sounding_total_ = 0;
    song_position_ = kUnknown16;
    song_select_ = kUnknown8;
    transport_ = kUnknown8;
    handshake_ = kNoHandshake;
}

void PortState::clear_notes() noexcept {
    for (unsigned channel = 0; channel < kChannels; ++channel) clear_notes_on(channel);
}

// Facts and the digest. Whatever changes a fact goes through here.

void PortState::learn(unsigned channel, Cell cell, unsigned key, unsigned value) noexcept {
    ++facts_;
    digest_ += digest_of({.port = port_,
                          .channel = static_cast<std::uint8_t>(channel),
                          .cell = cell,
                          .key = static_cast<std::uint16_t>(key),
                          .value = static_cast<std::uint16_t>(value)});
}

void PortState::forget(unsigned channel, Cell cell, unsigned key, unsigned value) noexcept {
    --facts_;
    digest_ -= digest_of({.port = port_,
                          .channel = static_cast<std::uint8_t>(channel),
                          .cell = cell,
                          .key = static_cast<std::uint16_t>(key),
                          .value = static_cast<std::uint16_t>(value)});
}

void PortState::put_handshake(Handshake handshake) noexcept {
    constexpr unsigned kHalf = 16;
    constexpr unsigned kLow = 0xFFFF;
    if (handshake_ == handshake) return;
    if (handshake_ != kNoHandshake) forget(0, Cell::Mode, handshake_ >> kHalf, handshake_ & kLow);
    learn(0, Cell::Mode, handshake >> kHalf, handshake & kLow);
    handshake_ = handshake;
}

// Notes.

void PortState::put_note(unsigned channel, unsigned note, unsigned count,
                         unsigned velocity) noexcept {
    Channel& c = channels_[channel];
    const unsigned before = c.count[note];
    if (before > 0) forget(channel, Cell::Note, note, before << 8U | c.velocity[note]);
    if (count > 0)
        learn(channel, Cell::Note, note, count << 8U | velocity);
    else
        assign(c.pressure[note], kUnknown8, channel, Cell::PolyPressure, note);
    c.count[note] = static_cast<std::uint8_t>(count);
    c.velocity[note] = static_cast<std::uint8_t>(velocity);
    c.sounding = static_cast<std::uint16_t>(c.sounding - before + count);
    sounding_total_ = sounding_total_ - before + count;
}

void PortState::note_on(unsigned channel, unsigned note, unsigned velocity,
                        std::uint64_t now_us) noexcept {
    const unsigned at_once = notes_ == Notes::Light ? 1U : kMaxCount;
    put_note(channel, note, std::min(sounding(channel, note) + 1U, at_once), velocity);
    channels_[channel].on_ms[note] = wrapped_ms(now_us);
}

void PortState::note_off(unsigned channel, unsigned note) noexcept {
    const unsigned count = sounding(channel, note);
    if (count > 0) put_note(channel, note, count - 1, channels_[channel].velocity[note]);
}

void PortState::clear_notes_on(unsigned channel) noexcept {
    for (unsigned note = 0; note < 128 && sounding_on(channel) > 0; ++note)
        if (sounding(channel, note) > 0) put_note(channel, note, 0, 0);
}

NoteFact PortState::note(unsigned channel, unsigned note, std::uint64_t now_us) const noexcept {
    const Channel& c = channels_[channel];
    std::uint32_t elapsed = wrapped_ms(now_us) - c.on_ms[note];
    // An event's time may lie a little ahead of the caller's; that is no age of 49 days.
    constexpr std::uint32_t kAhead = 0xFFFF'0000;
    if (elapsed >= kAhead) elapsed = 0;
    return {c.count[note], c.velocity[note], std::chrono::milliseconds{elapsed}};
}

// Controllers.

void PortState::control_change(unsigned channel, unsigned controller, unsigned value) noexcept {
    if (controller >= 120) {
        channel_mode(channel, controller);
        return;
    }
    switch (controller) {
        case 6:
        case 38:
            enter_data(channel, controller == 6, value);
            break;
        case 96:
        case 97:
            step_data(channel, controller == 96);
            break;
        case 98:
        case 99:
        case 100:
        case 101:
            select_half(channel, controller, value);
            break;
        default:
            assign(channels_[channel].control[controller], value, channel, Cell::Control,
                   controller);
    }
}

void PortState::channel_mode(unsigned channel, unsigned controller) noexcept {
    switch (controller) {
        case 121:
            reset_controllers(channel);
            break;
        case 122:
            break;
        default:
            clear_notes_on(channel);
    }
}

void PortState::reset_controllers(unsigned channel) noexcept {
    Channel& c = channels_[channel];
    for (const unsigned off : kResetToZero) assign(c.control[off], 0, channel, Cell::Control, off);
    assign(c.control[11], 127, channel, Cell::Control, 11);
    assign(c.bend, 8192, channel, Cell::Bend);
    assign(c.channel_pressure, 0, channel, Cell::ChannelPressure);
    for (unsigned note = 0; note < 128 && c.sounding > 0; ++note)
        if (c.pressure[note] != kUnknown8)
            assign(c.pressure[note], 0, channel, Cell::PolyPressure, note);
    put_selection(channel, {kNullParameter, kSelectedMsb | kSelectedLsb});
}

std::uint16_t PortState::chosen_bank(unsigned channel) const noexcept {
    const int msb = control(channel, 0);
    const int lsb = control(channel, 32);
    return static_cast<std::uint16_t>(
        (msb < 0 ? 0U : kBankMsbKnown | static_cast<unsigned>(msb) << 7U) |
        (lsb < 0 ? 0U : kBankLsbKnown | static_cast<unsigned>(lsb)));
}

void PortState::put_program(unsigned channel, const ProgramFact& program) noexcept {
    ProgramFact& slot = channels_[channel].program;
    if (slot.known) forget(channel, Cell::Program, slot.bank, slot.program);
    learn(channel, Cell::Program, program.bank, program.program);
    slot = program;
}

// Parameters.

void PortState::select_half(unsigned channel, unsigned controller, unsigned value) noexcept {
    const bool nrpn = controller <= 99;
    const bool msb = controller == 99 || controller == 101;
    Selection next = selection(channel);
    if (((next.key & kNrpn) != 0) != nrpn) next = {nrpn ? kNrpn : std::uint16_t{0}, 0};
    const unsigned kept = next.key & ~unsigned{msb ? kMsbBits : kLsbBits};
    next.key = static_cast<std::uint16_t>(kept | (msb ? value << 7U : value));
    next.known = static_cast<std::uint8_t>(next.known | (msb ? kSelectedMsb : kSelectedLsb));
    put_selection(channel, next);
}

void PortState::put_selection(unsigned channel, const Selection& selection) noexcept {
    Selection& slot = channels_[channel].selection;
    if (slot.known != 0) forget(channel, Cell::Selection, slot.key, slot.known);
    learn(channel, Cell::Selection, selection.key, selection.known);
    slot = selection;
}

void PortState::enter_data(unsigned channel, bool msb, unsigned value) noexcept {
    const Selection selected = selection(channel);
    if (!selected.complete()) return;
    unsigned next = value << 7U;
    if (!msb) {
        const Parameter* known = parameters(channel).find(selected.key);
        const bool msb_known = known != nullptr && (known->value & kLsbOnly) == 0;
        next = msb_known ? kHasLsb | (known->value & kMsbBits) | value : kLsbOnly | value;
    }
    put_parameter(channel, {selected.key, static_cast<std::uint16_t>(next)});
}

void PortState::step_data(unsigned channel, bool up) noexcept {
    const Selection selected = selection(channel);
    if (!selected.complete()) return;
    const Parameter* known = parameters(channel).find(selected.key);
    if (known == nullptr) return;
    if ((known->value & kLsbOnly) != 0) {  // whether the step carries cannot be said
        erase_parameter(channel, selected.key);
        return;
    }
    const bool coarse = selected.key >= 2 && selected.key <= 4;
    const int value = known->value & (kMsbBits | kLsbBits);
    const int lowest = coarse ? value & kLsbBits : 0;
    const int highest = coarse ? value | kMsbBits : kMsbBits | kLsbBits;
    const int next = std::clamp(value + (up ? 1 : -1) * (coarse ? 128 : 1), lowest, highest);
    const unsigned flags = coarse ? known->value & kHasLsb : unsigned{kHasLsb};
    put_parameter(channel,
                  {selected.key, static_cast<std::uint16_t>(flags | static_cast<unsigned>(next))});
}

void PortState::put_parameter(unsigned channel, Parameter parameter) noexcept {
    const auto gone = channels_[channel].parameters.put(parameter);
    if (gone) forget(channel, Cell::Parameter, gone->key, gone->value);
    learn(channel, Cell::Parameter, parameter.key, parameter.value);
}

void PortState::erase_parameter(unsigned channel, std::uint16_t key) noexcept {
    const auto gone = channels_[channel].parameters.erase(key);
    if (gone) forget(channel, Cell::Parameter, gone->key, gone->value);
}

}  // namespace midinet::midi
