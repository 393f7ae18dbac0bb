// The history's tables as SQL. One source: kMetrics.
#pragma once

#include "admin/store/queries.hpp"

#include <string>
#include <vector>

namespace midinet::admin::schema {

std::string table_of(Resolution resolution);
/// Statements that lead from the version before to `version`. Range: 1..Database::kVersion.
std::vector<std::string> step_to(int version);
/// Of the metrics, in order: one for each in the seconds, three in the others.
std::vector<std::string> columns_of(Resolution resolution);
/// With ?1: from, ?2: to, both ends of at, the second one excluded.
std::string fold_into(Resolution resolution);
std::string insert_sample();
std::string insert_event();
/// With ?1: from, ?2: to, ?3: device; at, and then what belongs to each of the query's metrics.
std::string select_series(const SeriesQuery& query, bool of_device);
/// With ?1: since_ms, ?2: after, ?3: limit.
std::string select_events(const EventQuery& query);

}  // namespace midinet::admin::schema
