#include "platform/macos/kqueue_waiter.hpp"

#include "double/clock.hpp"
#include "double/kqueue.hpp"

#include <gmock/gmock.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <thread>

namespace midinet::platform {
namespace {

using testing::ElementsAre;

struct Pair {
    FileDescriptor near;
    FileDescriptor far;
    Pair() {
        int fds[2] = {-1, -1};
        EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds), 0);
        near = FileDescriptor(fds[0]);
        far = FileDescriptor(fds[1]);
    }
    void speak() const { EXPECT_EQ(::write(far.get(), "x", 1), 1); }
};

class KqueueWaiterTest : public testing::Test {
  protected:
    ~KqueueWaiterTest() override { macos_double::set_wait_script({}); }
    std::vector<io::Ready> wait(TimePoint deadline, std::size_t most = 4) {
        std::vector<io::Ready> ready(most);
        ready.resize(waiter_->wait(deadline, ready));
        return ready;
    }
    /// `act` happens once while a wait finds nothing ready.
    void meanwhile(std::function<void()> act) {
        macos_double::set_wait_script({[act = std::move(act), done = false](auto) mutable {
            if (!std::exchange(done, true)) act();
            return 0;
        }});
    }
    std::unique_ptr<KqueueWaiter> waiter_ = KqueueWaiter::create().value();
    Pair pair_;
    TimePoint began_ = macos_double::now();
};

TEST_F(KqueueWaiterTest, APastDeadlineStillReportsWhatIsReady) {
    EXPECT_TRUE(waiter_->watch(pair_.near.get(), 7, true, false));
    pair_.speak();
    const auto ready = wait(TimePoint{});
    ASSERT_EQ(ready.size(), 1U);
    EXPECT_EQ(ready[0].token, 7U);
    EXPECT_TRUE(ready[0].readable);
    EXPECT_FALSE(ready[0].writable);
}

TEST_F(KqueueWaiterTest, APastDeadlineWithNothingReadyReturnsAtOnce) {
    EXPECT_TRUE(wait(TimePoint{}).empty());
    EXPECT_EQ(macos_double::now(), began_);
}

TEST_F(KqueueWaiterTest, EndsAtItsDeadline) {
    EXPECT_TRUE(wait(began_ + 1500us).empty());
    EXPECT_EQ(macos_double::now(), began_ + 1500us);
}

TEST_F(KqueueWaiterTest, AWaitThatTheKernelEndsTooEarlyGoesOn) {
    EXPECT_TRUE(wait(began_ + 5h).empty());  // longer than the kernel is asked for at once
    EXPECT_EQ(macos_double::now(), began_ + 5h);
}

TEST_F(KqueueWaiterTest, ASignalDoesNotEndAWait) {
    int signals = 3;
    std::vector<std::optional<Duration>> asked;
    macos_double::set_wait_script({[&](std::optional<Duration> left) {
        asked.push_back(left);
        if (signals == 0) return 0;
        --signals;
        macos_double::advance(1ms);
        return EINTR;
    }});
    EXPECT_TRUE(wait(began_ + 10ms).empty());
    EXPECT_THAT(asked, ElementsAre(10ms, 9ms, 8ms, 7ms));
}

TEST_F(KqueueWaiterTest, WhatBecomesReadyEndsAWaitBeforeItsDeadline) {
    EXPECT_TRUE(waiter_->watch(pair_.near.get(), 3, true, false));
    meanwhile([&] {
        macos_double::advance(2ms);
        pair_.speak();
    });
    EXPECT_EQ(wait(began_ + 1s).size(), 1U);
    EXPECT_EQ(macos_double::now(), began_ + 2ms);
}

TEST_F(KqueueWaiterTest, AWakeUpEndsAWait) {
    meanwhile([&] { waiter_->wake(); });
    EXPECT_TRUE(wait(began_ + 1s).empty());
    EXPECT_EQ(macos_double::now(), began_);
}

TEST_F(KqueueWaiterTest, AWakeUpBeforeAWaitEndsItAndOnlyIt) {
    waiter_->wake();
    waiter_->wake();
    EXPECT_TRUE(wait(began_ + 1s).empty());
    EXPECT_EQ(macos_double::now(), began_);
    EXPECT_TRUE(wait(began_ + 1s).empty());
    EXPECT_EQ(macos_double::now(), began_ + 1s);
}

