#include "midi/difference.hpp"

#include <algorithm>
#include <array>

namespace midinet::midi {
namespace {

constexpr std::array kPedals{64U, 66U, 69U};
constexpr unsigned kPedalOn = 64;
constexpr unsigned kNotes = 128;
constexpr unsigned kControllers = ControlProfile::kControllers;
constexpr std::uint16_t kBendRange = 0;  // RPN
constexpr std::uint16_t kMpeZone = 6;    // RPN

unsigned msb_of(unsigned value14) noexcept { return (value14 & kMsbBits) >> 7U; }
unsigned lsb_of(unsigned value14) noexcept { return value14 & kLsbBits; }

/// Whether a told parameter has what `want` knows of it.
bool knows(const Parameter* told, const Parameter& want) noexcept {
    if (told == nullptr) return false;
    if ((want.value & kLsbOnly) == 0) return told->value == want.value;
    return (told->value & (kLsbOnly | kHasLsb)) != 0 && lsb_of(told->value) == lsb_of(want.value);
}

/// Emits messages and keeps track of what the port knows after each, since a message may change
/// more than one fact (a data entry may displace a parameter, a program change takes the pending
/// bank).
class Restorer {
  public:
    Restorer(const PortState& shadow, const PortState& truth, const ControlProfile& profile,
             std::uint64_t now_us, MessageSink& sink) noexcept
        : shadow_(shadow),
          told_(shadow),
          truth_(truth),
          profile_(profile),
          now_us_(now_us),
          sink_(sink) {}

    bool restore_handshake() noexcept;
    void expect_nothing() noexcept { told_.clear(); }
    void release_notes() noexcept;
    void raise_pedals() noexcept;
    void restore_song() noexcept;
    void restore_zones() noexcept;
    void restore_channel(unsigned channel) noexcept;
    void start_notes(unsigned channel, Duration fresh) noexcept;

  private:
    void emit(const Message& message) noexcept {
        sink_.on_message(message);
        told_.apply(message, now_us_);
    }
    void emit_control(unsigned channel, unsigned controller, unsigned value) noexcept {
        emit(control_change(channel, controller, value));
    }
    bool is_absolute(unsigned channel, unsigned controller) const noexcept {
        return profile_.of(channel, controller) == ControlClass::Absolute;
    }

    bool restore_control(unsigned channel, unsigned controller, bool again = false) noexcept;
    void restore_pair(unsigned channel, unsigned msb_controller, bool paired) noexcept;
    void restore_program(unsigned channel) noexcept;
    bool may_restore_parameters(unsigned channel) const noexcept;
    void restore_parameters(unsigned channel) noexcept;
    void restore_parameter(unsigned channel, const Parameter& want) noexcept;
    void restore_selection(unsigned channel) noexcept;
    void select(unsigned channel, const Selection& want) noexcept;
    void restore_expression(unsigned channel) noexcept;
    void restore_poly_pressure(unsigned channel, unsigned note) noexcept;

