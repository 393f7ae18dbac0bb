// midi-admin, as it tells others of itself. Normative: docs/wire_format.md §14.
#pragma once

#include "base/types.hpp"
#include "control/plane/text.hpp"

#include <cstdint>

namespace midinet::control::plane {

/// Of the file that a midi-admin tells and changes.
struct ConfigMark {
    static constexpr std::uint64_t kLatest = 253'402'300'799'999;  ///< the end of the year 9999

    /// control::agreement_of what it says; 0: there is no file, or none that can be used.
    std::uint32_t agreement = 0;
    std::uint64_t changed_ms = 0;  ///< when it was last written. Units: ms since 1970; 0: unknown.
                                   ///< Range: ..kLatest
    bool broken = false;           ///< it is there, and cannot be used
    friend bool operator==(const ConfigMark&, const ConfigMark&) = default;
};

struct AdminStatus {
    SenderId id{};       ///< Range: top bit set. Random, the same in each run
    Text<63> name{};     ///< of the machine
    Text<31> version{};  ///< of the program
    std::uint64_t uptime_ms = 0;
    Text<63> listen{};  ///< address and port: "0.0.0.0:8080"
    bool tls = false;
    ConfigMark config{};
    bool leaving = false;  ///< it ends on purpose: its last status
    friend bool operator==(const AdminStatus&, const AdminStatus&) = default;
};

}  // namespace midinet::control::plane
