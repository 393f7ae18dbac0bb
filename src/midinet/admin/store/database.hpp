// The history in SQLite.
#pragma once

#include "admin/store/queries.hpp"
#include "admin/store/retention.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace SQLite {  // NOLINT(readability-identifier-naming): not ours
class Database;
}

namespace midinet::admin {

/// One connection, and nobody else's while it is open. Write-ahead log without a sync for each
/// commit: what was committed outlives the program whenever that is killed; a power cut may cost
/// the last seconds, and never the rest. Thread: one.
///
/// Every call may throw SQLite::Exception, after which nothing of that call has been done.
class Database {
  public:
    static constexpr int kVersion = 2;  ///< of the schema
    static constexpr std::size_t kMostEvents = 100'000;

    /// Makes what is missing, and brings an older schema up to date. `path`: ":memory:" for one
    /// that ends with the program.
    explicit Database(const std::string& path);
    ~Database();
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;

    /// All or nothing.
    void write(std::span<const Sample> samples, std::span<const Event> events);
    /// Makes minutes of seconds and hours of minutes, of all that are complete at `now` (s since
    /// 1970), and forgets what is too old.
    void roll_up(std::int64_t now, const Retention& keep);
    std::vector<Series> series(const SeriesQuery& query);
    /// The newest first.
    std::vector<Event> events(const EventQuery& query);

  private:
    void migrate();
    void add_missing_columns();
    std::unique_ptr<SQLite::Database> db_;
};

}  // namespace midinet::admin
