// What runs on threads of its own: history and webhooks.
#include "admin/alerts/webhook_sender.hpp"
#include "admin/store/history.hpp"
#include "unit/platform/temp_dir.hpp"

#include <SQLiteCpp/Database.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <future>

namespace midinet::admin {
namespace {

using ::testing::HasSubstr;

struct RealClock : io::Clock {
    TimePoint now() const noexcept override {
        return TimePoint{std::chrono::steady_clock::now().time_since_epoch()};
    }
};

class HistoryTest : public ::testing::Test {
  protected:
    History::Surroundings with() {
        return {.directory = folder_.path() / "data",
                .keep = {},
                .clock = clock_,
                .unix_ms = [this] { return unix_ms_.load(); },
                .say = [this](const std::string& news) { said_ += news + '\n'; },
                .on_thread = {}};
    }
    static std::vector<Event> events_of(History& history) {
        std::promise<std::vector<Event>> read;
        EXPECT_TRUE(history.ask(EventQuery{.limit = 1000},
                                [&](auto events) { read.set_value(std::move(*events)); }));
        return read.get_future().get();
    }
    /// Nobody is served until it is set.
    static void hold(History& history, std::promise<void>& release) {
        auto held = std::make_shared<std::promise<void>>();
        auto reached = held->get_future();
        EXPECT_TRUE(history.later([held, going = release.get_future().share()] {
            held->set_value();
            going.wait();
        }));
        reached.wait();
    }

    platform::TempDir folder_;
    std::atomic<std::int64_t> unix_ms_{1'700'000'000'000};
    RealClock clock_;
    std::string said_;
};

TEST_F(HistoryTest, KeepsWhatSeveralThreadsHandOver) {
    {
        History history(with());
        const auto hand_over = [&] {
            for (int i = 0; i < 200; ++i) {
                history.record(Event{.at_ms = 1'700'000'000'000, .text = "it"});
                history.record(std::vector<Sample>{{.at = 1'700'000'000 + i}});
                (void)history.state();
            }
        };
        auto other = std::async(std::launch::async, hand_over);
        hand_over();
        other.get();
        EXPECT_EQ(events_of(history).size(), 400U);
    }
    History again(with());
    EXPECT_EQ(events_of(again).size(), 400U);
    EXPECT_EQ(said_, "");
}

TEST_F(HistoryTest, LetsNobodyWaitWhoHandsOver) {
    History history(with());
    std::promise<void> release;
    hold(history, release);
    for (std::size_t i = 0; i < History::kMostWaiting + 5; ++i) history.record(Event{.text = "it"});
    EXPECT_EQ(history.state().dropped, 5U);
    for (std::size_t i = 0; i < History::kMostTasks; ++i) EXPECT_TRUE(history.later([] {}));
    EXPECT_FALSE(history.later([] {})) << "too many wait";
    release.set_value();
}

TEST_F(HistoryTest, CommitsWhatWaitsAtItsEnd) {
    {
        History history(with());
        history.record(Event{.at_ms = 1'700'000'000'000, .text = "last"});
        history.close();
        EXPECT_FALSE(history.later([] {}));
    }
    History again(with());
    EXPECT_EQ(events_of(again).at(0).text, "last");
}

TEST_F(HistoryTest, NoticesWithinAMinuteThatItsFileWasRemoved) {
    {
        History history(with());
        history.record(Event{.at_ms = unix_ms_, .text = "before"});
        EXPECT_EQ(events_of(history).size(), 1U);
        std::filesystem::remove_all(folder_.path() / "data");
        unix_ms_ += 60'000;
        history.record(Event{.at_ms = unix_ms_, .text = "in between"});
        (void)events_of(history);
        history.record(Event{.at_ms = unix_ms_, .text = "after"});
        EXPECT_EQ(events_of(history).back().text, "after");
    }
    EXPECT_THAT(said_, HasSubstr("was removed"));
    History again(with());
    EXPECT_EQ(events_of(again).size(), 1U);
}

TEST_F(HistoryTest, SetsAsideWhatANewerProgramKept) {
    std::filesystem::create_directories(folder_.path() / "data");
    SQLite::Database((folder_.path() / "data" / History::kFile).string(),
                     SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE)
        .exec("PRAGMA user_version = 99");
    History history(with());
    EXPECT_THAT(history.state().set_aside, HasSubstr("of a newer midi-admin"));
    EXPECT_EQ(history.state().trouble, "");
    std::size_t aside = 0;
    for (const auto& file : std::filesystem::directory_iterator(folder_.path() / "data"))
        aside += file.path().string().find("unusable") != std::string::npos ? 1U : 0U;
    EXPECT_EQ(aside, 1U);
}

class Sender : public ::testing::Test {
  protected:
    RealClock clock_;
    WebhookSender sender_{{.clock = clock_,
                           .unix_ms = [] { return std::int64_t{1'700'000'000'000}; },
                           .seed = 1,
                           .agent = "test",
                           .on_thread = {}}};
    const WebhookRule nowhere_{true, "http://127.0.0.1:1/", ""};
};

TEST_F(Sender, SendsNothingToLoopbackAndDoesNotTryAgain) {
    std::promise<Delivery> ended;
    ASSERT_TRUE(sender_.test(nowhere_, [&](const Delivery& it) { ended.set_value(it); }));
    const auto delivery = ended.get_future().get();
    EXPECT_EQ(delivery.state, Delivery::State::Failed);
    EXPECT_EQ(delivery.attempts, 1U);
    EXPECT_THAT(delivery.why, HasSubstr("loopback"));
    EXPECT_EQ(sender_.log().at(0).why, delivery.why);
}

TEST_F(Sender, IsBoundedAndTellsWhatItDropped) {
    std::promise<void> reached;
    std::promise<void> release;
    ASSERT_TRUE(sender_.test(nowhere_, [&](const Delivery&) {
        reached.set_value();
        release.get_future().wait();
    }));
    reached.get_future().wait();
    for (std::size_t i = 0; i < WebhookSender::kMostWaiting + 3; ++i)
        sender_.tell(nowhere_, {.alert = {.id = std::to_string(i)}});
    EXPECT_FALSE(sender_.test(nowhere_, [](const Delivery&) {})) << "too much waits";
    const auto log = sender_.log();
    EXPECT_EQ(std::count_if(log.begin(), log.end(),
                            [](const auto& it) { return it.state == Delivery::State::Dropped; }),
              3);
    release.set_value();
    sender_.close();
}

}  // namespace
}  // namespace midinet::admin
