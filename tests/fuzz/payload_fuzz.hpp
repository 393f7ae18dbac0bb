// What every fuzz target of a decoder asserts: an accepted payload can be sent on, and means the
// same again.
#pragma once

#include "property/wire/packet_value.hpp"

#include <cstdio>
#include <cstdlib>
#include <span>

namespace midinet::fuzz {

inline void require(bool condition, const char* what) {
    if (condition) return;
    std::fprintf(stderr, "violated: %s\n", what);
    std::abort();
}

inline void check_payload(wire::PacketKind kind, ByteView payload) {
    if (payload.size() > wire::kMaxPayload) return;
    const auto value = wire::testing::decode_payload(kind, payload);
    if (!value) return;
    const auto again = wire::testing::encode_payload(*value);
    require(again.size() <= payload.size(), "an encoding is no longer than what was decoded");
    const auto twice = wire::testing::decode_payload(kind, again);
    require(twice.has_value(), "an encoding is accepted");
    require(*twice == *value, "an encoding means the same");
}

}  // namespace midinet::fuzz
