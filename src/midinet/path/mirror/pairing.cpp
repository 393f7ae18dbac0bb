#include "path/mirror/pairing.hpp"

#include "base/verify.hpp"
#include "midi/state.hpp"

#include <algorithm>

namespace midinet::path {
namespace {

constexpr unsigned kAllSoundOff = 120;
constexpr unsigned kAllNotesOff = 123;

bool is_realtime(const wire::Event& event) noexcept {
    return event.kind == wire::EventKind::Message && event.message.is_realtime_message();
}

bool is_control(const midi::Message& m) noexcept { return m.kind() == midi::Kind::ControlChange; }

bool ends_note(const midi::Message& m, const midi::Message& on) noexcept {
    if (m.channel() != on.channel()) return false;
    if (m.is_note_off()) return m.data1() == on.data1();
    return is_control(m) && (m.data1() == kAllSoundOff || m.data1() >= kAllNotesOff);
}

/// Whether `newer` says what `older` said anew: the same control, bend, pressure or program.
bool replaces(const midi::Message& newer, const midi::Message& older) noexcept {
    if (newer.status() != older.status()) return false;
    switch (older.kind()) {
        case midi::Kind::ControlChange:
            return newer.data1() == older.data1() && older.data1() < kAllSoundOff;
        case midi::Kind::PolyPressure:
            return newer.data1() == older.data1();
        case midi::Kind::ProgramChange:
        case midi::Kind::ChannelPressure:
        case midi::Kind::PitchBend:
            return true;
        default:
            return false;
    }
}

bool is_parameter(const midi::Message& m) noexcept {
    return is_control(m) && midi::is_parameter_control(m.data1());
}

}  // namespace

Pairing::Pairing(const PairingOptions& options) : options_(options) {
    options_.lanes = std::clamp(options_.lanes, 1U, kMaxLanes);
}

bool Pairing::first(LaneId lane, const wire::Event& event, TimePoint now) noexcept {
    closing_.clear();
    if (!MIDINET_VERIFY(lane.value < options_.lanes)) return true;
    auto& own = lanes_[lane.value];
    expire(own, now);
    own.heard = now;
    number(lane, event);
    const Likeness what{event};
    if (is_late_copy(lane, event, what) || pay(lane, event, what)) {
        ++counters_.second;
        return false;
    }
    if (!keep_order(lane, event)) {
        ++counters_.superseded;
        return false;
    }
    if (!closing_.empty()) ++counters_.closed;
    ++counters_.first;
    owe(lane,
        {.what = what, .played = now, .number = event.sequence, .run = own.run, .from = lane});
    return true;
}

void Pairing::hold(LaneId lane, const wire::Event& event) noexcept {
    if (MIDINET_VERIFY(lane.value < options_.lanes)) number(lane, event);
}

void Pairing::played(LaneId lane, const wire::Event& event, TimePoint now) noexcept {
    owe(lane, {.what = Likeness{event}, .played = now, .from = lane});
}

bool Pairing::owes(LaneId lane, TimePoint now) noexcept {
    if (!MIDINET_VERIFY(lane.value < options_.lanes)) return false;
    expire(lanes_[lane.value], now);
    return !lanes_[lane.value].debts.empty();
}

bool Pairing::joins_behind(LaneId lane, const wire::Event& event, TimePoint then) noexcept {
    if (!MIDINET_VERIFY(lane.value < options_.lanes)) return false;
    auto& debts = lanes_[lane.value].debts;
    const Likeness what{event};
    std::uint32_t copy = 0;
    const bool owes = debts.any([&](std::uint32_t i, const Debt& debt) {
        copy = i;
        return debt.played >= then && debt.what == what;
    });
    if (owes) debts.forget_until(copy);
    return owes;
}

void Pairing::joins_ahead(LaneId lane) noexcept {
    if (MIDINET_VERIFY(lane.value < options_.lanes)) lanes_[lane.value].debts.forget_all_but_last();
}

bool Pairing::goes_on_without(LaneId lane, TimePoint now) const noexcept {
    for (unsigned l = 0; l < options_.lanes; ++l)
        if (l != lane.value && lives(lanes_[l], now)) return true;
    return false;
}

void Pairing::expire(Lane& lane, TimePoint now) noexcept {
    const auto expired = lane.debts.expire(now - options_.window);
    if (lives(lane, now)) counters_.unpaired += expired.count;
    // What was played as it began may have been read before.
    lane.missed |= expired.count > 0 && expired.latest >= lane.began + options_.window;
}

void Pairing::restart(LaneId lane, TimePoint now) noexcept {
    if (!MIDINET_VERIFY(lane.value < options_.lanes)) return;
    auto& own = lanes_[lane.value];
    own.numbering.reset();
    own.began = now;
    own.missed = false;
    own.debts.forget_expired();
    own.run = static_cast<std::uint16_t>(own.run == 0xFFFF ? 1 : own.run + 1);
    for (unsigned other = 0; other < kMaxLanes; ++other)
        parallels_[lane.value][other] = parallels_[other][lane.value] = {};
}

/// What the lane just passed over it will never bring: those debts are void.
void Pairing::number(LaneId lane, const wire::Event& event) noexcept {
    auto& own = lanes_[lane.value];
    if (!own.numbering.take(event.sequence, is_tick(event))) return;
    own.debts.any([&](std::uint32_t i, const Debt& debt) {
        if (debt.run == lanes_[debt.from.value].run && lost_by(lane, debt.from, debt.number))
            own.debts.erase(i);
        return false;
    });
}

bool Pairing::pay(LaneId lane, const wire::Event& event, const Likeness& what) noexcept {
    auto& debts = lanes_[lane.value].debts;
    return debts.any([&](std::uint32_t i, const Debt& debt) {
        if (debt.what != what) return false;
        // Who lost this very event has played another one like it.
        if (debt.run == lanes_[debt.from.value].run && lost_by(debt.from, lane, event.sequence))
            return false;
        if (!is_realtime(event)) learn(lane, event.sequence, debt);
        debts.erase(i);
        return true;
    });
}

/// Content and number agree: the lane was stopped, and goes on where it was. What it passes over on
/// the way it will not bring any more.
bool Pairing::is_late_copy(LaneId lane, const wire::Event& event, const Likeness& what) noexcept {
    auto& debts = lanes_[lane.value].debts;
    return debts.any_expired([&](std::uint32_t i, const Debt& debt) {
        Sequence copy;
        const bool known = copy_of(debt, lane, copy);
        const bool is_it = known && copy == event.sequence && debt.what == what;
        const bool passed = known && !is_after(copy, event.sequence) && !is_tick(event);
        if (is_it || passed || debt.run != lanes_[debt.from.value].run) debts.erase(i);
        return is_it;
    });
}

void Pairing::owe(LaneId lane, const Debt& debt) noexcept {
    for (unsigned l = 0; l < options_.lanes; ++l) {
        auto& other = lanes_[l];
        if (l == lane.value) continue;
        if (debt.run != 0 && lost_by(LaneId{static_cast<std::uint8_t>(l)}, lane, debt.number))
            continue;
        expire(other, debt.played);
        if (!other.debts.push(debt) && lives(other, debt.played)) ++counters_.overflows;
    }
}

/// An event no other lane has brought, while some have brought later ones: what must be said behind
/// it so that it does no harm. False when it must not be played at all.
bool Pairing::keep_order(LaneId lane, const wire::Event& event) noexcept {
    auto& debts = lanes_[lane.value].debts;
    if (debts.empty() || event.kind != wire::EventKind::Message) return true;
    const auto& message = event.message;
    if (!message.is_channel_message()) return true;
    if (message.is_note_on()) {
        close_note(lane, event);
        return true;
    }
    if (is_turn(message)) return true;
    bool too_late = false;
    Sequence newest = event.sequence;
    debts.any([&](std::uint32_t, const Debt& debt) {
        const auto other = debt.what.channel_message();
        Sequence copy;
        if (other.empty() || debt.what.port() != event.port || !copy_of(debt, lane, copy))
            return false;
        // Half a transaction behind another would set what nobody meant. The lane that lost it has
        // its journal.
        too_late |= is_parameter(message) && is_parameter(other) &&
                    message.channel() == other.channel() && is_after(copy, event.sequence) &&
                    lost_by(debt.from, lane, event.sequence);
        // The latest in the performance: with three lanes not always the one that was played last.
        if (!replaces(other, message) || !is_after(copy, newest)) return too_late;
        closing_ = other;
        newest = copy;
        return too_late;
    });
    if (too_late) closing_.clear();
    return !too_late;
}

/// Of an encoder: it adds to what was before, and neither replaces nor is replaced.
bool Pairing::is_turn(const midi::Message& message) const noexcept {
    return is_control(message) && options_.profile != nullptr &&
           options_.profile->of(message.channel(), message.data1()) == midi::ControlClass::Relative;
}

/// A note-on that nobody else has brought. Where its note-off was played already, it ends at once.
/// Where it cannot be told whose note-off that was, this lane's next one is played too.
void Pairing::close_note(LaneId lane, const wire::Event& on) noexcept {
    auto& debts = lanes_[lane.value].debts;
    debts.any([&](std::uint32_t i, const Debt& debt) {
        const auto other = debt.what.channel_message();
        if (other.empty() || debt.what.port() != on.port || !ends_note(other, on.message))
            return false;
        Sequence copy;
        if (copy_of(debt, lane, copy) && is_after(copy, on.sequence))
            closing_ = midi::note_off(on.message.channel(), on.message.data1());
        else if (other.is_note_off())
            debts.erase(i);
        return false;
    });
}

/// Which number the lane's own copy of `debt` has. False when that is not known.
bool Pairing::copy_of(const Debt& debt, LaneId lane, Sequence& copy) const noexcept {
    return debt.run == lanes_[debt.from.value].run && translate(debt.from, debt.number, lane, copy);
}

void Pairing::learn(LaneId lane, Sequence number, const Debt& paid) noexcept {
    if (paid.run != lanes_[paid.from.value].run) return;
    const auto apart = number.value - paid.number.value;
    auto& there = parallels_[paid.from.value][lane.value];
    if (!there.last.present() || there.distance != apart) {
        there = {.distance = apart, .agreed = 0, .last = paid.what};
    } else if (there.last != paid.what) {
        if (!there.sure()) ++there.agreed;
        there.last = paid.what;
    }
    parallels_[lane.value][paid.from.value] = {
        .distance = 0U - apart, .agreed = there.agreed, .last = there.last};
}

/// The number in `to` of what is `number` in `from`. Two lanes that both trail a third pair with it
/// alone, so their distance is known through it. False when it is not.
bool Pairing::translate(LaneId from, Sequence number, LaneId to, Sequence& result) const noexcept {
    const auto& direct = parallels_[from.value][to.value];
    result = number.plus(direct.distance);
    if (direct.sure()) return true;
    for (unsigned by = 0; by < options_.lanes; ++by) {
        const auto& there = parallels_[from.value][by];
        const auto& on = parallels_[by][to.value];
        if (!there.sure() || !on.sure()) continue;
        result = number.plus(there.distance).plus(on.distance);
        return true;
    }
    return false;
}

/// Whether lane `who` lost its copy of what is `number` in `lane`.
bool Pairing::lost_by(LaneId who, LaneId lane, Sequence number) const noexcept {
    Sequence copy;
    return translate(lane, number, who, copy) && lanes_[who.value].numbering.lost(copy);
}

}  // namespace midinet::path
