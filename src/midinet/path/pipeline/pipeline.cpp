#include "path/pipeline/pipeline.hpp"

#include "midi/reset_controllers.hpp"

#include <utility>

namespace midinet::path {
namespace {

using midi::Kind;
using midi::Message;
using midi::MessageSink;

constexpr unsigned kAllSoundOff = 120;
constexpr unsigned kResetAllControllers = 121;
constexpr unsigned kLocalControl = 122;
constexpr unsigned kAllNotesOff = 123;
/// What CC 121 releases in a receiver ends here (RP-015): hold 2, 69, stays.
constexpr std::uint8_t kHighestResetPedal = 67;
constexpr std::uint8_t kHighestPedal = 69;
constexpr std::uint8_t kFullyDown = 127;
constexpr unsigned kChannels = 16;
constexpr unsigned kNumbers = 128;

Place place_of(const Message& message) noexcept { return {message.channel(), message.data1()}; }

/// The same message about another note.
Message moved(const Message& message, Place to) noexcept {
    return {midi::on_channel(message.kind(), to.channel), to.number, message.data2()};
}

void repeat(unsigned times, const Message& message, MessageSink& out) noexcept {
    for (unsigned i = 0; i < times; ++i) out.on_message(message);
}

}  // namespace

std::unique_ptr<const PipelineMap> Pipeline::use(std::unique_ptr<const PipelineMap> map,
                                                 const midi::StreamState& sent) noexcept {
    std::swap(map_, map);
    if (unchanged_)
        for (std::uint8_t p = 0; p < sent.count(); ++p)
            if (const auto* port = sent.find({p})) learn({p}, *port);
    unchanged_ = false;
    settle();
    return map;
}

/// Until now what went out is what came in.
void Pipeline::learn(PortIndex port, const midi::PortState& sent) noexcept {
    Held& held = held_[port.value];
    for (std::uint8_t channel = 0; channel < kChannels; ++channel) {
        for (std::uint8_t note = 0; note < kNumbers && sent.sounding_on(channel) > 0; ++note)
            for (unsigned i = 0; i < sent.sounding(channel, note); ++i)
                (void)held.notes.press({channel, note}, {channel, note});
        for (std::uint8_t pedal = kPedalDown; pedal <= kHighestPedal; ++pedal)
            if (is_pedal(pedal) && sent.control(channel, pedal) >= kPedalDown)
                held.pedals.press({channel, pedal}, {channel, pedal});
    }
    if (held.size() > 0) down_ |= static_cast<std::uint16_t>(1U << port.value);
}

/// What is down may be forgotten only when nothing is.
void Pipeline::settle() noexcept { unchanged_ = down_ == 0 && map_->fingerprint() == 0; }

void Pipeline::reset() noexcept {
    for (std::size_t p = 0; p < held_.size(); ++p)
        if ((down_ >> p & 1U) != 0) {
            held_[p].notes.clear();
            held_[p].pedals.clear();
        }
    down_ = 0;
    withheld_ = 0;
    settle();
}

bool Pipeline::passes_piece(PortIndex port, bool first, bool last) noexcept {
    const auto bit = static_cast<std::uint16_t>(1U << port.value);
    if (first) {
        withheld_ &= static_cast<std::uint16_t>(~bit);
        if (!map_->passes(static_cast<std::uint8_t>(Kind::SysEx))) withheld_ |= bit;
    }
    const bool passes = (withheld_ & bit) == 0;
    if (last) withheld_ &= static_cast<std::uint16_t>(~bit);
    return passes;
}

bool Pipeline::passes_aborted(PortIndex port) noexcept { return passes_piece(port, false, true); }

void Pipeline::change(PortIndex port, const Message& message, MessageSink& out) noexcept {
    Held& held = held_[port.value];
    if (message.is_channel_message())
        change_channel_message(held, message, out);
    else
        system(held, message, out);
    const auto bit = static_cast<std::uint16_t>(1U << port.value);
    down_ = static_cast<std::uint16_t>(held.size() > 0 ? down_ | bit : down_ & ~bit);
    settle();
}

void Pipeline::change_channel_message(Held& held, const Message& message,
                                      MessageSink& out) noexcept {
    switch (message.kind()) {
        case Kind::NoteOn:
        case Kind::NoteOff:
            return message.is_note_on() ? note_on(held, message, out)
                                        : note_off(held, message, out);
        case Kind::PolyPressure:
            return poly_pressure(held, message, out);
        case Kind::ControlChange:
            return message.data1() > midi::kHighestControl ? mode(held, message, out)
                                                           : control(held, message, out);
        default:
            break;
    }
    if (!map_->passes(message.status())) return;
    const auto status = midi::on_channel(message.kind(), map_->channel(message.channel()));
    out.on_message(message.size() == 2 ? Message{status, message.data1()}
                                       : Message{status, message.data1(), message.data2()});
}

void Pipeline::note_on(Held& held, const Message& message, MessageSink& out) noexcept {
    const Place in = place_of(message);
    const Place to = map_->note(in.channel, in.number);
    const auto before = held.notes.find(in);
    const unsigned offs = held.notes.press(in, to);
    if (before && offs > 0) repeat(offs, midi::note_off(before->channel, before->number), out);
    if (to.exists())
        out.on_message(midi::note_on(to.channel, to.number, map_->velocity(message.data2())));
}

/// One whose note-on never came goes where its note-on would, unless another holds that note.
void Pipeline::note_off(Held& held, const Message& message, MessageSink& out) noexcept {
    const Place in = place_of(message);
    if (const auto went = held.notes.find(in))
        return repeat(held.notes.release(in), moved(message, *went), out);
    const Place to = map_->note(in.channel, in.number);
    if (to.exists() && !held.notes.holds(to)) out.on_message(moved(message, to));
}

void Pipeline::poly_pressure(Held& held, const Message& message, MessageSink& out) noexcept {
    const Place in = place_of(message);
    const auto went = held.notes.find(in);
    const bool passes =
        went ? map_->passes(midi::MessageType::PolyPressure) : map_->passes(message.status());
    const Place to = went ? *went : map_->note(in.channel, in.number);
    if (passes && to.exists()) out.on_message(moved(message, to));
}

void Pipeline::control(Held& held, const Message& message, MessageSink& out) noexcept {
    const Place in = place_of(message);
    const auto mapped = map_->control(in.channel, in.number, message.data2());
    const Place to = mapped.to;
    if (const auto went = held.pedals.find(in); went && *went != to) {
        if (held.pedals.let_go(in))
            out.on_message(midi::control_change(went->channel, went->number, 0));
        if (message.data2() < kPedalDown) return;  // the release of that press
    }
    if (!to.exists()) return;
    if (is_pedal(to.number)) {
        if (mapped.value >= kPedalDown) {
            held.pedals.press(in, to);
        } else {
            (void)held.pedals.let_go(in);
            if (held.pedals.holds(to)) return;  // another keeps it down
        }
    }
    out.on_message(midi::control_change(to.channel, to.number, mapped.value));
}

/// CC 120 to 127: what ends notes ends those of its own channel, wherever they went.
void Pipeline::mode(Held& held, const Message& message, MessageSink& out) noexcept {
    const unsigned command = message.data1();
    if (command == kResetAllControllers) return reset_controllers(held, message, out);
    if (command != kLocalControl) end_notes(held, message.channel(), out);
    if (!map_->passes(message.status())) return;
    const unsigned channel = map_->channel(message.channel());
    // It would end what another channel plays there, and its own notes have ended already.
    if ((command == kAllSoundOff || command == kAllNotesOff) && held.notes.holds_any_on(channel))
        return;
    out.on_message(midi::control_change(channel, command, message.data2()));
}

void Pipeline::reset_controllers(Held& held, const Message& message, MessageSink& out) noexcept {
    for (const auto controller : midi::kResetToZero)  // the device has let go of them
        lift_pedal(held, {message.channel(), controller}, out);
    if (!map_->passes(message.status())) return;
    const auto channel = map_->channel(message.channel());
    out.on_message(midi::control_change(channel, kResetAllControllers, message.data2()));
    for (std::uint8_t pedal = kPedalDown; pedal <= kHighestResetPedal; ++pedal)
        if (is_pedal(pedal) && held.pedals.holds({channel, pedal}))
            out.on_message(midi::control_change(channel, pedal, kFullyDown));
}

void Pipeline::end_notes(Held& held, unsigned channel, MessageSink& out) noexcept {
    for (unsigned note = 0; note < kNumbers && held.notes.size() > 0; ++note) {
        const Place in{static_cast<std::uint8_t>(channel), static_cast<std::uint8_t>(note)};
        const auto went = held.notes.find(in);
        if (!went) continue;
        const unsigned offs = held.notes.let_go(in);
        if (offs > 0) repeat(offs, midi::note_off(went->channel, went->number), out);
    }
}

void Pipeline::lift_pedal(Held& held, Place in, MessageSink& out) noexcept {
    const auto went = held.pedals.find(in);
    if (went && held.pedals.let_go(in))
        out.on_message(midi::control_change(went->channel, went->number, 0));
}

/// A reset that does not pass ends what is down by other means.
void Pipeline::system(Held& held, const Message& message, MessageSink& out) noexcept {
    const bool passes = map_->passes(message.status());
    if (message.kind() == Kind::SystemReset) {
        for (std::uint8_t channel = 0; channel < kChannels && !passes; ++channel) {
            end_notes(held, channel, out);
            for (std::uint8_t controller = 0; controller < kNumbers; ++controller)
                lift_pedal(held, {channel, controller}, out);
        }
        held.notes.clear();
        held.pedals.clear();
    }
    if (passes) out.on_message(message);
}

}  // namespace midinet::path
