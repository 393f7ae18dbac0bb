// A pair of controllers: who is read, when that changes, and that nothing old is played.
#include "engine/input_pair.hpp"

#include <gmock/gmock.h>

#include <deque>
#include <sstream>

namespace midinet::engine {
namespace {

using testing::HasSubstr;

/// A controller that can be plugged in and out, and played.
struct Box {
    explicit Box(std::string box_name) : name(std::move(box_name)) {}
    std::string name;
    std::size_t ports = 1;
    bool plugged = true;
    bool swapped = false;  ///< what its name leads to is another one: a FIFO made anew
    unsigned opened = 0;   ///< times
    std::deque<std::uint8_t> bytes;
};

class BoxSource final : public io::MidiSource {
  public:
    explicit BoxSource(Box& box) : box_(box) {
        info_.name = box.name;
        info_.ports.assign(box.ports, box.name);
    }
    const io::DeviceInfo& info() const noexcept override { return info_; }
    std::span<const io::Handle> handles() const noexcept override { return {}; }
    io::SourceRead read(std::span<std::uint8_t> buffer, TimePoint now) noexcept override {
        using What = io::SourceRead::What;
        if (!box_.plugged) return {.what = What::Lost, .size = 0, .port = {}, .stamp = now};
        if (box_.bytes.empty()) return {};
        buffer[0] = box_.bytes.front();
        box_.bytes.pop_front();
        return {.what = What::Bytes, .size = 1, .port = {}, .stamp = now};
    }

  private:
    Box& box_;
    io::DeviceInfo info_;
};

class BoxOpener final : public io::MidiSourceOpener {
  public:
    explicit BoxOpener(Box& box) : box_(box) {}
    Result<std::unique_ptr<io::MidiSource>> open(TimePoint) override {
        if (!box_.plugged) return fail(box_.name + " is not plugged in");
        ++box_.opened;
        box_.swapped = false;
        return std::make_unique<BoxSource>(box_);
    }
    bool replaced() const noexcept override { return box_.swapped; }

  private:
    Box& box_;
};

class InputPairTest : public testing::Test {
  protected:
    void begin(bool returns = false) {
        pair_ = std::make_unique<InputPair>(InputPair::Openers{std::make_unique<BoxOpener>(one_),
                                                               std::make_unique<BoxOpener>(two_)},
                                            returns, seat_, *logger_);
        open();
    }
    /// As the daemon does when the engine has nothing to read.
    bool open() {
        auto opened = pair_->open(now_);
        if (opened)
            read_ = std::move(*opened);
        else
            why_ = opened.error().message;
        return opened.has_value();
    }
    /// The engine reads what there is. Gives it; a loss is told to the daemon, which opens again.
    std::string turn() {
        pass(50ms);
        std::string heard;
        std::array<std::uint8_t, 4> buffer{};
        while (read_) {
            const auto got = read_->read(buffer, now_);
            if (got.what == io::SourceRead::What::Nothing) break;
            if (got.what == io::SourceRead::What::Bytes)
                heard += static_cast<char>(buffer[0]);
            else
                read_.reset();
        }
        if (!read_) open();
        return heard;
    }
    void pass(Duration time) {
        for (const auto end = now_ + time; now_ < end;) {
            now_ += 50ms;
            pair_->service(now_);
            if (pair_->replaced() && !open()) read_.reset();
        }
    }
    static void play(Box& box, const std::string& notes) {
        box.bytes.insert(box.bytes.end(), notes.begin(), notes.end());
    }

