// The machine's health, and scheduling, by what Mach and sysctl tell.
#include "double/machine.hpp"

#include "double/clock.hpp"
#include "platform/macos/mac_meter.hpp"
#include "platform/macos/realtime.hpp"

#include <gmock/gmock.h>
#include <mach/mach.h>
#include <net/route.h>
#include <sys/statvfs.h>

#include <limits>

namespace midinet::platform {
namespace {

using macos_double::machine;
using testing::ElementsAre;

class MachineTest : public testing::Test {
  protected:
    MachineTest() {
        machine() = {};
        number("hw.memsize", kMemory);
        machine().by_name["kern.bootsessionuuid"] = "6F1ED1C4";
    }
    static void number(const std::string& name, std::uint64_t value) {
        machine().by_name[name] = std::string(reinterpret_cast<const char*>(&value), sizeof value);
    }
    static void ticks(std::uint32_t user, std::uint32_t system, std::uint32_t idle,
                      std::uint32_t nice) {
        machine().ticks = {{user, system, idle, nice}};
    }
    static if_msghdr2 interface(unsigned index, int flags) {
        if_msghdr2 one{};
        one.ifm_type = RTM_IFINFO2;
        one.ifm_index = static_cast<std::uint16_t>(index);
        one.ifm_flags = flags;
        return one;
    }
    static constexpr std::uint64_t kMemory = std::uint64_t{16} << 30U;
    MacMeter meter_{{"/"}};
};

TEST_F(MachineTest, TheProcessorsShareIsOfTheTimeSinceTheReadingBefore) {
    ticks(100, 100, 1000, 0);
    EXPECT_FALSE(meter_.read().cpu);
    ticks(110, 105, 1080, 5);
    EXPECT_DOUBLE_EQ(meter_.read().cpu.value(), 0.2);
    EXPECT_FALSE(meter_.read().cpu) << "no time went by";
}

TEST_F(MachineTest, CountsThatWrapAreStillRight) {
    constexpr auto kMost = std::numeric_limits<std::uint32_t>::max();
    ticks(kMost, 0, kMost - 9, 0);
    (void)meter_.read();
    ticks(9, 0, 20, 0);
    EXPECT_DOUBLE_EQ(meter_.read().cpu.value(), 0.25);
}

TEST_F(MachineTest, WhatMachRefusesIsAbsent) {
    machine().refusals = {{"host_statistics", 5}, {"host_statistics64", 5}, {"sysctl", 1}};
    machine().by_name.clear();
    (void)meter_.read();
    const auto reading = MacMeter({}).read();
    EXPECT_FALSE(reading.cpu);
    EXPECT_EQ(reading.memory_total, 0U);
    EXPECT_EQ(reading.memory_available, 0U);
    EXPECT_EQ(reading.machine, 0U);
    EXPECT_TRUE(reading.interfaces.empty());
    EXPECT_TRUE(reading.disks.empty());
}

TEST_F(MachineTest, AvailableIsWhatNeitherProgramsNorTheKernelHold) {
    auto& pages = machine().pages;
    pages.internal_page_count = 1000;
    pages.purgeable_count = 200;
    pages.wire_count = 300;
    pages.compressor_page_count = 100;
    pages.external_page_count = 5000;
    const auto reading = meter_.read();
    EXPECT_EQ(reading.memory_total, kMemory);
    EXPECT_EQ(reading.memory_available, kMemory - 1200 * 16'384);
}

TEST_F(MachineTest, TheMachineIsTheSameToAllProgramsUntilItIsStartedAnew) {
    const auto told = MacMeter({}).read().machine;
    EXPECT_NE(told, 0U);
    EXPECT_EQ(MacMeter({}).read().machine, told);
    machine().by_name["kern.bootsessionuuid"] = "7A000000";
    EXPECT_NE(MacMeter({}).read().machine, told);
}

TEST_F(MachineTest, DisksComeOnceEach) {
    struct statvfs root {};
    ASSERT_EQ(::statvfs("/", &root), 0);
    const auto reading = MacMeter({"/", "/./", "/nowhere"}).read();
    ASSERT_EQ(reading.disks.size(), 1U);
    EXPECT_EQ(reading.disks[0].path, "/");
    EXPECT_EQ(reading.disks[0].total, std::uint64_t{root.f_blocks} * root.f_frsize);
    EXPECT_TRUE(reading.uptime_s && reading.load);
}

TEST_F(MachineTest, InterfacesThatAreUpAreCountedButNotTheLoopback) {
    const auto loopback = ::if_nametoindex("lo");
    ASSERT_NE(loopback, 0U);
    auto one = interface(loopback, IFF_UP);  // whatever has this index, it is not said to loop
    one.ifm_snd_drops = 3;
    one.ifm_data.ifi_ibytes = std::uint64_t{5} << 32U;
    one.ifm_data.ifi_ipackets = 11;
    one.ifm_data.ifi_ierrors = 12;
    one.ifm_data.ifi_iqdrops = 13;
    one.ifm_data.ifi_obytes = 14;
    one.ifm_data.ifi_opackets = 15;
    one.ifm_data.ifi_oerrors = 16;
    one.ifm_data.ifi_baudrate = 1'000'000'000;
    machine().interfaces = {interface(loopback, IFF_UP | IFF_LOOPBACK), interface(loopback, 0),
                            interface(9'999, IFF_UP), one};
    const auto told = meter_.read().interfaces;
    ASSERT_EQ(told.size(), 1U);
    EXPECT_EQ(told[0].name, "lo");
    EXPECT_EQ(told[0].speed_mbit, 1000U);
    const std::array numbers{told[0].received_bytes,  told[0].received_packets,
                             told[0].received_errors, told[0].received_dropped,
                             told[0].sent_bytes,      told[0].sent_packets,
                             told[0].sent_errors,     told[0].sent_dropped};
    EXPECT_THAT(numbers, ElementsAre(std::uint64_t{5} << 32U, 11, 12, 13, 14, 15, 16, 3));
}

TEST_F(MachineTest, TheEngineThreadIsPutUnderATimeConstraint) {
    const auto report = enter_realtime({.thread_name = "midinet-engine2"});
    EXPECT_TRUE(report.time_constraint);
    EXPECT_TRUE(report.refusals.empty());
    EXPECT_EQ(describe(report), "under a time constraint");
    EXPECT_EQ(machine().thread_name, "midinet-engine2");
    ASSERT_EQ(machine().constraints.size(), 1U);
    const auto& asked = machine().constraints.begin()->second;
    EXPECT_EQ(asked.period, 0U);
    EXPECT_EQ(asked.computation, 12'000U) << "half a millisecond of ticks of 125/3 ns";
    EXPECT_EQ(asked.constraint, 48'000U);
}

TEST_F(MachineTest, ARefusalIsToldAndNoError) {
    machine().refusals["thread_policy_set"] = KERN_INVALID_ARGUMENT;
    const auto report = enter_realtime({});
    EXPECT_FALSE(report.time_constraint);
    ASSERT_EQ(report.refusals.size(), 1U);
    EXPECT_THAT(report.refusals[0], testing::HasSubstr("(os/kern) invalid argument"));
    EXPECT_EQ(describe(report), "");
}

}  // namespace
}  // namespace midinet::platform
