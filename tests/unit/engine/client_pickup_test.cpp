// Soft takeover: a client that changes over to a host whose faders stand elsewhere.
#include "unit/engine/rig.hpp"

namespace midinet::engine {
namespace {

class ClientPickupTest : public ::testing::Test {
  protected:
    void SetUp() override { begin({.takeover = wire::Takeover::Pickup}); }
    void begin(const wire::FailoverPolicy& rules) {
        for (auto* host : {&a_, &b_}) {
            host->failover = rules;
            host->start();
            host->plug_in();
        }
        client_.start();
        client_.open_port();
        pass(50ms);
    }
    void a_dies() {
        a_.kill();
        pass(20ms);
        ASSERT_EQ(client_.engine().active(), SourceId{2});
    }
    Bytes plays(Host& host, const Bytes& bytes) {
        (void)client_.heard();
        host.play(bytes);
        pass(5ms);
        return client_.heard();
    }
    void pass(Duration time) { world_.run_until(world_.now() + time); }

    World world_{7};
    Host a_{world_, 1};
    Host b_{world_, 2};
    Client client_{world_, {1, 2}};
};

TEST_F(ClientPickupTest, SwitchItselfSendsNoValue) {
    (void)plays(b_, {0xB0, 7, 20});
    (void)plays(a_, {0xB0, 7, 100, 0x90, 60, 1});
    a_dies();
    EXPECT_EQ(client_.heard(), (Bytes{0x80, 60, 64})) << "what sounded ends, nothing else";
}

TEST_F(ClientPickupTest, FaderDoesNotJumpAndActsOnceItCrossesTheValueInForce) {
    (void)plays(b_, {0xB0, 7, 20});
    (void)plays(a_, {0xB0, 7, 100});
    a_dies();
    EXPECT_EQ(plays(b_, {0xB0, 7, 30}), Bytes{});
    EXPECT_EQ(plays(b_, {0xB0, 7, 99}), Bytes{});
    EXPECT_EQ(plays(b_, {0xB0, 7, 101}), (Bytes{0xB0, 7, 101}));
    EXPECT_EQ(plays(b_, {0xB0, 7, 5}), (Bytes{0xB0, 7, 5}));
    pass(200ms);
    EXPECT_EQ(client_.engine().status().withheld, 2U);
}

TEST_F(ClientPickupTest, NotesAndControlsThatStandWhereTheyShouldActAtOnce) {
    (void)plays(b_, {0xB0, 7, 100, 0xB0, 8, 1});
    (void)plays(a_, {0xB0, 7, 100, 0xB0, 8, 2});
    a_dies();
    EXPECT_EQ(plays(b_, {0x90, 61, 1, 0xB0, 7, 3}), (Bytes{0x90, 61, 1, 0xB0, 7, 3}));
    EXPECT_EQ(plays(b_, {0xB0, 9, 3}), (Bytes{0xB0, 9, 3})) << "nothing was in force";
}

TEST_F(ClientPickupTest, ControlOfWhichTheNewHostNeverHeardWaitsForTheValueInForce) {
    (void)plays(a_, {0xB0, 7, 100});
    a_dies();
    EXPECT_EQ(plays(b_, {0xB0, 7, 30}), Bytes{});
    EXPECT_EQ(plays(b_, {0xB0, 7, 110}), (Bytes{0xB0, 7, 110}));
}

TEST_F(ClientPickupTest, NewPortIsToldTheHostsValuesAndNothingWaits) {
    (void)plays(b_, {0xB0, 7, 20});
    (void)plays(a_, {0xB0, 7, 100});
    a_dies();
    client_.open_port();
    pass(5ms);
    EXPECT_EQ(client_.heard(), (Bytes{0xB0, 7, 20}));
    EXPECT_EQ(plays(b_, {0xB0, 7, 30}), (Bytes{0xB0, 7, 30}));
}

TEST_F(ClientPickupTest, RestartOfTheHostEndsTheWaiting) {
    (void)plays(b_, {0xB0, 7, 20});
    (void)plays(a_, {0xB0, 7, 100});
    a_dies();
    b_.kill();
    b_.start(2);
    b_.plug_in();
    pass(20ms);
    EXPECT_EQ(plays(b_, {0xB0, 7, 30}), (Bytes{0xB0, 7, 30}));
}

TEST_F(ClientPickupTest, SwitchUnderOtherRulesEndsTheWaiting) {
    (void)plays(b_, {0xB0, 7, 20});
    (void)plays(a_, {0xB0, 7, 100});
    a_dies();
    a_.failover = {.takeover = wire::Takeover::Keep};
    a_.start(2);
    a_.plug_in();
    pass(50ms);
    b_.kill();
    pass(20ms);
    ASSERT_EQ(client_.engine().active(), SourceId{1});
    EXPECT_EQ(plays(a_, {0xB0, 7, 30}), (Bytes{0xB0, 7, 30}));
}

}  // namespace
}  // namespace midinet::engine
