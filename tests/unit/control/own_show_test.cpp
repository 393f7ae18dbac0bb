// A show that went elsewhere by itself, and who comes to it later.
#include "control/own_show.hpp"

#include <gtest/gtest.h>

namespace midinet::control {
namespace {

constexpr wire::Appointment kNone{};

class OwnShowTest : public testing::Test {
  protected:
    void host(std::uint16_t id) { hear(plane::HostStatus{.id = HostId{id}, .epoch = Epoch{1}}); }
    void client(unsigned n, std::uint16_t active, std::uint32_t term = 0, bool leaving = false) {
        plane::ClientStatus status{.id = {plane::kClientBit + n}, .active = {active}, .term = term};
        status.leaving = leaving;
        hear(status);
    }
    void hear(const plane::Message& message) { (void)roster.on_message(message, {}, now); }
    std::optional<wire::Appointment> judge(const wire::Appointment& in_force = kNone) {
        return show.judge(in_force, roster, now);
    }
    /// So long, with a status of both clients each half second.
    std::optional<wire::Appointment> play(Duration time, std::uint16_t active,
                                          wire::Appointment in_force = kNone) {
        for (const auto end = now + time; now < end; now += 500ms) {
            client(1, active, in_force.term);
            client(2, active, in_force.term);
            if (const auto kept = judge(in_force)) return kept;
        }
        return std::nullopt;
    }
    TimePoint now{100s};
    plane::Roster roster;
    OwnShow show{HostId{2}};
};

TEST_F(OwnShowTest, IsKeptWhenAllClientsPlayUsThoughAnotherWouldBeChosen) {
    host(1);
    const auto kept = play(4s, 2);
    ASSERT_TRUE(kept);
    EXPECT_EQ(*kept, (wire::Appointment{SourceId{2}, 1}));
    EXPECT_FALSE(play(4s, 2, *kept)) << "once";
}

TEST_F(OwnShowTest, IsKeptAgainstAnOlderAppointment) {
    const wire::Appointment older{SourceId{3}, 7};
    EXPECT_EQ(play(4s, 2, older), (wire::Appointment{SourceId{2}, 8}));
}

TEST_F(OwnShowTest, NeedsNothingWhereNobodyWouldChooseAnother) {
    host(3);
    EXPECT_FALSE(play(10s, 2));
    host(1);  // from now on somebody would
    EXPECT_TRUE(play(1s, 2));
}

TEST_F(OwnShowTest, IsNotOursWhileOneClientPlaysAnother) {
    host(1);
    for (int n = 0; n < 10; ++n, now += 500ms) {
        client(1, 2);
        client(2, 1);
        client(3, 0);
        EXPECT_FALSE(judge());
    }
    client(2, 1, 0, true);  // it ends; who hears nobody has no say
    EXPECT_FALSE(judge());
    now += OwnShow::kHold;
    client(1, 2);
    EXPECT_TRUE(judge());
}

TEST_F(OwnShowTest, LeavesASwitchByHandTheTimeToArrive) {
    host(1);
    const wire::Appointment ours{SourceId{2}, 4};
    const wire::Appointment theirs{SourceId{1}, 5};
    EXPECT_FALSE(play(10s, 2, ours));
    client(1, 2, ours.term);
    client(2, 2, ours.term);
    EXPECT_FALSE(judge(theirs));
    now += OwnShow::kHold;
    EXPECT_FALSE(judge(theirs)) << "the clients have not heard of it yet";
    client(1, 2, theirs.term);
    client(2, 2, theirs.term);
    EXPECT_FALSE(judge(theirs));
    EXPECT_TRUE(play(4s, 2, theirs)) << "they have, and stay: it was not to be had";
}

TEST_F(OwnShowTest, IsNotKeptWhereClientsReturnByThemselves) {
    host(1);
    show.configure(true);
    EXPECT_FALSE(play(10s, 2));
}

TEST_F(OwnShowTest, CountsOnFromTheHighestTermThatAClientKnows) {
    host(1);
    EXPECT_FALSE(play(2s, 2));
    client(1, 2, 9);
    client(2, 2, 8);
    now += 1s;
    EXPECT_EQ(judge(), (wire::Appointment{SourceId{2}, 10}));
}

}  // namespace
}  // namespace midinet::control
