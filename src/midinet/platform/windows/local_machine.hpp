// This machine's facts: of Windows none is told yet.
#pragma once

#include "io/machine.hpp"

#include <memory>
#include <string>

namespace midinet::platform {

/// Nothing: what is to be known of a machine for a show is worked out for Linux alone.
inline std::unique_ptr<io::Machine> make_machine() { return nullptr; }

/// Errors: always.
inline Result<std::unique_ptr<io::QueryEar>> open_query_ear(const std::string& interface) {
    return fail("IGMP queries on " + interface + " cannot be listened for on Windows");
}

}  // namespace midinet::platform
