#include "admin/store/database.hpp"

#include "admin/store/schema.hpp"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <SQLiteCpp/Transaction.h>
#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <sqlite3.h>

namespace midinet::admin {
namespace {

constexpr int kPatienceMs = 500;  ///< while another program looks at the file

bool has(const SeriesQuery& query, bool of_device) {
    return std::any_of(query.metrics.begin(), query.metrics.end(),
                       [&](auto metric) { return kMetrics.at(metric).of_device == of_device; });
}

std::set<std::string> columns_in(SQLite::Database& db, const std::string& table) {
    std::set<std::string> columns;
    SQLite::Statement info(db, "PRAGMA table_info(" + table + ")");
    while (info.executeStep()) columns.insert(info.getColumn(1).getString());
    return columns;
}

/// Everything that is complete at `now`, and not folded yet.
void fold(SQLite::Database& db, Resolution resolution, std::int64_t now) {
    const auto width = width_of(resolution);
    const auto to = now / width * width;
    SQLite::Statement last(
        db, fmt::format("SELECT max(at) FROM {} WHERE at < ?", schema::table_of(resolution)));
    last.bind(1, to);
    (void)last.executeStep();
    const auto from = last.getColumn(0).isNull() ? 0 : last.getColumn(0).getInt64() + width;
    if (from >= to) return;
    SQLite::Statement statement(db, schema::fold_into(resolution));
    statement.bind(1, from);
    statement.bind(2, to);
    (void)statement.exec();
}

void forget(SQLite::Database& db, const std::string& condition, std::int64_t before) {
    SQLite::Statement statement(db, "DELETE FROM " + condition);
    statement.bind(1, before);
    (void)statement.exec();
}

/// The next metric's point, of one column or of three.
void take_point(SQLite::Statement& row, int& column, bool is_second, std::vector<Point>& points) {
    const int first = column;
    column += is_second ? 1 : 3;
    if (row.getColumn(first).isNull()) return;
    const auto number = [&](int offset) {
        return row.getColumn(is_second ? first : first + offset).getDouble();
    };
    points.push_back({row.getColumn(0).getInt64(), number(0), number(1), number(2)});
}

void take_series(SQLite::Database& db, const SeriesQuery& query, bool of_device,
                 std::vector<Series>& all) {
    if (!has(query, of_device)) return;
    SQLite::Statement row(db, schema::select_series(query, of_device));
    row.bind(1, query.from);
    row.bind(2, query.to);
    row.bind(3, of_device ? int{query.device} : int{Sample::kMachine});
    while (row.executeStep()) {
        int column = 1;
        for (auto& series : all)
            if (kMetrics.at(series.metric).of_device == of_device)
                take_point(row, column, query.resolution == Resolution::Second, series.points);
    }
}

Event event_in(SQLite::Statement& row) {
    Event event;
    event.id = row.getColumn(0).getInt64();
    event.at_ms = row.getColumn(1).getInt64();
    event.kind = find_event_kind(row.getColumn(2).getString()).value_or(EventKind::Store);
    event.device = static_cast<std::uint8_t>(row.getColumn(3).getInt());
    event.subject = row.getColumn(4).getString();
    event.text = row.getColumn(5).getString();
    event.who = row.getColumn(6).getString();
    event.from = row.getColumn(7).getString();
    event.result = row.getColumn(8).getString();
    return event;
}

void insert(SQLite::Statement& into, const Sample& sample) {
    into.reset();
    into.bind(1, sample.at);
    into.bind(2, int{sample.device});
    int column = 3;
    for (const auto& value : sample.values) {
        if (value)
            into.bind(column, *value);
        else
            into.bind(column);
        ++column;
    }
    (void)into.exec();
}

void insert(SQLite::Statement& into, const Event& event) {
    into.reset();
    into.bind(1, event.at_ms);
    into.bind(2, std::string(to_string(event.kind)));
    into.bind(3, int{event.device});
    into.bind(4, event.subject);
    into.bind(5, event.text);
    into.bind(6, event.who);
    into.bind(7, event.from);
    into.bind(8, event.result);
    (void)into.exec();
}

}  // namespace

Database::Database(const std::string& path)
    : db_(std::make_unique<SQLite::Database>(path, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE,
                                             kPatienceMs)) {
    db_->exec("PRAGMA locking_mode = EXCLUSIVE");
    db_->exec("PRAGMA journal_mode = WAL");
    db_->exec("PRAGMA synchronous = NORMAL");
    db_->exec("PRAGMA journal_size_limit = 4194304");
    SQLite::Statement check(*db_, "PRAGMA quick_check(1)");
    if (!check.executeStep() || check.getColumn(0).getString() != "ok")
        throw SQLite::Exception("the file is damaged", SQLITE_CORRUPT);
    migrate();
}

Database::~Database() = default;

void Database::migrate() {
    SQLite::Transaction transaction(*db_, SQLite::TransactionBehavior::IMMEDIATE);
    const int version = db_->execAndGet("PRAGMA user_version").getInt();
    if (version > kVersion)
        throw SQLite::Exception(fmt::format("it has version {}, of a newer midi-admin", version),
                                SQLITE_CORRUPT);
    for (int next = version + 1; next <= kVersion; ++next)
        for (const auto& statement : schema::step_to(next)) db_->exec(statement);
    add_missing_columns();
    if (version != kVersion) db_->exec(fmt::format("PRAGMA user_version = {}", kVersion));
    transaction.commit();
}

void Database::add_missing_columns() {
    for (const auto resolution : {Resolution::Second, Resolution::Minute, Resolution::Hour}) {
        const auto table = schema::table_of(resolution);
        const auto there = columns_in(*db_, table);
        for (const auto& column : schema::columns_of(resolution))
            if (!there.contains(column))
                db_->exec(fmt::format("ALTER TABLE {} ADD COLUMN {} REAL", table, column));
    }
}

void Database::write(std::span<const Sample> samples, std::span<const Event> events) {
    SQLite::Transaction transaction(*db_, SQLite::TransactionBehavior::IMMEDIATE);
    SQLite::Statement into_seconds(*db_, schema::insert_sample());
    for (const auto& sample : samples) insert(into_seconds, sample);
    SQLite::Statement into_events(*db_, schema::insert_event());
    for (const auto& event : events) insert(into_events, event);
    transaction.commit();
}

void Database::roll_up(std::int64_t now, const Retention& keep) {
    SQLite::Transaction transaction(*db_, SQLite::TransactionBehavior::IMMEDIATE);
    fold(*db_, Resolution::Minute, now);
    fold(*db_, Resolution::Hour, now);
    forget(*db_, "seconds WHERE at < ?", now - keep.seconds);
    forget(*db_, "minutes WHERE at < ?", now - keep.minutes);
    forget(*db_, "hours WHERE at < ?", now - keep.hours);
    forget(*db_, "events WHERE at_ms < ?", (now - keep.hours) * 1000);
    forget(*db_, "events WHERE id <= (SELECT max(id) FROM events) - ?",
           static_cast<std::int64_t>(kMostEvents));
    transaction.commit();
}

std::vector<Series> Database::series(const SeriesQuery& query) {
    std::vector<Series> all;
    for (const auto metric : query.metrics) all.push_back({.metric = metric, .points = {}});
    take_series(*db_, query, true, all);
    take_series(*db_, query, false, all);
    return all;
}

std::vector<Event> Database::events(const EventQuery& query) {
    SQLite::Statement row(*db_, schema::select_events(query));
    row.bind(1, query.since_ms);
    row.bind(2, query.after);
    row.bind(3, query.before);
    row.bind(4, static_cast<std::int64_t>(query.device));
    row.bind(5, static_cast<std::int64_t>(query.limit));
    std::vector<Event> events;
    while (row.executeStep()) events.push_back(event_in(row));
    return events;
}

}  // namespace midinet::admin
