// Tuning a machine for real time, and putting back what was there.
#pragma once

#include "control/tuning/plan.hpp"
#include "control/tuning/record.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace midinet::control::tuning {

enum class Outcome : std::uint8_t {
    AsItWas,  ///< nothing was to be changed
    Set,      ///< written, and read back
    Refused,  ///< by the system
    NotKept,  ///< it was taken, and something else is read back
    Gone,     ///< undoing: the setting is not there any more
};
/// "as_it_was", "set", "refused", "not_kept", "gone".
std::string_view to_string(Outcome outcome) noexcept;
constexpr bool failed(Outcome outcome) noexcept {
    return outcome == Outcome::Refused || outcome == Outcome::NotKept;
}

/// Of one setting.
struct Change {
    std::string name;
    std::string path;
    std::string before;
    std::string after;  ///< as it was read back
    Outcome outcome{};
    std::string why;  ///< of a refusal; else empty
};

/// Sets what is not as planned. First the values before it are kept in `places::kRecord`, those of
/// the first time; what the record says of an earlier start of the machine is replaced. One that is
/// refused does not keep the others from being set.
/// Errors: the record cannot be read or kept; then nothing was changed.
Result<std::vector<Change>> apply(io::SettingFiles& files, const Plan& plan);

/// What came of an undoing.
struct Undone {
    bool tuned = false;      ///< there was a record
    bool restarted = false;  ///< of an earlier start of the machine: nothing is to be put back
    std::vector<Change> changes;
};
/// Puts back what the record says, and removes it; what was refused stays in it.
/// Errors: the record cannot be read, or not be changed.
Result<Undone> undo(io::SettingFiles& files);

}  // namespace midinet::control::tuning
