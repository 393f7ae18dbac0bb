// Several daemons in one process: what the system asks of it, and what they ask of each other.
#include "engine/fleet.hpp"

#include "platform/linux/epoll_waiter.hpp"
#include "platform/posix/steady_clock.hpp"

#include <gmock/gmock.h>

#include <deque>

namespace midinet::engine {
namespace {

using testing::ElementsAre;
using testing::UnorderedElementsAre;

/// What the system says; the fleet's waiter is woken for each word.
class Inbox final : public io::Signals {
  public:
    explicit Inbox(io::Waiter& waiter) : waiter_(waiter) {}
    io::Handle handle() const noexcept override { return io::kNoHandle; }
    std::optional<io::Signal> next() noexcept override {
        const std::lock_guard lock(mutex_);
        if (signals_.empty()) return std::nullopt;
        const auto signal = signals_.front();
        signals_.pop_front();
        return signal;
    }
    void say(io::Signal signal) {
        {
            const std::lock_guard lock(mutex_);
            signals_.push_back(signal);
        }
        waiter_.wake();
    }

  private:
    io::Waiter& waiter_;
    std::mutex mutex_;
    std::deque<io::Signal> signals_;
};

class FleetTest : public testing::Test {
  protected:
    FleetSurroundings surroundings() {
        return {.signals = inbox_, .waiter = *waiter_, .make_waiter = [] {
                    return Result<std::unique_ptr<io::Waiter>>(platform::EpollWaiter::create());
                }};
    }
    /// The next signal of a daemon, waited for.
    static io::Signal await_signal(FleetMember& member) {
        std::array<io::Ready, 1> ready;
        for (;;) {
            if (const auto signal = member.next()) return *signal;
            (void)member.control_waiter().wait(kNever, ready);
        }
    }
    static control::SiblingOrder await_order(FleetMember& member) {
        std::array<io::Ready, 1> ready;
        for (;;) {
            if (const auto order = member.next_order()) return *order;
            (void)member.control_waiter().wait(kNever, ready);
        }
    }
    void note(const std::string& what) {
        const std::lock_guard lock(mutex_);
        notes_.push_back(what);
    }

    std::unique_ptr<io::Waiter> waiter_ = platform::EpollWaiter::create().value();
    Inbox inbox_{*waiter_};
    std::mutex mutex_;
    std::vector<std::string> notes_;
};

TEST_F(FleetTest, EveryDaemonHearsWhatTheSystemSays) {
    std::atomic<int> reloads{0};
    Fleet fleet(surroundings(), [&](FleetMember& member) -> Result<void> {
        EXPECT_EQ(await_signal(member), io::Signal::Reload);
        if (++reloads == 2) inbox_.say(io::Signal::Stop);
        EXPECT_EQ(await_signal(member), io::Signal::Stop);
        note(std::to_string(member.slot().value));
        return {};
    });
    inbox_.say(io::Signal::Reload);
    EXPECT_TRUE(fleet.run({{1}, {3}}));
    EXPECT_THAT(notes_, UnorderedElementsAre("1", "3"));
}

TEST_F(FleetTest, ErrorOfOneEndsTheOthersInGoodOrderAndIsTheFleets) {
    Fleet fleet(surroundings(), [&](FleetMember& member) -> Result<void> {
        if (member.slot().value == 2) return fail("no such card", 2);
        EXPECT_EQ(await_signal(member), io::Signal::Stop);
        note("ended");
        return {};
    });
    const auto result = fleet.run({{1}, {2}});
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().message, "no such card");
    EXPECT_EQ(result.error().exit_code, 2);
    EXPECT_THAT(notes_, ElementsAre("ended"));
}

TEST_F(FleetTest, OneThatEndsLeavesTheOthersAlone) {
    std::atomic<bool> over{false};
    Fleet fleet(surroundings(), [&](FleetMember& member) -> Result<void> {
        if (member.slot().value == 2) {
            over = true;
            return {};
        }
        while (!over) std::this_thread::yield();
        EXPECT_FALSE(member.next());
        note("played to the end");
        return {};
    });
    EXPECT_TRUE(fleet.run({{1}, {2}}));
    EXPECT_THAT(notes_, ElementsAre("played to the end"));
}

TEST_F(FleetTest, DeviceThatIsAskedForLaterIsStartedOnce) {
    Fleet* self = nullptr;
    Fleet fleet(surroundings(), [&](FleetMember& member) -> Result<void> {
        note(std::to_string(member.slot().value));
        if (member.slot().value == 1) {
            self->ask_for({4});
            self->ask_for({4});
            self->ask_for({1});
        } else {
            inbox_.say(io::Signal::Stop);
        }
        EXPECT_EQ(await_signal(member), io::Signal::Stop);
        self->ask_for({5});  // too late
        return {};
    });
    self = &fleet;
    EXPECT_TRUE(fleet.run({{1}}));
    EXPECT_THAT(notes_, ElementsAre("1", "4"));
}

TEST_F(FleetTest, OrdersGoToTheOthersAndTheMissingAreKnownToAll) {
    Fleet* self = nullptr;
    Fleet fleet(surroundings(), [&](FleetMember& member) -> Result<void> {
        const auto siblings = self->siblings_of(member);
        if (member.slot().value == 2) {
            siblings.set_device_present(false);
            siblings.tell({.request = {.who = "anna", .target = SourceId{7}}});
            EXPECT_EQ(await_signal(member), io::Signal::Stop);
            EXPECT_FALSE(siblings.next_order()) << "its own";
            return {};
        }
        const auto order = await_order(member);
        EXPECT_EQ(order.request.who, "anna");
        EXPECT_EQ(order.request.target, SourceId{7});
        EXPECT_EQ(siblings.missing(), 0b010);
        siblings.set_device_present(true);
        if (member.slot().value == 3) inbox_.say(io::Signal::Stop);
        EXPECT_EQ(await_signal(member), io::Signal::Stop);
        return {};
    });
    self = &fleet;
    EXPECT_TRUE(fleet.run({{1}, {2}, {3}}));
}

TEST_F(FleetTest, WhatOneTellsAtOnceReachesAllThatWereAskedForWithIt) {
    auto slow = surroundings();
    slow.make_waiter = [make = slow.make_waiter] {
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
        return make();
    };
    Fleet* self = nullptr;
    Fleet fleet(slow, [&](FleetMember& member) -> Result<void> {
        if (member.slot().value == 1) {
            self->siblings_of(member).tell({.request = {.who = "anna", .target = SourceId{7}}});
            return {};
        }
        note(await_order(member).request.who);
        return {};
    });
    self = &fleet;
    EXPECT_TRUE(fleet.run({{1}, {2}, {3}}));
    EXPECT_THAT(notes_, ElementsAre("anna", "anna"));
}

}  // namespace
}  // namespace midinet::engine
