#include "admin/routes/history_parameters.hpp"
#include "admin/routes/picture_route.hpp"
#include "admin/show/leg_loss.hpp"
#include "admin/store/database.hpp"
#include "admin/store/event_watch.hpp"
#include "admin/store/sampler.hpp"
#include "admin/store/schema.hpp"
#include "unit/control/cli/scripted_show.hpp"
#include "unit/platform/temp_dir.hpp"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Exception.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace midinet::admin {
namespace {

using ::testing::HasSubstr;

constexpr std::int64_t kNoon = 1'700'000'400 / 3600 * 3600;  // s since 1970
constexpr auto kCpu = static_cast<std::size_t>(Metric::Cpu);

Sample cpu(std::int64_t at, double value) {
    Sample sample{.at = at};
    sample[Metric::Cpu] = value;
    return sample;
}

std::vector<Point> cpu_points(Database& database, Resolution resolution) {
    return database.series({resolution, 0, kNoon + 86'400, 1, {kCpu}}).at(0).points;
}

TEST(Database, FoldsSecondsIntoMinutesAndHours) {
    Database database(":memory:");
    std::vector<Sample> samples;
    for (std::int64_t i = 0; i < 3660; ++i) samples.push_back(cpu(kNoon + i, i < 60 ? 10 : 20));
    database.write(samples, {});
    database.roll_up(kNoon + 3600 + 30, {});
    const auto minutes = cpu_points(database, Resolution::Minute);
    ASSERT_EQ(minutes.size(), 60U) << "the one that runs is not over";
    EXPECT_EQ(minutes[0], (Point{kNoon, 10, 10, 10}));
    const auto hours = cpu_points(database, Resolution::Hour);
    ASSERT_EQ(hours.size(), 1U);
    EXPECT_NEAR(hours[0].mean, 20 - 10.0 / 60, 1e-9);
    EXPECT_EQ(hours[0].lowest, 10);
    EXPECT_EQ(hours[0].highest, 20);
}

TEST(Database, FoldsWhatItCouldNotWhileTheProgramWasAway) {
    Database database(":memory:");
    database.write(std::vector{cpu(kNoon, 1), cpu(kNoon + 60, 3)}, {});
    database.roll_up(kNoon + 60, {});
    database.roll_up(kNoon + 3 * 86'400, {});
    EXPECT_EQ(cpu_points(database, Resolution::Second).size(), 0U) << "too old";
    EXPECT_EQ(cpu_points(database, Resolution::Minute).size(), 2U);
    EXPECT_EQ(cpu_points(database, Resolution::Hour).at(0).mean, 2);
    database.roll_up(kNoon + 8 * 86'400, {});
    EXPECT_EQ(cpu_points(database, Resolution::Minute).size(), 0U);
    EXPECT_EQ(cpu_points(database, Resolution::Hour).size(), 1U);
    database.roll_up(kNoon + 400 * 86'400LL, {});
    EXPECT_EQ(cpu_points(database, Resolution::Hour).size(), 0U);
}

TEST(Database, LeavesOutWhatWasNotMeasured) {
    Database database(":memory:");
    Sample cold{.at = kNoon};
    database.write(std::vector{cold, cpu(kNoon + 1, 5)}, {});
    EXPECT_EQ(cpu_points(database, Resolution::Second), (std::vector<Point>{{kNoon + 1, 5, 5, 5}}));
    database.roll_up(kNoon + 3600, {});
    EXPECT_EQ(cpu_points(database, Resolution::Hour).at(0).mean, 5);
}

TEST(Database, FoldsAlthoughTheClockWasOnceFarAhead) {
    Database database(":memory:");
    database.write(std::vector{cpu(kNoon + 9'000'000, 1)}, {});
    database.roll_up(kNoon + 9'000'060, {});
    database.write(std::vector{cpu(kNoon, 2)}, {});
    database.roll_up(kNoon + 60, {});
    EXPECT_EQ(cpu_points(database, Resolution::Minute), (std::vector<Point>{{kNoon, 2, 2, 2}}));
}

TEST(Database, GivesEventsTheNewestFirst) {
    Database database(":memory:");
    std::vector<Event> events;
    for (int i = 1; i <= 5; ++i)
        events.push_back({.at_ms = i * 1000,
                          .kind = i % 2 == 0 ? EventKind::Command : EventKind::Switch,
                          .device = 1,
                          .subject = "s",
                          .text = std::to_string(i),
                          .who = "api",
                          .from = "10.0.0.1",
                          .result = "done"});
    database.write({}, events);
    const auto all = database.events({});
    ASSERT_EQ(all.size(), 5U);
    EXPECT_EQ(all.front().text, "5");
    EXPECT_EQ(all.front().from, "10.0.0.1");
    EXPECT_EQ(database.events({.kinds = {EventKind::Command}}).size(), 2U);
    EXPECT_EQ(database.events({.since_ms = 4000}).size(), 2U);
    EXPECT_EQ(database.events({.after = 2}).size(), 3U);
    const auto older = database.events({.before = 3, .limit = 1});
    ASSERT_EQ(older.size(), 1U);
    EXPECT_EQ(older[0].id, 2);
    database.write({},
                   std::vector<Event>{
                       {.at_ms = 6000, .kind = EventKind::Command, .text = "of none"},
                       {.at_ms = 7000, .kind = EventKind::Switch, .device = 2, .text = "of 2"}});
    EXPECT_EQ(database.events({.device = 1}).size(), 6U);
    EXPECT_EQ(database.events({.device = 2}).size(), 2U);
    EXPECT_EQ(database.events({.device = 3}).size(), 1U);
    EXPECT_EQ(database.events({.limit = 1}).size(), 1U);
}

TEST(Database, BringsAnOlderOneUpToDateAndLosesNothing) {
    platform::TempDir folder;
    const auto path = (folder.path() / "old.db").string();
    {
        SQLite::Database old(path, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
        old.exec(
            "CREATE TABLE seconds (at INTEGER NOT NULL, device INTEGER NOT NULL, cpu REAL, "
            "PRIMARY KEY (at, device)) WITHOUT ROWID");
        for (const auto* table : {"minutes", "hours"})
            old.exec(std::string("CREATE TABLE ") + table +
                     " (at INTEGER NOT NULL, device INTEGER NOT NULL, samples INTEGER NOT NULL, "
                     "PRIMARY KEY (at, device)) WITHOUT ROWID");
        old.exec("INSERT INTO seconds VALUES (" + std::to_string(kNoon) + ", 0, 7)");
        old.exec("PRAGMA user_version = 1");
    }
    Database database(path);
    EXPECT_EQ(cpu_points(database, Resolution::Second), (std::vector<Point>{{kNoon, 7, 7, 7}}));
    database.write(std::vector{cpu(kNoon + 1, 8)}, std::vector{Event{.text = "new"}});
    EXPECT_EQ(database.events({}).size(), 1U);
}

TEST(Database, LeavesOneOfANewerProgramAlone) {
    platform::TempDir folder;
    const auto path = (folder.path() / "new.db").string();
    SQLite::Database(path, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE)
        .exec("PRAGMA user_version = 99");
    EXPECT_THROW(Database{path}, SQLite::Exception);
}

/// Pictures a second apart.
struct Pictures {
    control::cli::testing::Show show;
    Picture next() {
        Picture picture;
        picture.now = show.now;
        picture.unix_ms = 1'700'000'000'000 + show.now.time_since_epoch() / 1ms;
        picture.devices.resize(1);
        picture.devices[0].roster = show.roster;
        return picture;
    }
};

TEST(Sampler, CountsWhatStatusesCounted) {
    using namespace control::cli::testing;
    Pictures pictures;
    auto foh = client(kFoh, "foh");
    auto left = host(1, "stage-left");
    const auto hear = [&](std::uint64_t played, std::uint64_t lost) {
        foh.counters.played = left.counters.events = played;
        foh.counters.lost = lost;
        pictures.show.hears(foh);
        pictures.show.hears(left);
    };
    Sampler sampler;
    hear(1000, 5);
    auto samples = sampler.take(pictures.next());
    ASSERT_EQ(samples.size(), 2U);
    EXPECT_EQ(samples[0].device, Sample::kMachine);
    EXPECT_FALSE(samples[1][Metric::PlayedPerS]) << "since when is not known";
    EXPECT_EQ(samples[1][Metric::Clients], 1);
    pictures.show.now += 500ms;
    EXPECT_TRUE(sampler.take(pictures.next()).empty()) << "within the same second";
    pictures.show.now += 1500ms;
    hear(1300, 7);
    samples = sampler.take(pictures.next());
    EXPECT_EQ(samples[1][Metric::PlayedPerS], 150);
    EXPECT_EQ(samples[1][Metric::EventsPerS], 150);
    EXPECT_EQ(samples[1][Metric::LostPerS], 1);
    pictures.show.now += 1s;
    hear(3, 0);
    EXPECT_EQ(sampler.take(pictures.next())[1][Metric::PlayedPerS], 0) << "it was started anew";
}

TEST(EventWatch, TellsWhatChanged) {
    using namespace control::cli::testing;
    Pictures pictures;
    EventWatch watch;
    const auto kinds = [&] {
        std::vector<EventKind> all;
        for (const auto& event : watch.take(pictures.next())) all.push_back(event.kind);
        return all;
    };
    using Kinds = std::vector<EventKind>;
    pictures.show.hears(host(1, "stage-left"));
    EXPECT_EQ(kinds(), Kinds{}) << "it was there before";
    auto foh = client(kFoh, "foh");
    pictures.show.hears(foh);
    EXPECT_EQ(kinds(), Kinds{EventKind::ClientJoined});
    foh.counters.switches = 1;
    foh.last_switch = {.from = SourceId{1}, .to = SourceId{2}};
    pictures.show.hears(foh);
    auto left = host(1, "stage-left");
    left.device_present = false;
    pictures.show.hears(left);
    EXPECT_EQ(kinds(), (Kinds{EventKind::DeviceLost, EventKind::Switch}));
    EXPECT_EQ(kinds(), Kinds{});
    pictures.show.now += control::plane::Roster::kGoneAfter;
    EXPECT_EQ(kinds(), (Kinds{EventKind::HostDown, EventKind::ClientLeft}));
}

TEST(EventWatch, NamesWhoWasLeftAndForWhomAndTheSilence) {
    using namespace control::cli::testing;
    Pictures pictures;
    EventWatch watch;
    auto foh = client(kFoh, "foh");
    pictures.show.hears(host(1, "stage-left"));
    pictures.show.hears(foh);
    (void)watch.take(pictures.next());
    const auto text = [&](control::plane::LastSwitch last) {
        ++foh.counters.switches;
        foh.last_switch = last;
        pictures.show.hears(foh);
        return watch.take(pictures.next()).at(0).text;
    };
    using control::plane::Reason;
    EXPECT_EQ(text({0, SourceId{1}, SourceId{2}, Reason{"the one before fell silent"}, 9'240}),
              "client foh left host 1 (stage-left) for host 2: the one before fell silent; 9.2 ms "
              "of silence");
    EXPECT_EQ(text({0, SourceId{2}, SourceId{0}, Reason{"switched by hand"}, 356}),
              "client foh left host 2 for nobody: switched by hand");
}

TEST(LegLoss, IsThatOfTheWorstLegBetweenTwoStatuses) {
    using namespace control::cli::testing;
    LegLoss loss;
    auto foh = client(kFoh, "foh");
    const auto hear = [&](std::uint64_t uptime_ms, std::uint64_t datagrams, std::uint64_t missing) {
        foh.uptime_ms = uptime_ms;
        foh.legs = {};
        (void)foh.legs.push_back(
            {SenderId{2}, control::plane::InterfaceName{"eth0"}, false, datagrams, missing});
        (void)foh.legs.push_back(
            {SenderId{2}, control::plane::InterfaceName{"eth1"}, false, datagrams + missing, 0});
        loss.on_status(foh);
        return loss.of(kFoh);
    };
    EXPECT_EQ(hear(1000, 1000, 500), 0);
    EXPECT_EQ(hear(2000, 1090, 510), 10);
    EXPECT_EQ(hear(2001, 1091, 599), 10) << "told for a change";
    EXPECT_EQ(hear(3000, 1390, 510), 0);
    EXPECT_EQ(hear(100, 50, 50), 0) << "started anew";
    EXPECT_EQ(hear(1100, 60, 60), 0) << "too few to tell";
}

Problem refused(const Parameters& parameters) {
    const auto query = series_query(parameters, kNoon);
    return query ? Problem{} : query.error();
}

TEST(HistoryParameters, ChooseAResolutionThatIsKeptSoLong) {
    EXPECT_EQ(series_query({}, kNoon)->from, kNoon - 3600);
    EXPECT_EQ(series_query({}, kNoon)->resolution, Resolution::Second);
    EXPECT_EQ(series_query({}, kNoon)->metrics.size(), kMetrics.size());
    EXPECT_EQ(series_query({{"range", "2h"}}, kNoon)->resolution, Resolution::Minute);
    EXPECT_EQ(series_query({{"range", "365d"}}, kNoon)->resolution, Resolution::Hour);
    EXPECT_EQ(series_query({{"metric", "cpu,hosts"}}, kNoon)->metrics.size(), 2U);
}

TEST(HistoryParameters, NameWhatIsWrong) {
    for (const auto& [name, value] :
         Parameters{{"range", "0s"}, {"resolution", "2s"}, {"metric", "cpu,"}, {"colour", "red"}}) {
        const auto problem = refused({{name, value}});
        EXPECT_THAT(problem.more, HasSubstr('"' + name + '"'));
        EXPECT_EQ(problem.kind, ProblemKind::BadParameter);
    }
    for (const char* range : {"", "5", "m", "-1m", "1.5h", "99999999999d", "1h "})
        EXPECT_THAT(refused({{"range", range}}).detail, HasSubstr("range is")) << range;
    EXPECT_THAT(refused({{"range", "7d"}, {"resolution", "1s"}}).detail,
                HasSubstr("604800 points"));
    EXPECT_FALSE(event_query({{"since", "yesterday"}}));
    EXPECT_FALSE(event_query({{"limit", "1001"}}));
    EXPECT_FALSE(event_query({{"after", "-1"}}));
    EXPECT_FALSE(event_query({{"kind", "switch,party"}}));
    EXPECT_EQ(event_query({{"kind", "switch,command"}})->kinds.size(), 2U);
}

TEST(Time, IsReadBack) {
    EXPECT_EQ(parse_time(time_text(1'700'000'000'123)), 1'700'000'000'123);
    EXPECT_EQ(parse_time("1970-01-01T00:00:01Z"), 1000);
    EXPECT_EQ(parse_time("1970-01-01T00:00:00.5Z"), 500);
    for (const char* wrong :
         {"", "1970-01-01", "1970-13-01T00:00:00Z", "1970-02-30T00:00:00Z", "1970-01-01T24:00:00Z",
          "1970-01-01T00:00:00.Z", "1970-01-01T00:00:00+01:00"})
        EXPECT_FALSE(parse_time(wrong)) << wrong;
}

}  // namespace
}  // namespace midinet::admin
