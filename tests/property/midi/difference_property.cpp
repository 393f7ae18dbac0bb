#include "midi/difference.hpp"
#include "property/midi/midi_generators.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace midinet::midi {
namespace {

constexpr std::uint64_t kOld = 0;
constexpr std::uint64_t kRecent = 10'000'000;
constexpr std::uint64_t kNow = 10'100'000;

Messages difference_of(const PortState& shadow, const PortState& truth,
                       const ControlProfile& profile = {}, const RestorePolicy& policy = {}) {
    MessageLog log;
    difference(shadow, truth, profile, policy, kNow, log);
    for (const Message& message : log.messages) RC_ASSERT(is_well_formed(message.bytes()));
    return log.messages;
}

/// Two lives: what the port was told, and what is true; the older part of the truth has stale
/// notes.
struct Scene {
    PortState shadow;
    PortState truth;
    ControlProfile profile;
};

Scene any_scene() {
    Scene scene;
    const Messages common = *any_performance();
    apply_all(scene.shadow, common, kOld);
    if (*rc::gen::arbitrary<bool>()) apply_all(scene.truth, common, kOld);
    apply_all(scene.shadow, *any_performance(), kOld);
    apply_all(scene.truth, *any_performance(), kOld);
    apply_all(scene.truth, *any_performance(), kRecent);
    if (*rc::gen::arbitrary<bool>()) {
        RC_ASSERT(
            scene.profile
                .add(ControlClass::Relative, *rc::gen::element("*:16-23", "1:0", "2:32", "1:98"))
                .has_value());
        RC_ASSERT(
            scene.profile
                .add(ControlClass::Momentary, *rc::gen::element("*:47", "*:1,33", "1:64", "1:32"))
                .has_value());
        scene.profile.set_lsb_pairs(*rc::gen::arbitrary<bool>());
    }
    return scene;
}

bool parameters_restored(const ControlProfile& profile, unsigned channel) {
    return profile.of(channel, 98) ==
           ControlClass::Absolute;  // the only one of the six the scenes touch
}

/// What difference() promises about a fact of the truth, given the shadow before and after.
/// Independent of how it gets there.
bool holds(const StateRecord& fact, const PortState& before, const PortState& after,
           const Scene& scene) {
    const unsigned channel = fact.channel;
    switch (fact.cell) {
        case Cell::Note: {
            const NoteFact note = scene.truth.note(channel, fact.key, kNow);
            if (note.age < RestorePolicy{}.fresh)
                return after.sounding(channel, fact.key) == note.count;
            return after.sounding(channel, fact.key) ==
                   std::min(note.count, before.sounding(channel, fact.key));
        }
        case Cell::PolyPressure:
            return after.sounding(channel, fact.key) == 0 ||
                   after.poly_pressure(channel, fact.key) == fact.value;
        case Cell::Control: {
            const ControlClass control_class = scene.profile.of(channel, fact.key);
            if (control_class == ControlClass::Absolute)
                return after.control(channel, fact.key) == fact.value;
            if (control_class == ControlClass::Momentary && fact.value == 0 &&
                before.control(channel, fact.key) > 0)
                return after.control(channel, fact.key) == 0;
            return after.control(channel, fact.key) == before.control(channel, fact.key);
        }
        case Cell::Program: {
            const ProgramFact program = after.program(channel);
            unsigned mask = 0;
            if ((fact.key & kBankMsbKnown) &&
                scene.profile.of(channel, 0) == ControlClass::Absolute)
                mask |= kBankMsbKnown | kMsbBits;
            if ((fact.key & kBankLsbKnown) &&
                scene.profile.of(channel, 32) == ControlClass::Absolute)
                mask |= kBankLsbKnown | kLsbBits;
            return program.known && program.program == fact.value &&
                   (program.bank & mask) == (fact.key & mask);
        }
        case Cell::Bend:
            return after.bend(channel) == fact.value;
        case Cell::ChannelPressure:
            return after.channel_pressure(channel) == fact.value;
        case Cell::Parameter: {
            if (!parameters_restored(scene.profile, channel)) return true;
            const Parameter* told = after.parameters(channel).find(fact.key);
            if (told == nullptr) return false;
            if ((fact.value & kLsbOnly) == 0) return told->value == fact.value;
            return (told->value & (kLsbOnly | kHasLsb)) != 0 &&
                   (told->value & kLsbBits) == (fact.value & kLsbBits);
        }
        case Cell::Selection: {
            if (!parameters_restored(scene.profile, channel)) return true;
            const Selection told = after.selection(channel);
            if (fact.value == 3) return told == Selection{fact.key, 3};
            const unsigned mask = kNrpn | (fact.value == kSelectedMsb ? kMsbBits : kLsbBits);
            return (told.known & fact.value) != 0 && (told.key & mask) == fact.key;
        }
        case Cell::Transport:
            return after.transport() == fact.value;
        case Cell::SongPosition:
            return after.song_position() == fact.value;
        case Cell::SongSelect:
            return after.song_select() == fact.value;
        case Cell::Mode:
            return after.handshake() == (Handshake{fact.key} << 16U | fact.value);
    }
    return false;
}

RC_GTEST_PROP(DifferenceProperty, MakesEveryFactOfTheTruthAFactOfTheShadow, ()) {
    const Scene scene = any_scene();
    PortState after = scene.shadow;
    apply_all(after, difference_of(scene.shadow, scene.truth, scene.profile), kNow);
    for (const StateRecord& fact : records_of(scene.truth, kNow)) {
        RC_LOG() << fact << '\n';
        RC_ASSERT(holds(fact, scene.shadow, after, scene));
    }
}

RC_GTEST_PROP(DifferenceProperty, LeavesNoNoteSoundingThatTheTruthDoesNotHave, ()) {
    const Scene scene = any_scene();
    const RestorePolicy policy{.values = *rc::gen::arbitrary<bool>()};
    PortState after = scene.shadow;
    apply_all(after, difference_of(scene.shadow, scene.truth, scene.profile, policy), kNow);
    for (unsigned channel = 0; channel < 16; ++channel)
        for (unsigned note = 0; note < 128; ++note)
            RC_ASSERT(after.sounding(channel, note) <= scene.truth.sounding(channel, note));
}

RC_GTEST_PROP(DifferenceProperty, ASecondTimeThereIsNothingLeftToSay, ()) {
    const Scene scene = any_scene();
    const RestorePolicy policy{.values = *rc::gen::arbitrary<bool>()};
    PortState after = scene.shadow;
    apply_all(after, difference_of(scene.shadow, scene.truth, scene.profile, policy), kNow);
    RC_ASSERT(difference_of(after, scene.truth, scene.profile, policy) == Messages{});
}

RC_GTEST_PROP(DifferenceProperty, EqualStatesSayNothing, ()) {
    const Scene scene = any_scene();
    PortState told;
    for (const StateRecord& record : records_of(scene.truth)) told.set(record, kNow);
    RC_ASSERT(difference_of(told, scene.truth, scene.profile) == Messages{});
}

RC_GTEST_PROP(DifferenceProperty, FreshPortIsToldEveryFactAndNoMoreThanTheTruth, ()) {
    const Messages lived = *any_performance();
    const PortState truth = state_after(lived, kRecent);
    PortState after;
    apply_all(after, difference_of(after, truth), kNow);
    Records wanted = records_of(truth, kNow);
    Records got = records_of(after, kNow);
    for (Records* records : {&wanted, &got})
        for (StateRecord& record : *records) record.age_ms = 0;
    // Half a selection cannot be told apart from a whole one once parameters had to be selected.
    for (Records* records : {&wanted, &got})
        std::erase_if(*records, [](const StateRecord& r) { return r.cell == Cell::Selection; });
    RC_ASSERT(got == wanted);
}

RC_GTEST_PROP(DifferenceProperty, RelativeControllersAreNeverSent, ()) {
    const Scene scene = any_scene();
    for (const Message& m : difference_of(scene.shadow, scene.truth, scene.profile))
        if (m.kind() == Kind::ControlChange)
            RC_ASSERT(scene.profile.of(m.channel(), m.data1()) != ControlClass::Relative);
}

RC_GTEST_PROP(DifferenceProperty, MomentaryControllersAreNeverPressed, ()) {
    const Scene scene = any_scene();
    for (const Message& m : difference_of(scene.shadow, scene.truth, scene.profile))
        if (m.kind() == Kind::ControlChange &&
            scene.profile.of(m.channel(), m.data1()) == ControlClass::Momentary)
            RC_ASSERT(m.data2() == 0);
}

RC_GTEST_PROP(DifferenceProperty, NotesEndBeforeValuesAndValuesComeBeforeNotesBegin, ()) {
    const Scene scene = any_scene();
    int stage = 0;  // 0 note-offs, 1 values, 2 note-ons and their poly pressure
    for (const Message& m : difference_of(scene.shadow, scene.truth, scene.profile)) {
        const int now = m.is_note_off()                  ? 0
                        : m.is_note_on()                 ? 2
                        : m.kind() == Kind::PolyPressure ? stage
                                                         : 1;
        RC_ASSERT(now >= stage);
        stage = now;
    }
}

RC_GTEST_PROP(DifferenceProperty, NothingButExplicitMessagesIsEverSent, ()) {
    const Scene scene = any_scene();
    for (const Message& m : difference_of(scene.shadow, scene.truth, scene.profile)) {
        RC_ASSERT(m.kind() != Kind::SystemReset);
        RC_ASSERT(m.kind() != Kind::ControlChange ||
                  (m.data1() < 120 && m.data1() != 96 && m.data1() != 97));
    }
}

RC_GTEST_PROP(ReleaseProperty, SilencesWhateverSoundsAndIsThenSilentItself, ()) {
    const PortState shadow = state_after(*any_performance());
    MessageLog log;
    release(shadow, log);
    PortState after = shadow;
    apply_all(after, log.messages);
    RC_ASSERT(after.sounding_total() == 0U);
    for (unsigned channel = 0; channel < 16; ++channel)
        for (const unsigned pedal : {64U, 66U, 69U}) RC_ASSERT(after.control(channel, pedal) <= 0);
    MessageLog again;
    release(after, again);
    RC_ASSERT(again.messages == Messages{});
}

}  // namespace
}  // namespace midinet::midi
