#include "control/port_identity.hpp"

#include <gmock/gmock.h>

namespace midinet::control {
namespace {

using io::IdentityUse;
using testing::Eq;

constexpr TimePoint kStart{10s};
constexpr SourceId kHost{1};

io::DeviceInfo device(const std::string& name, std::vector<std::string> ports = {"1"}) {
    io::DeviceInfo info;
    info.name = name;
    info.ports = std::move(ports);
    return info;
}

class PortIdentityTest : public testing::Test {
  protected:
    /// The name a port is opened with, or "wait".
    std::string opened_as(IdentityUse use, Duration after) const {
        const auto chosen = identity_.to_open(use, kStart + after);
        return chosen ? chosen->name : "wait";
    }
    PortIdentity identity_;
};

TEST_F(PortIdentityTest, NamelessPortWaitsForTheDevice) {
    EXPECT_EQ(opened_as(IdentityUse::NameAndPorts, 1h), "wait");
    identity_.on_host_heard(kHost, kStart);
    EXPECT_EQ(opened_as(IdentityUse::NameAndPorts, 1999ms), "wait");
    identity_.on_identity(device("Akai APC40"));
    EXPECT_EQ(opened_as(IdentityUse::NameAndPorts, 1999ms), "Akai APC40");
}

TEST_F(PortIdentityTest, TwoSecondsAfterAHostIsHeardTheNameIsMIDInet) {
    identity_.on_host_heard(kHost, kStart);
    identity_.on_host_heard(SourceId{2}, kStart + 1s);
    EXPECT_EQ(opened_as(IdentityUse::NameAndPorts, 2s), "MIDInet");
}

TEST_F(PortIdentityTest, HostThatHasNoDeviceYetIsWaitedFor) {
    identity_.on_host_heard(kHost, kStart);
    identity_.on_identity(device("", {}));
    EXPECT_EQ(opened_as(IdentityUse::NameAndPorts, 1h), "wait");
}

TEST_F(PortIdentityTest, PortWithANameOfItsOwnOpensAtOnce) {
    EXPECT_EQ(opened_as(IdentityUse::Ports, 0s), "");
    EXPECT_EQ(opened_as(IdentityUse::None, 0s), "");
}

TEST_F(PortIdentityTest, LateDeviceReplacesTheFallbackOnceAndStays) {
    identity_.on_host_heard(kHost, kStart);
    const auto fallback = identity_.to_open(IdentityUse::NameAndPorts, kStart + 2s).value();
    EXPECT_FALSE(identity_.outdates(fallback, IdentityUse::NameAndPorts));
    identity_.on_identity(device("Akai APC40"));
    EXPECT_TRUE(identity_.outdates(fallback, IdentityUse::NameAndPorts));
    identity_.on_identity(device("Another"));
    EXPECT_FALSE(identity_.outdates(device("Akai APC40"), IdentityUse::NameAndPorts));
}

TEST_F(PortIdentityTest, NamedPortIsOpenedAnewOnlyForMorePorts) {
    identity_.on_identity(device("Akai APC40", {"1", "2"}));
    EXPECT_TRUE(identity_.outdates({}, IdentityUse::Ports));
    EXPECT_FALSE(identity_.outdates({}, IdentityUse::None));
    PortIdentity one_port;
    one_port.on_identity(device("Akai APC40"));
    EXPECT_FALSE(one_port.outdates({}, IdentityUse::Ports));
}

TEST_F(PortIdentityTest, HeardHostIsAskedUntilOneHasSaidWhoItIs) {
    EXPECT_THAT(identity_.to_ask(), Eq(std::nullopt));
    identity_.on_host_heard(kHost, kStart);
    EXPECT_THAT(identity_.to_ask(), Eq(kHost));
    identity_.on_identity(device("", {}));
    EXPECT_THAT(identity_.to_ask(), Eq(std::nullopt));
}

TEST_F(PortIdentityTest, AnotherDeviceIsNewsOnceAndTakesNoPortWithoutConsent) {
    const auto first = device("APC40");
    identity_.on_identity(first);
    EXPECT_FALSE(identity_.on_played(first));
    EXPECT_TRUE(identity_.on_played(device("Launchpad", {"1", "2"})));
    EXPECT_FALSE(identity_.on_played(device("Launchpad", {"1", "2"})));
    EXPECT_FALSE(identity_.outdates(first, IdentityUse::NameAndPorts));
    EXPECT_THAT(identity_.confirm()->name, Eq("Launchpad"));
    EXPECT_TRUE(identity_.outdates(first, IdentityUse::NameAndPorts));
    EXPECT_FALSE(identity_.confirm()) << "it is that one already";
}

TEST_F(PortIdentityTest, DeviceThatComesBackIsNotAnotherOne) {
    identity_.on_identity(device("APC40"));
    EXPECT_TRUE(identity_.on_played(device("Launchpad")));
    EXPECT_FALSE(identity_.on_played(device("", {}))) << "it was unplugged";
    auto spare = device("APC40");
    spare.serial = "another";
    EXPECT_FALSE(identity_.on_played(spare));
    EXPECT_FALSE(identity_.confirm());
    EXPECT_TRUE(identity_.on_played(device("Launchpad"))) << "again news";
}

}  // namespace
}  // namespace midinet::control
