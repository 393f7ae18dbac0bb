// Addresses, and the network that loses on purpose.
#include "io/lossy_network.hpp"
#include "io/shared_network.hpp"
#include "platform/sim/world.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace midinet::io {
namespace {

TEST(Address, IsWrittenAsPeopleWriteIt) {
    EXPECT_EQ(to_string(Endpoint{0xEF455301, 5004}), "239.69.83.1:5004");
    EXPECT_EQ(to_string(Endpoint{}), "0.0.0.0:0");
    EXPECT_EQ(to_string(Endpoint{0xFFFFFFFF, 65535}), "255.255.255.255:65535");
}

TEST(Address, DottedQuadIsRead) {
    EXPECT_EQ(parse_ipv4("239.69.83.1"), 0xEF455301U);
    EXPECT_EQ(parse_ipv4("0.0.0.0"), 0U);
    EXPECT_EQ(parse_ipv4("255.255.255.255"), 0xFFFFFFFFU);
}

TEST(Address, AnythingElseIsRefused) {
    for (const char* text : {"", "1", "1.2.3", "1.2.3.4.5", "1.2.3.256", "1.2.3.-1", "1.2.3.4 ",
                             " 1.2.3.4", "1..3.4", "a.b.c.d", "1.2.3.4:5", "0001.2.3.4"})
        EXPECT_FALSE(parse_ipv4(text)) << '"' << text << '"';
}

TEST(Address, MulticastIsClassD) {
    EXPECT_TRUE(is_multicast(0xE0000000));
    EXPECT_TRUE(is_multicast(0xEFFFFFFF));
    EXPECT_FALSE(is_multicast(0xDFFFFFFF));
    EXPECT_FALSE(is_multicast(0xF0000000));
}

class LossyNetworkTest : public ::testing::Test {
  protected:
    LossyNetworkTest() : node_(world_.add_node()) {}

    /// Sends `count` numbered datagrams through a lossy socket, and gives the numbers that came.
    std::vector<unsigned> through(double loss, std::uint64_t seed, unsigned count = 1000) {
        LossyNetwork lossy{node_, loss, seed};
        auto socket = std::move(*lossy.open_unicast("net0", 7000, false));
        auto sender = std::move(*node_.open_unicast("net0", 0, false));
        std::vector<unsigned> numbers;
        for (unsigned i = 0; i < count; ++i) {
            const std::array<std::byte, 2> bytes{static_cast<std::byte>(i >> 8U),
                                                 static_cast<std::byte>(i)};
            sender->send(socket->local(), bytes);
            world_.run_until(world_.now() + 1ms);
            std::array<std::byte, 100> buffer;
            while (const auto received = socket->receive(buffer))
                numbers.push_back(to_u8(received->bytes[0]) * 256U + to_u8(received->bytes[1]));
        }
        EXPECT_EQ(lossy.dropped() + numbers.size(), count);
        return numbers;
    }
    platform::sim::World world_{1};
    platform::sim::Node& node_;
};

TEST_F(LossyNetworkTest, LosesNothingAtZeroAndEverythingAtOne) {
    EXPECT_EQ(through(0, 1).size(), 1000U);
    EXPECT_EQ(through(1, 1).size(), 0U);
}

TEST_F(LossyNetworkTest, LosesAboutWhatItWasToldTo) {
    const auto came = through(0.2, 1).size();
    EXPECT_GT(came, 750U);
    EXPECT_LT(came, 850U);
}

TEST_F(LossyNetworkTest, SameSeedLosesTheSameDatagramsAndAnotherOneDoesNot) {
    EXPECT_EQ(through(0.5, 3), through(0.5, 3));
    EXPECT_NE(through(0.5, 3), through(0.5, 4));
}

TEST_F(LossyNetworkTest, SocketsOfOneNetworkLoseDifferentDatagrams) {
    LossyNetwork lossy{node_, 0.5, 1};
    const Endpoint group{0xEF455301, 5004};
    auto one = std::move(*lossy.open_group(group, "net0"));
    auto two = std::move(*lossy.open_group(group, "net0"));
    auto sender = std::move(*node_.open_unicast("net0", 0, false));
    unsigned differences = 0;
    for (int i = 0; i < 100; ++i) {
        sender->send(group, {});
        world_.run_until(world_.now() + 1ms);
        std::array<std::byte, 10> buffer;
        differences +=
            one->receive(buffer).has_value() != two->receive(buffer).has_value() ? 1U : 0U;
    }
    EXPECT_GT(differences, 20U);
}

TEST_F(LossyNetworkTest, SendingAndInterfacesAreTheRealNetworks) {
    LossyNetwork lossy{node_, 1, 1};
    EXPECT_EQ(lossy.usable_interfaces(), node_.usable_interfaces());
    auto sender = std::move(*lossy.open_unicast("net0", 0, false));
    auto ear = std::move(*node_.open_unicast("net0", 7000, false));
    EXPECT_TRUE(sender->send(ear->local(), {}));
    world_.run_until(world_.now() + 1ms);
    std::array<std::byte, 10> buffer;
    const auto received = ear->receive(buffer);
    ASSERT_TRUE(received);
    EXPECT_EQ(received->from, sender->local());
    EXPECT_NE(sender->handle(), kNoHandle);
}

/// Counts how often it is tended; each time sockets are replaced.
class RestlessNetwork final : public Network {
  public:
    Result<std::unique_ptr<DatagramSocket>> open_group(Endpoint, const std::string&) override {
        return fail("none");
    }
    Result<std::unique_ptr<DatagramSocket>> open_unicast(const std::string&, std::uint16_t,
                                                         bool) override {
        return fail("none");
    }
    std::vector<std::string> usable_interfaces() override { return {"eth0"}; }
    Result<void> check_interface(const std::string&) override { return {}; }
    Tended tend() override {
        ++tended;
        return {.replaced = replaces, .news = {"news"}};
    }
    int tended = 0;
    bool replaces = true;
};
class SetClock final : public Clock {
  public:
    TimePoint now() const noexcept override { return at; }
    TimePoint at{100s};
};

TEST(SharedNetwork, EveryViewLearnsOfReplacedSocketsThoughOneTends) {
    RestlessNetwork network;
    SetClock clock;
    SharedNetwork shared(network, clock);
    SharedNetwork::View a(shared);
    SharedNetwork::View b(shared);
    const auto first = a.tend();
    EXPECT_TRUE(first.replaced);
    EXPECT_EQ(first.news.size(), 1U);
    clock.at += 300ms;
    const auto second = b.tend();
    EXPECT_TRUE(second.replaced);
    EXPECT_TRUE(second.news.empty()) << "said once";
    EXPECT_EQ(network.tended, 1) << "quiet is counted in calls";
    network.replaces = false;
    clock.at += 1s;
    EXPECT_FALSE(b.tend().replaced);
    EXPECT_FALSE(a.tend().replaced);
    EXPECT_EQ(network.tended, 2);
}

}  // namespace
}  // namespace midinet::io
