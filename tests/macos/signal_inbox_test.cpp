#include "platform/macos/signal_inbox.hpp"

#include "double/clock.hpp"
#include "platform/macos/kqueue_waiter.hpp"

#include <gtest/gtest.h>

#include <array>
#include <csignal>

namespace midinet::platform {
namespace {

class SignalInboxTest : public testing::Test {
  protected:
    /// Whether a waiter that watches it has something to tell.
    bool is_ready() {
        std::array<io::Ready, 2> ready;
        return waiter_->wait(TimePoint{}, ready) == 1;
    }
    SignalInbox inbox_ = SignalInbox::open().value();
    std::unique_ptr<KqueueWaiter> waiter_ = KqueueWaiter::create().value();
    bool watched_ = waiter_->watch(inbox_.handle(), 1, true, false).has_value();
};

TEST_F(SignalInboxTest, NothingHasComeUntilItComes) {
    EXPECT_TRUE(watched_);
    EXPECT_FALSE(is_ready());
    EXPECT_FALSE(inbox_.next());
}

TEST_F(SignalInboxTest, TermAndInterruptStopAndHangUpReloads) {
    for (const int signal : {SIGTERM, SIGINT, SIGHUP}) {
        std::raise(signal);
        EXPECT_TRUE(is_ready()) << signal;
        EXPECT_EQ(inbox_.next(), signal == SIGHUP ? io::Signal::Reload : io::Signal::Stop);
        EXPECT_FALSE(is_ready()) << signal;
        EXPECT_FALSE(inbox_.next());
    }
}

TEST_F(SignalInboxTest, OneThatComesTwiceComesOnce) {
    std::raise(SIGHUP);
    std::raise(SIGHUP);
    EXPECT_EQ(inbox_.next(), io::Signal::Reload);
    EXPECT_FALSE(inbox_.next());
}

TEST_F(SignalInboxTest, NoneOfThemEndsTheProcessByItself) {
    for (const int signal : {SIGTERM, SIGINT, SIGHUP, SIGPIPE}) {
        struct sigaction now {};
        ASSERT_EQ(::sigaction(signal, nullptr, &now), 0);
        EXPECT_EQ(now.sa_handler, SIG_IGN) << signal;
    }
}

}  // namespace
}  // namespace midinet::platform
