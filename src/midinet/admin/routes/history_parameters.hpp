// What may be asked of the history.
#pragma once

#include "admin/http/problem.hpp"
#include "admin/http/target.hpp"
#include "admin/store/queries.hpp"

#include <tl/expected.hpp>

#include <cstdint>

namespace midinet::admin {

inline constexpr std::int64_t kMostPoints = 12'000;  ///< of one metric, in one answer
inline constexpr std::size_t kMostEventsTold = 1000;

/// "range" ("15m"; absent: an hour), "resolution" ("1s", "1m", "1h"; absent: the finest of which
/// there are not more than kMostPoints and that is usually kept so long) and "metric" ("cpu,hosts";
/// absent: all). `now`: s since 1970. Errors: the problem, with the member "parameter". Pure.
tl::expected<SeriesQuery, Problem> series_query(const Parameters& parameters, std::int64_t now);
/// "kind" ("switch,command"), "since" (RFC 3339), "after" (an id), "limit".
tl::expected<EventQuery, Problem> event_query(const Parameters& parameters);

}  // namespace midinet::admin
