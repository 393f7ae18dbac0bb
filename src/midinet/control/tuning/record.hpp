// What was there before a machine was tuned.
#pragma once

#include "base/result.hpp"

#include <string>
#include <vector>

namespace midinet::control::tuning {

struct FormerValue {
    std::string path;
    std::string name;  ///< for people
    std::string value;
    friend bool operator==(const FormerValue&, const FormerValue&) = default;
};

/// Valid until the machine is started anew: that puts all settings back by itself, and gives
/// interrupts other numbers.
struct Record {
    std::string boot;  ///< which start of the machine it is of; empty: unknown
    std::vector<FormerValue> former;

    /// The first value of a setting is the one that stays.
    void add(FormerValue one);
};

std::string to_text(const Record& record);
/// Errors: it is no such record, or names what is no setting that is tuned.
Result<Record> parse_record(const std::string& text);

}  // namespace midinet::control::tuning
