// The messages that turn what a port has been told into what is true.
#pragma once

#include "base/time.hpp"
#include "midi/control_profile.hpp"
#include "midi/state.hpp"

namespace midinet::midi {

/// How to restore.
struct RestorePolicy {
    /// Note-ons younger than this are played; older ones are left out (a held note that would start late is worse than none).
    Duration fresh = 500ms;
    /// False: only notes (and sustain-like pedals) are released, no value is sent.
    bool values = true;
};

/// Emits to `sink`, in this order: note-offs for what sounds in `shadow` but not in `truth` (as many as were counted), pedals (CC 64, 66,
/// 69) that go up, then values that `truth` knows and `shadow` has not (or has different), then fresh note-ons, each channel's controllers before its notes.
/// What `truth` does not know is left alone, except notes. Equal states emit nothing. RT-safe.
void difference(const PortState& shadow, const PortState& truth, const ControlProfile& profile, const RestorePolicy& policy,
                std::uint64_t now_us, MessageSink& sink) noexcept;

/// Emits what silences `shadow`: its note-offs, and its pedals up (64, 66, 69 when known and on). Nothing on silent channels. RT-safe.
void release(const PortState& shadow, MessageSink& sink) noexcept;

}  // namespace midinet::midi
