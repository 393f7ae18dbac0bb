#include "admin/store/schema.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace midinet::admin::schema {
namespace {

std::string make_table(Resolution resolution) {
    std::string sql = fmt::format("CREATE TABLE {} (at INTEGER NOT NULL, device INTEGER NOT NULL",
                                  table_of(resolution));
    if (resolution != Resolution::Second) sql += ", samples INTEGER NOT NULL";
    for (const auto& column : columns_of(resolution)) sql += ", " + column + " REAL";
    return sql + ", PRIMARY KEY (at, device)) WITHOUT ROWID";
}

/// Of what its source has in one column or in three.
std::string folded(std::string_view metric, bool of_seconds) {
    if (of_seconds) return fmt::format("avg({0}), min({0}), max({0})", metric);
    return fmt::format(
        "sum({0} * samples) / sum(CASE WHEN {0} IS NULL THEN 0 ELSE samples END), "
        "min({0}_low), max({0}_high)",
        metric);
}

}  // namespace

std::string table_of(Resolution resolution) {
    switch (resolution) {
        case Resolution::Minute:
            return "minutes";
        case Resolution::Hour:
            return "hours";
        default:
            return "seconds";
    }
}

std::vector<std::string> columns_of(Resolution resolution) {
    std::vector<std::string> columns;
    for (const auto& metric : kMetrics) {
        columns.emplace_back(metric.name);
        if (resolution == Resolution::Second) continue;
        columns.push_back(std::string(metric.name) + "_low");
        columns.push_back(std::string(metric.name) + "_high");
    }
    return columns;
}

std::vector<std::string> step_to(int version) {
    if (version == 1)
        return {make_table(Resolution::Second), make_table(Resolution::Minute),
                make_table(Resolution::Hour)};
    return {
        "CREATE TABLE events (id INTEGER PRIMARY KEY AUTOINCREMENT, at_ms INTEGER NOT NULL, "
        "kind TEXT NOT NULL, device INTEGER NOT NULL, subject TEXT NOT NULL, text TEXT NOT "
        "NULL, who TEXT NOT NULL, source TEXT NOT NULL, result TEXT NOT NULL)",
        "CREATE INDEX events_by_kind ON events (kind, id)"};
}

std::string fold_into(Resolution resolution) {
    const bool of_seconds = resolution == Resolution::Minute;
    std::vector<std::string> values;
    values.reserve(kMetrics.size());
    for (const auto& metric : kMetrics) values.push_back(folded(metric.name, of_seconds));
    return fmt::format(
        "INSERT OR REPLACE INTO {0} (at, device, samples, {1}) SELECT at / {2} * {2}, device, {3}, "
        "{4} FROM {5} WHERE at >= ?1 AND at < ?2 GROUP BY at / {2}, device",
        table_of(resolution), fmt::join(columns_of(resolution), ", "), width_of(resolution),
        of_seconds ? "count(*)" : "sum(samples)", fmt::join(values, ", "),
        table_of(of_seconds ? Resolution::Second : Resolution::Minute));
}

std::string insert_sample() {
    const auto columns = columns_of(Resolution::Second);
    std::string marks = "?, ?";
    for (std::size_t i = 0; i < columns.size(); ++i) marks += ", ?";
    return fmt::format("INSERT OR REPLACE INTO seconds (at, device, {}) VALUES ({})",
                       fmt::join(columns, ", "), marks);
}

std::string insert_event() {
    return "INSERT INTO events (at_ms, kind, device, subject, text, who, source, result) VALUES "
           "(?, ?, ?, ?, ?, ?, ?, ?)";
}

std::string select_series(const SeriesQuery& query, bool of_device) {
    std::string columns;
    for (const auto metric : query.metrics) {
        const auto& facts = kMetrics.at(metric);
        if (facts.of_device != of_device) continue;
        columns += query.resolution == Resolution::Second
                       ? fmt::format(", {}", facts.name)
                       : fmt::format(", {0}, {0}_low, {0}_high", facts.name);
    }
    return fmt::format(
        "SELECT at{} FROM {} WHERE at >= ?1 AND at <= ?2 AND device = ?3 ORDER BY at", columns,
        table_of(query.resolution));
}

std::string select_events(const EventQuery& query) {
    std::string kinds;
    for (const auto kind : query.kinds)
        kinds += fmt::format("{}'{}'", kinds.empty() ? "" : ", ", to_string(kind));
    return fmt::format(
        "SELECT id, at_ms, kind, device, subject, text, who, source, result FROM events WHERE "
        "at_ms >= ?1 AND id > ?2 AND id < ?3 AND (?4 = 0 OR device = ?4 OR device = 0){} ORDER BY "
        "id DESC LIMIT ?5",
        kinds.empty() ? "" : " AND kind IN (" + kinds + ")");
}

}  // namespace midinet::admin::schema