    Box one_{"One"};
    Box two_{"Two"};
    PairSeat seat_;
    std::ostringstream log_;
    std::unique_ptr<control::Logger> logger_ =
        control::make_logger(control::LogLevel::Info, control::LogFormat::Text, log_);
    std::unique_ptr<InputPair> pair_;
    std::unique_ptr<io::MidiSource> read_;
    std::string why_;
    TimePoint now_{1h};
};

TEST_F(InputPairTest, ReadsTheFirstAndKeepsTheSecondOpenAndEmpty) {
    begin();
    play(one_, "a");
    play(two_, "x");
    EXPECT_EQ(turn(), "a");
    EXPECT_EQ(seat_.active, 0U);
    EXPECT_TRUE(pair_->standby_is_there());
    EXPECT_TRUE(two_.bytes.empty());
}

TEST_F(InputPairTest, TheSecondTakesOverAtOnceWithNothingOld) {
    begin();
    turn();
    play(two_, "old");
    one_.plugged = false;
    EXPECT_EQ(turn(), "");
    EXPECT_EQ(seat_.active, 1U);
    EXPECT_EQ(two_.opened, 1U) << "it was open all the time";
    play(two_, "new");
    EXPECT_EQ(turn(), "new");
}

TEST_F(InputPairTest, WhatIsPlayedOnTheStandbyUntilTheVeryMomentIsOld) {
    begin();
    pass(100ms);
    one_.plugged = false;
    read_.reset();
    play(two_, "old");
    ASSERT_TRUE(open());
    EXPECT_EQ(turn(), "");
}

TEST_F(InputPairTest, IdleForeverIsNotDead) {
    begin(true);
    for (int i = 0; i < 200; ++i) {
        play(two_, "x");
        now_ += 1h;
        EXPECT_EQ(turn(), "");
    }
    EXPECT_EQ(seat_.active, 0U);
    EXPECT_EQ(one_.opened, 1U);
}

TEST_F(InputPairTest, OneThatReturnsStandsByUnlessToldOtherwise) {
    begin();
    pass(100ms);
    one_.plugged = false;
    turn();
    one_.plugged = true;
    pass(10s);
    EXPECT_EQ(seat_.active, 1U);
    EXPECT_TRUE(pair_->standby_is_there());
    two_.plugged = false;
    turn();
    EXPECT_EQ(seat_.active, 0U) << "and takes over in its turn";
}

TEST_F(InputPairTest, TheFirstIsTakenBackOnceItStays) {
    begin(true);
    pass(100ms);
    one_.plugged = false;
    turn();
    one_.plugged = true;
    pass(300ms);
    EXPECT_EQ(seat_.active, 1U) << "a plug that bounces is no return";
    one_.plugged = false;
    pass(300ms);
    one_.plugged = true;
    pass(400ms);
    EXPECT_EQ(seat_.active, 1U);
    pass(1s);
    EXPECT_EQ(seat_.active, 0U);
    play(one_, "b");
    EXPECT_EQ(turn(), "b");
}

TEST_F(InputPairTest, BothGoneAreBothLookedForAndTheFirstToComeIsRead) {
    begin();
    pass(100ms);
    one_.plugged = two_.plugged = false;
    turn();
    EXPECT_EQ(read_, nullptr);
    EXPECT_THAT(why_, HasSubstr("One is not plugged in"));
    EXPECT_THAT(why_, HasSubstr("Two is not plugged in"));
    two_.plugged = true;
    turn();
    ASSERT_NE(read_, nullptr);
    EXPECT_EQ(seat_.active, 1U);
    one_.plugged = true;
    pass(200ms);
    EXPECT_TRUE(pair_->standby_is_there());
}

TEST_F(InputPairTest, StandbyThatIsLostIsOpenedAgainWithOneLineEach) {
    begin();
    pass(100ms);
    two_.plugged = false;
    pass(1s);
    EXPECT_FALSE(pair_->standby_is_there());
    two_.plugged = true;
    pass(200ms);
    EXPECT_TRUE(pair_->standby_is_there());
    EXPECT_EQ(seat_.active, 0U);
    const auto said = log_.str();
    const std::string line = "does not stand by: Two is not plugged in";
    EXPECT_THAT(said, HasSubstr(line));
    EXPECT_EQ(said.find(line, said.find(line) + 1), std::string::npos);
}

TEST_F(InputPairTest, AFifoThatIsRemovedIsADisconnect) {
    begin();
    pass(100ms);
    one_.swapped = true;
    one_.plugged = false;
    pass(50ms);
    EXPECT_EQ(seat_.active, 1U);
    EXPECT_FALSE(pair_->replaced());
}

TEST_F(InputPairTest, ByHandItChangesAndStays) {
    begin(true);
    pass(100ms);
    play(two_, "old");
    ASSERT_TRUE(pair_->select(1, now_));
    EXPECT_TRUE(pair_->replaced());
    EXPECT_STREQ(pair_->what_happened(), "gives way to input 2");
    pass(10s);
    EXPECT_EQ(seat_.active, 1U) << "return is for losses";
    play(two_, "n");
    EXPECT_EQ(turn(), "n");
    ASSERT_TRUE(pair_->select(0, now_));
    pass(50ms);
    EXPECT_EQ(seat_.active, 0U);
}

TEST_F(InputPairTest, ByHandNotToOneThatIsNotThere) {
    two_.plugged = false;
    begin();
    pass(100ms);
    const auto selected = pair_->select(1, now_);
    ASSERT_FALSE(selected);
    EXPECT_EQ(selected.error().message, "input 2 is not there: Two is not plugged in");
    EXPECT_FALSE(pair_->replaced());
}

TEST_F(InputPairTest, ThePairIsOneInstrumentToTheNetwork) {
    two_.ports = 3;
    begin();
    pass(100ms);
    one_.plugged = false;
    turn();
    EXPECT_EQ(seat_.active, 1U);
    EXPECT_EQ(read_->info().name, "One");
    EXPECT_EQ(read_->info().ports.size(), 1U);
    EXPECT_THAT(log_.str(), HasSubstr("input 2 \"Two\" has 3 ports, and clients keep the 1 of"));
}

}  // namespace
}  // namespace midinet::engine
