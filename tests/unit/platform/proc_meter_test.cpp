#include "platform/linux/proc_meter.hpp"

#include "unit/platform/temp_dir.hpp"

#include <gtest/gtest.h>

#include <fstream>

namespace midinet::platform {
namespace {

/// A /proc and /sys to write.
class Machine {
  public:
    void write(const std::filesystem::path& name, const std::string& text) {
        std::filesystem::create_directories((folder_.path() / name).parent_path());
        std::ofstream(folder_.path() / name) << text;
    }
    ProcMeter meter(std::vector<std::string> disks = {}) {
        return ProcMeter(std::move(disks), folder_.path());
    }

  private:
    TempDir folder_;
};

TEST(ProcMeter, TellsTheBusyShareSinceTheReadingBefore) {
    Machine machine;
    auto meter = machine.meter();
    machine.write("proc/stat", "cpu  100 0 100 700 100 0 0 0 0 0\ncpu0 1 2 3\n");
    EXPECT_FALSE(meter.read().cpu);
    machine.write("proc/stat", "cpu  130 0 110 750 110 0 0 0 0 0\n");
    EXPECT_DOUBLE_EQ(meter.read().cpu.value(), 0.4);
    EXPECT_FALSE(meter.read().cpu) << "no tick passed: there is no share";
}

TEST(ProcMeter, ReadsMemoryTemperatureAndUptime) {
    Machine machine;
    machine.write("proc/meminfo", "MemTotal: 2048 kB\nMemFree: 1 kB\nMemAvailable:  512 kB\n");
    machine.write("proc/uptime", "12.5 20.1\n");
    machine.write("proc/loadavg", "0.75 0.5 0.2 1/100 5\n");
    machine.write("sys/class/thermal/thermal_zone0/temp", "41000\n");
    machine.write("sys/class/thermal/thermal_zone1/temp", "62500\n");
    machine.write("sys/class/thermal/cooling_device0/temp", "99000\n");
    const auto reading = machine.meter().read();
    EXPECT_EQ(reading.memory_total, 2048U * 1024U);
    EXPECT_EQ(reading.memory_available, 512U * 1024U);
    EXPECT_DOUBLE_EQ(reading.temperature.value(), 62.5);
    EXPECT_DOUBLE_EQ(reading.uptime_s.value(), 12.5);
    EXPECT_DOUBLE_EQ(reading.load.value(), 0.75);
}

TEST(ProcMeter, ReadsEachInterfaceButTheLoopback) {
    Machine machine;
    machine.write(
        "proc/net/dev",
        "Inter-|   Receive                                                |  Transmit\n"
        " face |bytes    packets errs drop fifo frame compressed multicast|bytes packets\n"
        "    lo: 9 9 9 9 9 9 9 9 9 9 9 9 9 9 9 9\n"
        " wlan0: 5 6 7 8 0 0 0 0 1 2 3 4 0 0 0 0\n"
        "  eth0:1000 10 1 2 0 0 0 3 2000 20 3 4 0 0 0 0\n");
    machine.write("sys/class/net/eth0/speed", "1000\n");
    machine.write("sys/class/net/wlan0/speed", "-1\n");
    const auto all = machine.meter().read().interfaces;
    ASSERT_EQ(all.size(), 2U);
    EXPECT_EQ(all[0].name, "eth0");
    EXPECT_EQ(all[0].received_bytes, 1000U);
    EXPECT_EQ(all[0].received_dropped, 2U);
    EXPECT_EQ(all[0].sent_packets, 20U);
    EXPECT_EQ(all[0].sent_dropped, 4U);
    EXPECT_EQ(all[0].speed_mbit, 1000U);
    EXPECT_FALSE(all[1].speed_mbit);
}

TEST(ProcMeter, KnowsItsMachineAgainAndDoesNotTellWhichItIs) {
    Machine machine;
    machine.write("proc/sys/kernel/random/boot_id", "8f2f6b0c-9d3e-4c62-8c2a-1f2e3d4c5b6a\n");
    EXPECT_NE(machine.meter().read().machine, 0U);
    EXPECT_EQ(machine.meter().read().machine, machine.meter().read().machine);
    const auto before = machine.meter().read().machine;
    machine.write("proc/sys/kernel/random/boot_id", "8f2f6b0c-9d3e-4c62-8c2a-1f2e3d4c5b6b\n");
    EXPECT_NE(machine.meter().read().machine, before);
}

TEST(ProcMeter, TellsDisksOfOneFileSystemByTheSameDevice) {
    const auto disks = ProcMeter({"/"}).read().disks;
    ASSERT_EQ(disks.size(), 1U);
    EXPECT_EQ(disks[0].device, ProcMeter({"/"}).read().disks.at(0).device);
    EXPECT_NE(disks[0].device, 0U);
}

TEST(ProcMeter, LeavesOutWhatTheSystemDoesNotTell) {
    Machine machine;
    const auto reading = machine.meter({"/", "/none/such"}).read();
    EXPECT_FALSE(reading.cpu);
    EXPECT_FALSE(reading.temperature);
    EXPECT_FALSE(reading.uptime_s);
    EXPECT_TRUE(reading.interfaces.empty());
    EXPECT_EQ(reading.machine, 0U);
    ASSERT_EQ(reading.disks.size(), 1U);
    EXPECT_GT(reading.disks[0].total, reading.disks[0].available);
}

}  // namespace
}  // namespace midinet::platform
