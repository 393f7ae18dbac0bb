// The messages that turn what a port has been told into what is true.
#pragma once

#include "base/time.hpp"
#include "midi/control_profile.hpp"
#include "midi/state.hpp"

#include <cstdint>

namespace midinet::midi {

/// How to restore.
struct RestorePolicy {
    /// Note-ons younger than this are played; older ones are left out (a held note that would start
    /// late is worse than none).
    Duration fresh = 500ms;
    /// False: only notes and sustain-like pedals are released; no value and no note-on is sent.
    bool values = true;
};

/// Emits to `sink` what makes every fact of `truth` a fact of `shadow`, in this order:
/// 0. a surface's handshake; after one, every value and light of `truth` is sent, for a surface may
///    forget them when its mode changes;
/// 1. note-offs for what sounds in `shadow` but not in `truth` (as many as were counted);
/// 2. pedals (CC 64, 66, 69) that go up;
/// 3. song select, song position, then Start, Continue or Stop;
/// 4. MPE zones (RPN 6) of all channels;
/// 5. channel by channel: program with the bank it was sent in, then the pending bank; controllers,
/// an LSB after its MSB, and again
///    whenever its MSB was sent; parameters (select, 6, 38), then what is to be selected; bend,
///    channel pressure, poly pressure of held notes;
/// 6. channel by channel: fresh note-ons, each with its poly pressure.
///
/// What `truth` does not know is left alone, except notes. Where parameters had to be selected and
/// `truth` has no selection, the one of `shadow` comes back, or null. New zones make a receiver
/// reset its bend ranges, so known ones are sent again. Exceptions to "every fact": notes that are
/// not fresh; the velocity of a note that sounds anyway, unless notes are lights in `truth`;
/// Relative controllers; Momentary ones, unless `shadow` knows them pressed and `truth` knows them
/// released. Equal states (by digest) emit nothing, and neither does a second call once the
/// messages were applied to `shadow`. `now_us`: the clock that dated the notes of `truth`. RT-safe;
/// takes a copy of `shadow` on the stack.
void difference(const PortState& shadow, const PortState& truth, const ControlProfile& profile,
                const RestorePolicy& policy, std::uint64_t now_us, MessageSink& sink) noexcept;

/// Emits what silences `shadow`: its note-offs, then its pedals up (CC 64, 66, 69 where known and
/// not 0: half a pedal holds too). Nothing on channels without either. RT-safe.
void release(const PortState& shadow, MessageSink& sink) noexcept;

}  // namespace midinet::midi
