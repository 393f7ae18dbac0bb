#include "platform/linux/epoll_waiter.hpp"
#include "platform/linux/realtime.hpp"
#include "platform/posix/steady_clock.hpp"

#include <gmock/gmock.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <thread>

namespace midinet::platform {
namespace {

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

TEST(EpollWaiter, PastDeadlineStillReportsWhatIsReady) {
    auto waiter = EpollWaiter::create().value();
    const Pair pair;
    EXPECT_TRUE(waiter->watch(pair.near.get(), 7, true, false));
    pair.speak();
    std::array<io::Ready, 4> ready;
    ASSERT_EQ(waiter->wait(TimePoint{}, ready), 1U);
    EXPECT_EQ(ready[0].token, 7U);
    EXPECT_TRUE(ready[0].readable);
    EXPECT_FALSE(ready[0].writable);
}

TEST(EpollWaiter, PastDeadlineWithNothingReadyReturnsAtOnce) {
    auto waiter = EpollWaiter::create().value();
    std::array<io::Ready, 1> ready;
    EXPECT_EQ(waiter->wait(TimePoint{}, ready), 0U);
}

class EpollWaiterPrecision : public testing::TestWithParam<WaitPrecision> {};

TEST_P(EpollWaiterPrecision, NeverEndsBeforeItsDeadline) {
    auto waiter = EpollWaiter::create(GetParam()).value();
    const SteadyClock clock;
    std::array<io::Ready, 1> ready;
    const TimePoint deadline = clock.now() + 1500us;
    EXPECT_EQ(waiter->wait(deadline, ready), 0U);
    EXPECT_GE(clock.now(), deadline);
}

INSTANTIATE_TEST_SUITE_P(Both, EpollWaiterPrecision,
                         testing::Values(WaitPrecision::Nanoseconds, WaitPrecision::Milliseconds));

/// Plays a turn's beginning: something is ready, so that the wait for `deadline` ends before it.
void end_early(EpollWaiter& waiter, const Pair& pair, TimePoint deadline) {
    std::array<io::Ready, 1> ready;
    pair.speak();
    EXPECT_EQ(waiter.wait(deadline, ready), 1U);
    char byte = 0;
    EXPECT_EQ(::read(pair.near.get(), &byte, 1), 1);
}

TEST(EpollWaiter, ADeadlineThatMovedIsKept) {
    for (const auto first : {1ms, 60'000ms}) {  // nearer than the next one, and behind it
        auto waiter = EpollWaiter::create().value();
        const Pair pair;
        EXPECT_TRUE(waiter->watch(pair.near.get(), 1, true, false));
        const SteadyClock clock;
        const auto began = clock.now();
        end_early(*waiter, pair, began + first);
        std::array<io::Ready, 1> ready;
        EXPECT_EQ(waiter->wait(began + 20ms, ready), 0U);
        EXPECT_GE(clock.now(), began + 20ms);
        EXPECT_LT(clock.now(), began + 30s);
    }
}

TEST(EpollWaiter, ADeadlineThatWasGivenUpEndsNoLaterWait) {
    auto waiter = EpollWaiter::create().value();
    const Pair pair;
    EXPECT_TRUE(waiter->watch(pair.near.get(), 1, true, false));
    end_early(*waiter, pair, SteadyClock{}.now() + 1ms);
    std::jthread other([&] {
        std::this_thread::sleep_for(20ms);
        pair.speak();
    });
    std::array<io::Ready, 1> ready;
    EXPECT_EQ(waiter->wait(kNever, ready), 1U) << "the old deadline ended it";
}

TEST(EpollWaiter, MillisecondsAreRoundedUp) {
    EXPECT_EQ(whole_milliseconds(-1ns), 0);
    EXPECT_EQ(whole_milliseconds(1ns), 1);
    EXPECT_EQ(whole_milliseconds(1ms), 1);
    EXPECT_EQ(whole_milliseconds(1ms + 1ns), 2);
    EXPECT_EQ(whole_milliseconds(Duration::max()), std::numeric_limits<int>::max());
}

TEST(EpollWaiter, WakeBeforeTheWaitEndsItOnce) {
    auto waiter = EpollWaiter::create().value();
    waiter->wake();
    waiter->wake();
    std::array<io::Ready, 1> ready;
    EXPECT_EQ(waiter->wait(kNever, ready), 0U);
    const SteadyClock clock;
    const TimePoint deadline = clock.now() + 1ms;
    waiter->wait(deadline, ready);
    EXPECT_GE(clock.now(), deadline) << "the wake-up was used up by the first wait";
}

TEST(EpollWaiter, WakeFromAnotherThreadEndsAnEndlessWait) {
    auto waiter = EpollWaiter::create().value();
    std::jthread other([&] { waiter->wake(); });
    std::array<io::Ready, 1> ready;
    EXPECT_EQ(waiter->wait(kNever, ready), 0U);
}

TEST(EpollWaiter, WakeDoesNotTakeThePlaceOfAHandle) {
    auto waiter = EpollWaiter::create().value();
    const Pair pair;
    EXPECT_TRUE(waiter->watch(pair.near.get(), 3, true, false));
    waiter->wake();
    pair.speak();
    std::array<io::Ready, 1> ready;
    EXPECT_EQ(waiter->wait(kNever, ready), 1U);
    EXPECT_EQ(ready[0].token, 3U);
}

TEST(EpollWaiter, WatchingAgainChangesTokenAndInterest) {
    auto waiter = EpollWaiter::create().value();
    const Pair pair;
    EXPECT_TRUE(waiter->watch(pair.near.get(), 1, true, false));
    EXPECT_TRUE(waiter->watch(pair.near.get(), 2, false, true));
    std::array<io::Ready, 1> ready;
    ASSERT_EQ(waiter->wait(TimePoint{}, ready), 1U);
    EXPECT_EQ(ready[0].token, 2U);
    EXPECT_TRUE(ready[0].writable);
}

TEST(EpollWaiter, HangUpIsReportedToWhoeverIsInterested) {
    auto waiter = EpollWaiter::create().value();
    Pair pair;
    EXPECT_TRUE(waiter->watch(pair.near.get(), 1, false, true));
    pair.far.close();
    std::array<io::Ready, 1> ready;
    ASSERT_EQ(waiter->wait(TimePoint{}, ready), 1U);
    EXPECT_TRUE(ready[0].readable);
    EXPECT_TRUE(ready[0].writable);
}

TEST(EpollWaiter, HangUpWithoutInterestIsNotReportedUntilThereIsOne) {
    auto waiter = EpollWaiter::create().value();
    Pair pair;
    EXPECT_TRUE(waiter->watch(pair.near.get(), 1, false, false));
    pair.far.close();
    std::array<io::Ready, 1> ready;
    EXPECT_EQ(waiter->wait(TimePoint{}, ready), 0U);
    waiter->set_interest(pair.near.get(), 1, true, false);
    EXPECT_EQ(waiter->wait(TimePoint{}, ready), 1U);
}

TEST(EpollWaiter, UnwatchedHandleIsSilent) {
    auto waiter = EpollWaiter::create().value();
    const Pair pair;
    EXPECT_TRUE(waiter->watch(pair.near.get(), 1, true, false));
    pair.speak();
    waiter->unwatch(pair.near.get());
    std::array<io::Ready, 1> ready;
    EXPECT_EQ(waiter->wait(TimePoint{}, ready), 0U);
}

TEST(EpollWaiter, RefusesWhatCannotBeWaitedFor) {
    auto waiter = EpollWaiter::create().value();
    const auto watched = waiter->watch(9999, 1, true, false);
    ASSERT_FALSE(watched);
    EXPECT_THAT(watched.error().message, testing::HasSubstr("watching handle 9999"));
}

TEST(EpollWaiter, NoHandleIsTakenAndNeverReady) {
    auto waiter = EpollWaiter::create().value();
    EXPECT_TRUE(waiter->watch(io::kNoHandle, 1, true, false));
    std::array<io::Ready, 1> ready;
    EXPECT_EQ(waiter->wait(TimePoint{}, ready), 0U);
}

TEST(Realtime, EveryRefusalIsToldInWords) {
    RealtimeReport report;
    // On a thread of its own: the priority must not stay with the test program.
    std::jthread([&] {
        report = enter_realtime({.thread_name = "rt-test-with-a-long-name", .lock_memory = false});
    }).join();
    EXPECT_EQ(report.priority == 80, report.refusals.empty());
    for (const std::string& refusal : report.refusals)
        EXPECT_THAT(refusal, testing::HasSubstr("refused"));
}

TEST(Realtime, LongThreadNameIsCutNotRefused) {
    char name[16] = {};
    std::jthread([&] {
        enter_realtime({.thread_name = "rt-test-with-a-long-name", .lock_memory = false});
        ::prctl(PR_GET_NAME, name);
    }).join();
    EXPECT_STREQ(name, "rt-test-with-a-");
}

TEST(Realtime, ImpossiblePriorityIsRefusedWithoutEndingTheProgram) {
    RealtimeReport report;
    std::jthread([&] { report = enter_realtime({.priority = 1000, .lock_memory = false}); }).join();
    EXPECT_EQ(report.priority, 0);
    ASSERT_FALSE(report.refusals.empty());
    EXPECT_THAT(report.refusals.back(), testing::HasSubstr("SCHED_FIFO 1000"));
}

}  // namespace
}  // namespace midinet::platform
