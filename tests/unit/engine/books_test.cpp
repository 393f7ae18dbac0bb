// What the engines keep about others: legs, leases, peers.
#include "engine/leases.hpp"
#include "engine/legs.hpp"
#include "engine/peer.hpp"
#include "engine/peers.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace midinet::engine {
namespace {

constexpr TimePoint kNow{100s};
constexpr SenderId kHost{1};

class LegsTest : public ::testing::Test {
  protected:
    void hear(std::uint32_t number, SenderId sender = kHost, std::uint8_t interface = 0,
              bool unicast = false) {
        legs_.count({.sender = sender, .boot = boot_, .packet_number = number}, interface, unicast,
                    kNow);
    }
    std::size_t size() const { return static_cast<std::size_t>(legs_.end() - legs_.begin()); }
    const Leg& leg(std::size_t i = 0) const { return legs_.begin()[i]; }
    Legs legs_;
    Epoch boot_{1};
};

TEST_F(LegsTest, NumbersInARowMissNothingWhereverTheyBegin) {
    for (const std::uint32_t n : {500U, 501U, 502U}) hear(n);
    EXPECT_EQ(leg().datagrams, 3U);
    EXPECT_EQ(leg().missing, 0U);
    EXPECT_EQ(leg().last, kNow);
}

TEST_F(LegsTest, NumbersJumpedOverAreMissing) {
    for (const std::uint32_t n : {1U, 5U, 6U, 8U}) hear(n);
    EXPECT_EQ(leg().missing, 4U);
    EXPECT_EQ(leg().reordered, 0U);
}

TEST_F(LegsTest, NumberThatComesLateIsReorderedAndNotMissing) {
    for (const std::uint32_t n : {1U, 3U, 2U}) hear(n);
    EXPECT_EQ(leg().missing, 0U);
    EXPECT_EQ(leg().reordered, 1U);
}

TEST_F(LegsTest, SecondCopyOfTheNewestIsNeitherReorderedNorMakesUpForAMissingOne) {
    for (const std::uint32_t n : {1U, 3U, 3U}) hear(n);
    EXPECT_EQ(leg().missing, 1U);
    EXPECT_EQ(leg().reordered, 0U);
    EXPECT_EQ(leg().datagrams, 3U);
}

TEST_F(LegsTest, NumbersGoOnAfterTheHighest) {
    for (const std::uint32_t n : {0xFFFF'FFFEU, 0xFFFF'FFFFU, 1U}) hear(n);
    EXPECT_EQ(leg().missing, 1U) << "0 is never a counted number, but this is one in four billion";
    EXPECT_EQ(leg().newest, 1U);
}

TEST_F(LegsTest, AVeryWideJumpIsAnotherRunOfTheSenderAndNoLoss) {
    hear(1'000'000);
    hear(1);
    hear(2);
    EXPECT_EQ(leg().missing, 0U);
    EXPECT_EQ(leg().reordered, 0U);
}

TEST_F(LegsTest, ARestartedSenderIsCountedFromItsFirstNumberAndWhatWasMissedBeforeStaysMissed) {
    for (const std::uint32_t n : {5000U, 5003U}) hear(n);
    boot_ = Epoch{2};
    for (const std::uint32_t n : {1U, 2U, 5U}) hear(n);
    EXPECT_EQ(leg().missing, 4U);
    EXPECT_EQ(leg().reordered, 0U);
    EXPECT_EQ(leg().datagrams, 5U);
}

TEST_F(LegsTest, SendersAndInterfacesAreLegsOfTheirOwn) {
    hear(1, SenderId{1}, 0);
    hear(9, SenderId{1}, 1);
    hear(5, SenderId{2}, 0);
    ASSERT_EQ(size(), 3U);
    for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(leg(i).missing, 0U);
}

TEST_F(LegsTest, UnicastIsOneLegOverAllInterfacesAndMissesNothing) {
    hear(wire::kUncounted, kHost, 0, true);
    hear(wire::kUncounted, kHost, 1, true);
    ASSERT_EQ(size(), 1U);
    EXPECT_TRUE(leg().unicast);
    EXPECT_EQ(leg().datagrams, 2U);
    EXPECT_EQ(leg().missing, 0U);
}

TEST_F(LegsTest, FirstLegsKeepTheirPlacesHoweverManyCome) {
    for (std::uint64_t s = 1; s <= Legs::kMax + 3; ++s) hear(1, SenderId{s});
    EXPECT_EQ(size(), Legs::kMax);
    hear(2, SenderId{1});
    EXPECT_EQ(leg().sender, SenderId{1});
    EXPECT_EQ(leg().datagrams, 2U);
}

path::Peer peer(std::uint64_t n) { return {n}; }

template <typename Book>
std::vector<path::Peer> all_of(const Book& book) {
    std::vector<path::Peer> peers;
    book.for_each([&](path::Peer p) { peers.push_back(p); });
    return peers;
}

TEST(LeasesTest, HolderIsKeptForTheTermFromItsLastRenewal) {
    Leases leases;
    EXPECT_TRUE(leases.renew(peer(1), kNow));
    leases.expire(kNow + wire::kLeaseTerm - 1ms);
    EXPECT_EQ(leases.size(), 1U);
    EXPECT_TRUE(leases.renew(peer(1), kNow + 4s));
    EXPECT_EQ(leases.size(), 1U) << "a renewal is not a second lease";
    leases.expire(kNow + 4s + wire::kLeaseTerm - 1ms);
    EXPECT_EQ(leases.size(), 1U);
    leases.expire(kNow + 4s + wire::kLeaseTerm);
    EXPECT_EQ(leases.size(), 0U);
}

TEST(LeasesTest, ReleaseEndsOneLeaseAtOnce) {
    Leases leases;
    for (std::uint64_t n = 1; n <= 3; ++n) (void)leases.renew(peer(n), kNow);
    leases.release(peer(2));
    leases.release(peer(7));
    EXPECT_EQ(all_of(leases), (std::vector{peer(1), peer(3)}));
}

TEST(LeasesTest, FullBookRefusesNewHoldersAndKeepsItsOwn) {
    Leases leases;
    for (std::uint64_t n = 1; n <= Leases::kMax; ++n) EXPECT_TRUE(leases.renew(peer(n), kNow));
    EXPECT_FALSE(leases.renew(peer(1000), kNow));
    EXPECT_TRUE(leases.renew(peer(1), kNow + 1s));
    leases.expire(kNow + wire::kLeaseTerm);
    EXPECT_EQ(all_of(leases), std::vector{peer(1)});
    EXPECT_TRUE(leases.renew(peer(1000), kNow + wire::kLeaseTerm));
}

class LeaseSeekerTest : public ::testing::Test {
  protected:
    LeaseSeekerTest() { seeker_.begin(kNow); }
    std::vector<io::Endpoint> asked(TimePoint now) {
        std::vector<io::Endpoint> doors;
        seeker_.on_timer(now, [&](io::Endpoint door, bool) { doors.push_back(door); });
        return doors;
    }
    static constexpr io::Endpoint kDoor{0x0A000001, 5004};
    LeaseSeeker seeker_;
};

TEST_F(LeaseSeekerTest, NothingIsDueWithoutAHost) { EXPECT_EQ(seeker_.next_due(), kNever); }

TEST_F(LeaseSeekerTest, AsksAKnownHostThatIsNotHeardSoonAfterTheStartAndEverySecond) {
    seeker_.know(kDoor, kNow);
    EXPECT_EQ(seeker_.next_due(), kNow + LeaseSeeker::kAtStart);
    EXPECT_TRUE(asked(kNow + LeaseSeeker::kAtStart - 1ms).empty());
    EXPECT_EQ(asked(kNow + LeaseSeeker::kAtStart), std::vector{kDoor});
    EXPECT_TRUE(asked(kNow + LeaseSeeker::kAtStart + 999ms).empty());
    EXPECT_EQ(asked(kNow + LeaseSeeker::kAtStart + 1s), std::vector{kDoor});
}

TEST_F(LeaseSeekerTest, HostWhoseMulticastArrivesIsNotAsked) {
    seeker_.know(kDoor, kNow);
    seeker_.on_multicast(kDoor.address, kNow + 200ms);
    EXPECT_TRUE(asked(kNow + 300ms).empty());
    EXPECT_EQ(asked(kNow + 1400ms), std::vector{kDoor}) << "it fell silent";
}

TEST_F(LeaseSeekerTest, MulticastOfOneHostSaysNothingOfAnother) {
    const io::Endpoint other{0x0A000002, 5004};
    seeker_.know(kDoor, kNow);
    seeker_.know(other, kNow);
    seeker_.know(other, kNow);
    seeker_.on_multicast(kDoor.address, kNow + 200ms);
    EXPECT_EQ(asked(kNow + 300ms), std::vector{other});
}

TEST_F(LeaseSeekerTest, HostThatIsLearntOfLaterIsAskedAtOnceUnlessItIsHeard) {
    const auto later = kNow + 10s;
    EXPECT_TRUE(asked(later).empty());
    seeker_.know(kDoor, later);
    EXPECT_EQ(seeker_.next_due(), later + LeaseSeeker::kGrace);
    EXPECT_TRUE(asked(later + LeaseSeeker::kGrace - 1ms).empty());
    seeker_.on_multicast(kDoor.address, later + 3ms);
    EXPECT_TRUE(asked(later + LeaseSeeker::kGrace).empty());
    const io::Endpoint other{0x0A000002, 5004};
    seeker_.know(other, later);
    EXPECT_EQ(asked(later + LeaseSeeker::kGrace), std::vector{other});
}

TEST_F(LeaseSeekerTest, SaysWhenItBeginsToAsk) {
    std::vector<bool> firsts;
    const auto ask = [&](io::Endpoint, bool first) { firsts.push_back(first); };
    seeker_.know(kDoor, kNow);
    seeker_.on_timer(kNow + 1s, ask);
    seeker_.on_timer(kNow + 2s, ask);
    seeker_.on_multicast(kDoor.address, kNow + 2500ms);
    seeker_.on_timer(kNow + 3s, ask);
    seeker_.on_timer(kNow + 4s, ask);
    EXPECT_EQ(firsts, (std::vector{true, false, true}));
}

TEST_F(LeaseSeekerTest, ForgottenHostIsNotAskedAndLeavesItsPlace) {
    seeker_.know(kDoor, kNow);
    seeker_.forget(kDoor);
    EXPECT_TRUE(asked(kNow + 1s).empty());
    EXPECT_EQ(seeker_.next_due(), kNever);
}

TEST_F(LeaseSeekerTest, KnownHostsAreBounded) {
    for (std::uint32_t n = 0; n < LeaseSeeker::kMaxHosts + 5; ++n)
        seeker_.know({0x0A000001 + n, 5004}, kNow);
    EXPECT_EQ(asked(kNow + 1s).size(), LeaseSeeker::kMaxHosts);
}

std::vector<path::Peer> asked_at(const Peers& peers, TimePoint now) {
    std::vector<path::Peer> all;
    peers.for_each(now, [&](path::Peer p) { all.push_back(p); });
    return all;
}

TEST(PeersTest, PeerIsAskedWhileItWasHeardOfLate) {
    Peers peers;
    peers.remember(peer(1), true, kNow);
    peers.remember(peer(2), true, kNow + 500ms);
    EXPECT_EQ(asked_at(peers, kNow + Peers::kMemory), (std::vector{peer(1), peer(2)}));
    EXPECT_EQ(asked_at(peers, kNow + Peers::kMemory + 1ms), std::vector{peer(2)});
}

TEST(PeersTest, OldDatagramsSentAgainDisplaceNobodyAndAddNobody) {
    Peers peers;
    peers.remember(peer(1), true, kNow);
    for (std::uint64_t n = 2; n < 50; ++n) peers.remember(peer(n), false, kNow + 1ms);
    EXPECT_EQ(asked_at(peers, kNow + 1ms), std::vector{peer(1)});
}

TEST(PeersTest, TheVeryFirstIsRememberedForThereIsNobodyElseToAsk) {
    Peers peers;
    peers.remember(peer(1), false, kNow);
    EXPECT_EQ(asked_at(peers, kNow), std::vector{peer(1)});
}

TEST(PeersTest, KnownPeerStaysKnownByWhateverItSends) {
    Peers peers;
    peers.remember(peer(1), true, kNow);
    peers.remember(peer(1), false, kNow + 900ms);
    EXPECT_EQ(asked_at(peers, kNow + 1500ms), std::vector{peer(1)});
}

TEST(PeersTest, OneMoreThanFitsTakesThePlaceOfTheOneSilentForLongest) {
    Peers peers;
    for (std::uint64_t n = 1; n <= Peers::kMax; ++n) peers.remember(peer(n), true, kNow + n * 1ms);
    peers.remember(peer(1), true, kNow + 10ms);
    peers.remember(peer(9), true, kNow + 11ms);
    auto left = asked_at(peers, kNow + 11ms);
    std::sort(left.begin(), left.end());
    EXPECT_EQ(left, (std::vector{peer(1), peer(3), peer(4), peer(9)}));
}

TEST(PeersTest, ClearedBookAsksNobody) {
    Peers peers;
    peers.remember(peer(1), true, kNow);
    peers.clear();
    EXPECT_TRUE(asked_at(peers, kNow).empty());
}

TEST(PeerTest, AddressSurvivesPacking) {
    const PeerAddress address{255, {0xFFFF'FFFE, 0xFFFD}};
    const auto again = unpack(pack(address));
    EXPECT_EQ(again.socket, address.socket);
    EXPECT_EQ(again.endpoint, address.endpoint);
    EXPECT_NE(pack({1, {2, 3}}), pack({1, {3, 2}}));
}

}  // namespace
}  // namespace midinet::engine
