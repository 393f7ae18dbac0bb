// From services to hosts.
#include "control/discovery/host_finder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace midinet::control {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

io::FoundService service(std::uint16_t id, std::uint32_t epoch, std::uint32_t address,
                         const std::string& interface = "eth0") {
    return {.instance = "host " + std::to_string(id),
            .interface = interface,
            .at = {address, 5004},
            .txt = make_txt({.id = HostId{id},
                             .epoch = Epoch{epoch},
                             .role = wire::Role::Primary,
                             .group = 0xEF455301,
                             .data_port = 5004,
                             .heartbeat_port = 5005,
                             .control = {0xEF455364, 5006},
                             .device_name = "x",
                             .version = "1"})};
}

TEST(HostFinder, HostOnTwoNetworksIsOneHostWithTwoDoors) {
    HostFinder finder;
    const auto news = finder.take({service(1, 5, 10), service(1, 5, 20, "eth1")});
    ASSERT_THAT(news.found, SizeIs(1));
    EXPECT_THAT(news.found[0].doors, ElementsAre(io::Endpoint{10, 5004}, io::Endpoint{20, 5004}));
    EXPECT_THAT(news.found[0].interfaces, ElementsAre("eth0", "eth1"));
    EXPECT_EQ(news.found[0].instance, "host 1");
}

TEST(HostFinder, WhatIsStillTheSameIsNoNews) {
    HostFinder finder;
    (void)finder.take({service(1, 5, 10), service(2, 5, 11)});
    const auto news = finder.take({service(2, 5, 11), service(1, 5, 10)});
    EXPECT_THAT(news.found, IsEmpty());
    EXPECT_THAT(news.lost, IsEmpty());
}

TEST(HostFinder, YoungerRunReplacesTheCachedOneInWhateverOrderTheyCome) {
    for (const bool old_first : {true, false}) {
        HostFinder finder;
        const auto a = service(1, old_first ? 5 : 6, old_first ? 10 : 20);
        const auto b = service(1, old_first ? 6 : 5, old_first ? 20 : 10);
        const auto news = finder.take({a, b});
        ASSERT_THAT(news.found, SizeIs(1));
        EXPECT_EQ(news.found[0].says.epoch, Epoch{6});
        EXPECT_THAT(news.found[0].doors, ElementsAre(io::Endpoint{20, 5004}));
    }
}

TEST(HostFinder, GoodbyeIsToldOnceTheLastOfItsServicesIsGone) {
    HostFinder finder;
    (void)finder.take({service(1, 5, 10), service(1, 5, 20, "eth1")});
    auto news = finder.take({service(1, 5, 10)});
    EXPECT_THAT(news.found, SizeIs(1)) << "one address less";
    EXPECT_THAT(news.lost, IsEmpty());
    news = finder.take({});
    ASSERT_THAT(news.lost, SizeIs(1));
    EXPECT_EQ(news.lost[0].says.id, HostId{1});
    EXPECT_THAT(finder.hosts(), IsEmpty());
}

TEST(HostFinder, ServiceThatIsNoHostsIsRefusedAloudOnce) {
    HostFinder finder;
    auto wrong = service(1, 5, 10);
    wrong.txt = {"txtvers=1", "hello"};
    wrong.instance = "\x1b[31mred";
    const auto news = finder.take({wrong, service(2, 5, 11)});
    EXPECT_THAT(news.refused, ElementsAre("\"\" at 0.0.0.10:5004: its TXT record has no id"));
    EXPECT_THAT(news.found, SizeIs(1));
    EXPECT_THAT(finder.take({wrong}).refused, IsEmpty());
}

TEST(HostFinder, FurtherDeviceHasDoorsAndPortsOfItsOwn) {
    HostFinder finder(DeviceSlot{3});
    auto three = service(1, 5, 10);
    for (auto& entry : three.txt)
        if (entry.starts_with("devs=")) entry = "devs=3";
    const auto news = finder.take({three, service(2, 5, 11)});
    ASSERT_THAT(news.found, SizeIs(1)) << "host 2 has one device";
    EXPECT_THAT(news.found[0].doors, ElementsAre(io::Endpoint{10, 5024}));
    EXPECT_EQ(news.found[0].says.control.port, 5026);
    EXPECT_THAT(news.refused, IsEmpty());
}

}  // namespace
}  // namespace midinet::control