TEST_F(KqueueWaiterTest, AnotherThreadWakesAWaitForEver) {
    std::thread other([&] { waiter_->wake(); });
    EXPECT_TRUE(wait(kNever).empty());
    other.join();
}

TEST_F(KqueueWaiterTest, AWakeUpDoesNotHideWhatIsReady) {
    EXPECT_TRUE(waiter_->watch(pair_.near.get(), 5, true, false));
    pair_.speak();
    waiter_->wake();
    EXPECT_EQ(wait(kNever, 1).size(), 1U);
}

TEST_F(KqueueWaiterTest, AHandleThatIsReadyBothWaysComesOnce) {
    EXPECT_TRUE(waiter_->watch(pair_.near.get(), 9, true, true));
    pair_.speak();
    const auto ready = wait(kNever);
    ASSERT_EQ(ready.size(), 1U);
    EXPECT_TRUE(ready[0].readable);
    EXPECT_TRUE(ready[0].writable);
}

TEST_F(KqueueWaiterTest, WatchingAgainChangesTokenAndInterest) {
    EXPECT_TRUE(waiter_->watch(pair_.near.get(), 1, true, true));
    EXPECT_TRUE(waiter_->watch(pair_.near.get(), 2, true, false));
    EXPECT_TRUE(wait(TimePoint{}).empty());
    pair_.speak();
    ASSERT_EQ(wait(kNever).size(), 1U);
    EXPECT_EQ(wait(kNever)[0].token, 2U);
}

TEST_F(KqueueWaiterTest, AHandleWithoutInterestIsNotWatchedAtAll) {
    EXPECT_TRUE(waiter_->watch(pair_.near.get(), 1, true, true));
    waiter_->set_interest(pair_.near.get(), 1, false, false);
    pair_.far.close();
    EXPECT_TRUE(wait(TimePoint{}).empty());
    waiter_->set_interest(pair_.near.get(), 1, true, false);
    EXPECT_EQ(wait(kNever).size(), 1U);
}

TEST_F(KqueueWaiterTest, AHangUpComesAsReadableAndWritable) {
    EXPECT_TRUE(waiter_->watch(pair_.near.get(), 1, true, false));
    pair_.far.close();
    const auto ready = wait(kNever);
    ASSERT_EQ(ready.size(), 1U);
    EXPECT_TRUE(ready[0].readable);
    EXPECT_TRUE(ready[0].writable);
}

TEST_F(KqueueWaiterTest, WhatHasNoRoomIsThereAtTheNextWait) {
    std::vector<Pair> pairs(5);
    for (io::Token i = 0; i < 5; ++i) {
        EXPECT_TRUE(waiter_->watch(pairs[i].near.get(), i, true, true));
        pairs[i].speak();
    }
    EXPECT_EQ(wait(kNever, 2).size(), 2U);
    EXPECT_EQ(wait(kNever, 8).size(), 5U);
}

TEST_F(KqueueWaiterTest, AWaitWithoutRoomEndsAllTheSame) {
    EXPECT_TRUE(waiter_->watch(pair_.near.get(), 1, true, false));
    pair_.speak();
    EXPECT_EQ(wait(began_ + 1s, 0).size(), 0U);
    EXPECT_EQ(macos_double::now(), began_);
}

TEST_F(KqueueWaiterTest, NoHandleIsTakenAndNeverReady) {
    EXPECT_TRUE(waiter_->watch(io::kNoHandle, 1, true, true));
    EXPECT_TRUE(wait(TimePoint{}).empty());
}

TEST_F(KqueueWaiterTest, AHandleThatIsClosedIsRefusedWithItsReason) {
    const int number = pair_.near.get();
    pair_.near.close();
    const auto before = macos_double::watched();  // other tests' queues that are still open
    const auto watched = waiter_->watch(number, 1, true, true);
    ASSERT_FALSE(watched);
    EXPECT_THAT(watched.error().message, testing::HasSubstr("Bad file descriptor"));
    EXPECT_EQ(macos_double::watched(), before);
}

TEST_F(KqueueWaiterTest, UnwatchingWhatIsNotWatchedIsNoHarm) {
    waiter_->unwatch(pair_.near.get());
    EXPECT_TRUE(waiter_->watch(pair_.near.get(), 1, true, false));
    waiter_->unwatch(pair_.near.get());
    waiter_->unwatch(pair_.near.get());
    pair_.speak();
    EXPECT_TRUE(wait(TimePoint{}).empty());
}

}  // namespace
}  // namespace midinet::platform
