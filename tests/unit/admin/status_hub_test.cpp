#include "admin/ws/status_hub.hpp"

#include <gtest/gtest.h>

namespace midinet::admin {
namespace {

class Number : public PictureRoute {
  public:
    using PictureRoute::PictureRoute;
    std::string_view path() const noexcept override { return "/number"; }

  private:
    void render(control::JsonValue& json, const Picture& picture,
                const DevicePicture&) const override {
        json["number"] = picture.number;
    }
};

/// Takes so many messages before it is full.
struct Line : SocketLine {
    std::size_t room = 1000;
    std::vector<control::JsonValue> got;
    bool send(SocketText text) override {
        if (room == 0) return false;
        --room;
        got.push_back(control::JsonValue::parse(*text));
        return true;
    }
    std::size_t queued() const noexcept override { return 0; }
};

class StatusHubTest : public ::testing::Test {
  protected:
    StatusHubTest() : hub_([this] { return picture_; }, parts(), "run") { take(0ms); }
    StatusHub::Parts parts() {
        StatusHub::Parts parts;
        parts.emplace_back("it", std::make_unique<Number>([this] { return picture_; }));
        return parts;
    }
    void take(Duration later) {
        auto next = std::make_shared<Picture>();
        next->number = picture_ ? picture_->number + 1 : 1;
        next->now = (picture_ ? picture_->now : TimePoint{1h}) + later;
        next->devices.resize(1);
        picture_ = next;
        hub_.on_picture(*picture_);
    }
    std::unique_ptr<SocketEnd> join(Line& line, std::string query = "") {
        auto end = hub_.join({.path = "/ws/status", .query = std::move(query)});
        EXPECT_TRUE(end);
        (*end)->on_open(line);
        return std::move(*end);
    }

    PicturePtr picture_;
    StatusHub hub_;
};

TEST_F(StatusHubTest, TellsOnceASecondWhereNothingIsNews) {
    Line line;
    const auto end = join(line);
    for (int i = 0; i < 12; ++i) take(250ms);
    ASSERT_EQ(line.got.size(), 4U);
    EXPECT_EQ(line.got[0]["type"], "snapshot");
    for (std::size_t i = 1; i < line.got.size(); ++i) {
        EXPECT_EQ(line.got[i]["type"], "delta");
        EXPECT_EQ(line.got[i]["seq"], line.got[i - 1]["seq"].get<int>() + 1);
    }
}

TEST_F(StatusHubTest, TellsAReaderThatWasTooSlowWhatItMissed) {
    Line slow;
    slow.room = 3;
    Line quick;
    const auto first = join(slow);
    const auto second = join(quick);
    for (int i = 0; i < 10; ++i) take(1s);
    EXPECT_EQ(slow.got.size(), 3U);
    EXPECT_EQ(hub_.dropped(), 8U) << "of eleven: a snapshot and ten deltas";
    slow.room = 1000;
    first->on_room();
    ASSERT_EQ(slow.got.size(), 4U);
    EXPECT_EQ(slow.got.back()["type"], "snapshot");
    EXPECT_EQ(slow.got.back()["dropped"], 8);
    EXPECT_EQ(slow.got.back()["seq"], quick.got.back()["seq"]);
    take(1s);
    EXPECT_EQ(slow.got.back(), quick.got.back()) << "in step again";
    EXPECT_EQ(quick.got.size(), 12U) << "and nobody else waited";
}

TEST_F(StatusHubTest, ForgetsWhoWent) {
    Line line;
    auto end = join(line);
    EXPECT_EQ(hub_.members(), 1U);
    end.reset();
    EXPECT_EQ(hub_.members(), 0U);
    take(1s);
    EXPECT_EQ(line.got.size(), 1U);
}

TEST_F(StatusHubTest, RefusesWhatItDoesNotKnow) {
    EXPECT_EQ(hub_.join({.query = "colour=1"}).error().status, 400U);
    EXPECT_EQ(hub_.join({.query = "device=2"}).error().status, 404U);
    EXPECT_TRUE(hub_.join({.query = "device=1&run=x&seq=3"}));
}

}  // namespace
}  // namespace midinet::admin
