// Soft takeover, whatever the two hosts played before and the new one plays after.
#include "path/recover/pickup.hpp"
#include "property/midi/midi_generators.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cstdlib>
#include <set>

namespace midinet::path {
namespace {

constexpr PortIndex kPort{0};

/// Which control a message moves: channel and controller, or the bend; nothing for others.
int control_of(const midi::Message& m) {
    if (!m.is_channel_message()) return -1;
    if (m.kind() == midi::Kind::PitchBend) return m.channel() * 256 + 255;
    return m.kind() == midi::Kind::ControlChange ? m.channel() * 256 + m.data1() : -1;
}

struct Switch {
    midi::StreamState shadow;
    midi::StreamState truth;
    midi::ControlProfile profile;

    Switch() {
        for (const auto& m : *midi::any_performance()) shadow.apply(kPort, m, 0);
        for (const auto& m : *midi::any_performance()) truth.apply(kPort, m, 0);
        profile.set_lsb_pairs(*rc::gen::arbitrary<bool>());
        (void)profile.add(midi::ControlClass::Relative, "1:16");
        (void)profile.add(midi::ControlClass::Momentary, "1:74");
    }
};

RC_GTEST_PROP(PickupProperty, NothingIsWithheldThatDidNotWaitAndNothingAfterItEngaged, ()) {
    Switch at;
    Pickup pickup{at.profile, {.unknown = *rc::gen::arbitrary<bool>()}};
    pickup.begin(at.shadow, at.truth);
    std::set<int> acting;
    for (const auto& m : *midi::any_performance()) {
        const auto control = control_of(m);
        const bool bend = control >= 0 && control % 256 == 255;
        const bool waited =
            control >= 0 &&
            pickup.waits(kPort, m.channel(), bend ? Pickup::kBend : unsigned{m.data1()});
        const bool passed = pickup.passes(kPort, m);
        RC_ASSERT(passed || waited);
        if (control < 0 || m.data1() > 119) continue;
        RC_ASSERT(passed || acting.count(control) == 0);
        if (passed) acting.insert(control);
    }
}

RC_GTEST_PROP(PickupProperty, NoControlOfItsOwnJumpsFurtherThanTheHandMovedIt, ()) {
    Switch at;
    at.profile.set_lsb_pairs(false);
    Pickup pickup{at.profile};
    pickup.begin(at.shadow, at.truth);
    for (const auto& m : *midi::any_performance()) {
        const bool mine = control_of(m) >= 0 && m.kind() == midi::Kind::ControlChange;
        const bool waited = mine && pickup.waits(kPort, m.channel(), m.data1());
        const auto stood = mine ? at.truth.at(kPort).control(m.channel(), m.data1()) : -1;
        const auto passed = pickup.passes(kPort, m);
        if (waited && passed && stood >= 0) {
            const auto force = at.shadow.at(kPort).control(m.channel(), m.data1());
            RC_ASSERT(std::abs(m.data2() - force) <= std::abs(m.data2() - stood));
        }
        at.truth.apply(kPort, m, 0);
        if (passed) at.shadow.apply(kPort, m, 0);
    }
}

}  // namespace
}  // namespace midinet::path
