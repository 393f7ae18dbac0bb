// How long what is kept.
#pragma once

#include <cstdint>

namespace midinet::admin {

/// Units: seconds.
struct Retention {
    std::int64_t seconds = 3600;
    std::int64_t minutes = std::int64_t{7} * 86'400;
    std::int64_t hours = std::int64_t{365} * 86'400;  ///< of events, too
};

}  // namespace midinet::admin