    const PortState& shadow_;
    PortState told_;
    const PortState& truth_;
    const ControlProfile& profile_;
    std::uint64_t now_us_;
    MessageSink& sink_;
    bool zones_changed_ = false;
};

/// Whether one was sent.
bool Restorer::restore_handshake() noexcept {
    if (truth_.handshake() == kNoHandshake || truth_.handshake() == told_.handshake()) return false;
    emit(handshake_message(truth_.handshake()));
    return true;
}

// Notes and pedals.

void Restorer::release_notes() noexcept {
    for (unsigned channel = 0; channel < PortState::kChannels; ++channel) {
        for (unsigned note = 0; note < kNotes && told_.sounding_on(channel) > 0; ++note)
            while (told_.sounding(channel, note) > truth_.sounding(channel, note))
                emit(note_off(channel, note));
    }
}

void Restorer::raise_pedals() noexcept {
    for (unsigned channel = 0; channel < PortState::kChannels; ++channel) {
        for (const unsigned pedal : kPedals) {
            const int want = truth_.control(channel, pedal);
            if (want < static_cast<int>(kPedalOn) && want < told_.control(channel, pedal))
                restore_control(channel, pedal);
        }
    }
}

void Restorer::start_notes(unsigned channel, Duration fresh) noexcept {
    if (truth_.sounding_on(channel) == 0) return;
    for (unsigned note = 0; note < kNotes; ++note) {
        const NoteFact want = truth_.note(channel, note, now_us_);
        if (want.age >= fresh || want.count == 0) continue;
        if (truth_.notes() == Notes::Light) {
            if (want.velocity != told_.note(channel, note, now_us_).velocity)
                emit(note_on(channel, note, want.velocity));
        }
        while (want.count > told_.sounding(channel, note))
            emit(note_on(channel, note, want.velocity));
        restore_poly_pressure(channel, note);
    }
}

void Restorer::restore_poly_pressure(unsigned channel, unsigned note) noexcept {
    const int want = truth_.poly_pressure(channel, note);
    if (want < 0 || want == told_.poly_pressure(channel, note) ||
        told_.sounding(channel, note) == 0)
        return;
    emit(poly_pressure(channel, note, static_cast<unsigned>(want)));
}

// Values.

void Restorer::restore_song() noexcept {
    const auto value14 = [](Kind kind, unsigned v) {
        return Message{static_cast<std::uint8_t>(kind), data7(v), data7(v >> 7U)};
    };
    const int song = truth_.song_select();
    if (song >= 0 && song != told_.song_select())
        emit(Message{static_cast<std::uint8_t>(Kind::SongSelect),
                     data7(static_cast<unsigned>(song))});
    const int position = truth_.song_position();
    if (position >= 0 && position != told_.song_position())
        emit(value14(Kind::SongPosition, static_cast<unsigned>(position)));
    const int transport = truth_.transport();
    if (transport < 0 || transport == told_.transport()) return;
    constexpr std::array kCommands{Kind::Stop, Kind::Start, Kind::Continue};
    emit(Message{static_cast<std::uint8_t>(kCommands[static_cast<std::size_t>(transport)])});
}

void Restorer::restore_zones() noexcept {
    for (unsigned channel = 0; channel < PortState::kChannels; ++channel) {
        const Parameter* zone = truth_.parameters(channel).find(kMpeZone);
        if (zone == nullptr || !may_restore_parameters(channel)) continue;
        if (knows(told_.parameters(channel).find(kMpeZone), *zone)) continue;
        restore_parameter(channel, *zone);
        zones_changed_ = true;
    }
}

void Restorer::restore_channel(unsigned channel) noexcept {
    restore_program(channel);
    for (unsigned controller = 1; controller < 32; ++controller)
        restore_pair(channel, controller, profile_.lsb_pairs());
    for (unsigned controller = 64; controller < kControllers; ++controller)
        restore_control(channel, controller);
    if (may_restore_parameters(channel)) {
        restore_parameters(channel);
        restore_selection(channel);
    }
    restore_expression(channel);
}

void Restorer::restore_expression(unsigned channel) noexcept {
    const int bend = truth_.bend(channel);
    if (bend >= 0 && bend != told_.bend(channel))
        emit(pitch_bend(channel, static_cast<unsigned>(bend)));
    const int pressure = truth_.channel_pressure(channel);
    if (pressure >= 0 && pressure != told_.channel_pressure(channel))
        emit(channel_pressure(channel, static_cast<unsigned>(pressure)));
    if (truth_.sounding_on(channel) == 0) return;
    for (unsigned note = 0; note < kNotes; ++note) restore_poly_pressure(channel, note);
}

/// Sends a controller where its class allows and it differs, or where it is to be sent `again`.
/// Whether it did.
bool Restorer::restore_control(unsigned channel, unsigned controller, bool again) noexcept {
    const int want = truth_.control(channel, controller);
    const int told = told_.control(channel, controller);
    if (want < 0 || (want == told && !again)) return false;
    const ControlClass control_class = profile_.of(channel, controller);
    if (control_class == ControlClass::Relative) return false;
    if (control_class == ControlClass::Momentary && (want != 0 || told <= 0)) return false;
    emit_control(channel, controller, static_cast<unsigned>(want));
    return true;
}

/// An MSB sets a receiver's LSB to zero (MIDI 1.0, p. 12), so the LSB follows it even where the
/// shadow has it.
void Restorer::restore_pair(unsigned channel, unsigned msb_controller, bool paired) noexcept {
    const bool sent = restore_control(channel, msb_controller);
    restore_control(channel, msb_controller + 32, sent && paired);
}

/// The program, selected in the bank it was selected in, then the bank that waits for the next
/// program change.
void Restorer::restore_program(unsigned channel) noexcept {
    const ProgramFact want = truth_.program(channel);
    const ProgramFact told = told_.program(channel);
    const bool msb = (want.bank & kBankMsbKnown) != 0 && is_absolute(channel, 0);
    const bool lsb = (want.bank & kBankLsbKnown) != 0 && is_absolute(channel, 32);
    const unsigned mask =
        (msb ? kBankMsbKnown | kMsbBits : 0U) | (lsb ? kBankLsbKnown | kLsbBits : 0U);
    const bool same =
        told.known && told.program == want.program && ((told.bank ^ want.bank) & mask) == 0;
    if (want.known && !same) {
        if (msb) emit_control(channel, 0, msb_of(want.bank));
        if (lsb) emit_control(channel, 32, lsb_of(want.bank));
        emit(program_change(channel, want.program));
    }
    restore_pair(channel, 0, true);
}

// Parameters.

bool Restorer::may_restore_parameters(unsigned channel) const noexcept {
    constexpr std::array kUsed{6U, 38U, 98U, 99U, 100U, 101U};
    return std::all_of(kUsed.begin(), kUsed.end(),
                       [&](unsigned c) { return is_absolute(channel, c); });
}

/// Twice, because writing one parameter may displace another from the told state's table, at most
/// one that was already passed; ParameterTable says why the second round leaves none missing.
void Restorer::restore_parameters(unsigned channel) noexcept {
    for (const bool first_round : {true, false}) {
        for (const Parameter& want : truth_.parameters(channel).view()) {
            const bool again = first_round && zones_changed_ && want.key == kBendRange;
            if (again || !knows(told_.parameters(channel).find(want.key), want))
                restore_parameter(channel, want);
        }
    }
}

void Restorer::restore_parameter(unsigned channel, const Parameter& want) noexcept {
    select(channel, {want.key, kSelectedMsb | kSelectedLsb});
    if ((want.value & kLsbOnly) == 0) emit_control(channel, 6, msb_of(want.value));
    if ((want.value & (kLsbOnly | kHasLsb)) != 0) emit_control(channel, 38, lsb_of(want.value));
}

void Restorer::select(unsigned channel, const Selection& want) noexcept {
    const bool nrpn = (want.key & kNrpn) != 0;
    if ((want.known & kSelectedMsb) != 0) emit_control(channel, nrpn ? 99 : 101, msb_of(want.key));
    if ((want.known & kSelectedLsb) != 0) emit_control(channel, nrpn ? 98 : 100, lsb_of(want.key));
}

void Restorer::restore_selection(unsigned channel) noexcept {
    constexpr Selection kNull{kNullParameter, kSelectedMsb | kSelectedLsb};
    const Selection told = told_.selection(channel);
    Selection want = truth_.selection(channel);
    if (want.known ==
        0) {  // leave the port as it was, or at least with nothing to enter data into by accident
        want = shadow_.selection(channel);
        if (want == told) return;
        if (want.known == 0) want = kNull;
    }
    const unsigned mask = kNrpn | (want.known & kSelectedMsb ? kMsbBits : 0U) |
                          (want.known & kSelectedLsb ? kLsbBits : 0U);
    const bool same =
        (told.known & want.known) == want.known && ((told.key ^ want.key) & mask) == 0;
    if (!same) select(channel, want);
}

}  // namespace

// Two states, two rules, a clock, a sink: a struct around them would say no more.
// NOLINTNEXTLINE(readability-function-size)
void difference(const PortState& shadow, const PortState& truth, const ControlProfile& profile,
                const RestorePolicy& policy, std::uint64_t now_us, MessageSink& sink) noexcept {
    if (shadow.digest() == truth.digest()) return;
    Restorer restorer{shadow, truth, profile, now_us, sink};
    const bool changes_mode = restorer.restore_handshake();
    restorer.release_notes();
    restorer.raise_pedals();
    if (!policy.values) return;
    if (changes_mode) restorer.expect_nothing();
    restorer.restore_song();
    restorer.restore_zones();
    for (unsigned channel = 0; channel < PortState::kChannels; ++channel)
        restorer.restore_channel(channel);
    for (unsigned channel = 0; channel < PortState::kChannels; ++channel)
        restorer.start_notes(channel, policy.fresh);
}

void release(const PortState& shadow, MessageSink& sink) noexcept {
    for (unsigned channel = 0; channel < PortState::kChannels; ++channel) {
        for (unsigned note = 0; note < kNotes && shadow.sounding_on(channel) > 0; ++note)
            for (unsigned left = shadow.sounding(channel, note); left > 0; --left)
                sink.on_message(note_off(channel, note));
        for (const unsigned pedal : kPedals)
            if (shadow.control(channel, pedal) > 0)
                sink.on_message(control_change(channel, pedal, 0));
    }
}

}  // namespace midinet::midi
