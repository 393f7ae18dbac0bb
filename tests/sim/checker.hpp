// Whether what came out of a client is right, given what went into the devices.
#pragma once

#include "boxes.hpp"

namespace midinet::simtest {

/// Each check gives what is wrong, beginning with the broken invariant (docs: I1 … I9), or nothing.

/// Whether the client knew whom to play before there was anything to play: whoever starts later may
/// hear the standby first, and changes over.
bool heard_all(const ClientBox& client, const Plan& plan);

/// I1, I2: no SysEx of the musician's twice, none before an earlier one of the same performance
/// (unless mirrors may repair each other: `ordered` false), none changed.
std::string check_markers(const ClientBox& client, const Hosts& hosts, bool ordered = true);
/// I1, I2: between two SysEx with no trouble in between, exactly what the device played.
std::string check_windows(const ClientBox& client, const Hosts& hosts);
/// Nothing but what the device played, and all of it. Real-time messages by their number: they may
/// overtake.
std::string check_exact(const ClientBox& client, const Performance& performance);
/// Older notes need not be started after a loss.
inline constexpr Duration kFresh = 500ms;
/// I3: the port's state is the source's. Note-ons that are older than `must_sound` may be missing.
std::string check_state(const ClientBox& client, const Hosts& hosts, Duration must_sound,
                        TimePoint now);
/// What check_state() can ask for of the client of a plain show.
Duration must_sound(const ClientBox& client, const Plan& plan);
/// I6 and I5: no client of a healthy path ever lost an event, or a host.
std::string check_counters(const ClientBox& client, const Plan& plan);
/// I4: nothing sounds.
std::string check_silence(const ClientBox& client);

}  // namespace midinet::simtest
