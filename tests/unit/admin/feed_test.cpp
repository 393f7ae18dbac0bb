#include "admin/ws/feed.hpp"

#include <gtest/gtest.h>

namespace midinet::admin {
namespace {

using control::JsonValue;

JsonValue parsed(const SocketText& text) { return JsonValue::parse(*text); }

TEST(Feed, TellsWhatTurnsADocumentIntoTheNext) {
    Feed feed("r");
    EXPECT_FALSE(feed.has_state());
    (void)feed.advance({{"a", 1}, {"b", {1, 2}}});
    const JsonValue before = parsed(feed.snapshot())["state"];
    const auto delta = parsed(feed.advance({{"a", 1}, {"b", {1, 3}}, {"c", nullptr}}));
    EXPECT_EQ(delta["type"], "delta");
    EXPECT_EQ(delta["seq"], 2);
    EXPECT_EQ(before.patch(delta["patch"]), parsed(feed.snapshot())["state"]);
}

TEST(Feed, GoesOnFromWhereSomebodyWas) {
    Feed feed("r");
    for (int i = 0; i < 5; ++i) (void)feed.advance({{"a", i}});
    const auto missed = feed.catch_up(Feed::Place{"r", 3});
    ASSERT_EQ(missed.size(), 2U);
    EXPECT_EQ(parsed(missed[0])["seq"], 4);
    EXPECT_TRUE(feed.catch_up(Feed::Place{"r", 5}).empty());
}

TEST(Feed, GivesASnapshotWhereThePlaceIsNotKnown) {
    Feed feed("r");
    for (std::size_t i = 0; i < Feed::kRemembered + 5; ++i) (void)feed.advance({{"a", i}});
    const auto last = Feed::kRemembered + 5;
    for (const auto& place :
         {std::optional<Feed::Place>{}, std::optional{Feed::Place{"q", last}},
          std::optional{Feed::Place{"r", last + 1}}, std::optional{Feed::Place{"r", 4}}}) {
        const auto given = feed.catch_up(place);
        ASSERT_EQ(given.size(), 1U);
        EXPECT_EQ(parsed(given[0])["type"], "snapshot");
        EXPECT_EQ(parsed(given[0])["seq"], last);
    }
    EXPECT_EQ(feed.catch_up(Feed::Place{"r", 5}).size(), Feed::kRemembered);
}

TEST(Feed, TellsHowManyWereDropped) {
    Feed feed("r");
    (void)feed.advance({{"a", 1}});
    EXPECT_EQ(parsed(feed.snapshot(7))["dropped"], 7);
}

}  // namespace
}  // namespace midinet::admin
