// Random payloads of every kind, as an encoder may be given them: in range, and small enough for
// one datagram.
#pragma once

#include "property/wire/packet_value.hpp"

namespace midinet::wire::testing {

// Called inside a property only: they draw from its generator.
midi::Message random_message();
/// Times lie on the wire's grid before `sent_us`, so that nothing is rounded.
std::vector<Event> random_events(StreamTime sent_us);
PacketValue random_value(PacketKind kind);
Header random_header(PacketKind kind);

}  // namespace midinet::wire::testing
