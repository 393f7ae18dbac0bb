// Machines as they travel, and as they are kept.
#include "control/plane/machine_book.hpp"
#include "control/report/system_json.hpp"
#include "unit/control/plane/samples.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace midinet::control::plane {
namespace {

using namespace testing;

constexpr TimePoint kStart{10s};

io::SystemReading some_reading() {
    io::SystemReading reading;
    reading.cpu = 0.12;
    reading.load = 0.45;
    reading.cores = 4;
    reading.memory_total = 4'294'967'296;
    reading.memory_available = 3'000'000'000;
    reading.temperature = 47.85;
    reading.uptime_s = 86'400;
    reading.machine = 0x0123456789ABCDEF;
    reading.disks = {{"/var/lib/midinet", 32'000'000'000, 20'000'000'000, 45'826}, {"/", 1, 1}};
    reading.interfaces = {{.name = "eth0",
                           .received_bytes = 123'456'789,
                           .received_packets = 654'321,
                           .received_dropped = 2,
                           .sent_bytes = 987'654'321,
                           .sent_packets = 1'234'567,
                           .sent_errors = 1,
                           .speed_mbit = 1000},
                          {.name = "wlan0"}};
    return reading;
}

MachineStatus of_machine(std::uint64_t id) {
    auto status = some_machine();
    status.id = SenderId{id};
    return status;
}

TEST(MachineStatus, TellsWhatTheMeterReadOfWhatIsUsed) {
    auto status = machine_status(some_reading(), std::array<std::string, 1>{"eth0"});
    status.id = some_machine().id;
    status.name = some_machine().name;
    EXPECT_TRUE(status == some_machine());
}

TEST(MachineStatus, GivesTheReadingBack) {
    const auto back = reading_of(some_machine());
    const auto sent = some_reading();
    EXPECT_EQ(back.cpu, sent.cpu);
    EXPECT_EQ(back.load, sent.load);
    EXPECT_EQ(back.temperature, sent.temperature);
    EXPECT_EQ(back.uptime_s, sent.uptime_s);
    ASSERT_EQ(back.disks.size(), 1U) << "that of the state directory";
    EXPECT_EQ(back.disks[0].path, "/var/lib/midinet");
    EXPECT_EQ(back.disks[0].device, 45'826U);
    EXPECT_EQ(back.machine, sent.machine);
    ASSERT_EQ(back.interfaces.size(), 1U);
    EXPECT_EQ(back.interfaces[0].speed_mbit, 1000U);
    EXPECT_EQ(back.interfaces[0].sent_errors, 1U);
}

TEST(MachineStatus, LeavesOutWhatTheSystemDoesNotTell) {
    const auto back = reading_of(machine_status({}, {}));
    EXPECT_FALSE(back.cpu);
    EXPECT_FALSE(back.load);
    EXPECT_FALSE(back.temperature);
    EXPECT_FALSE(back.uptime_s);
    EXPECT_TRUE(back.disks.empty());
}

TEST(MachineStatus, HasFrost) {
    io::SystemReading cold;
    cold.temperature = -12.5;
    EXPECT_EQ(reading_of(machine_status(cold, {})).temperature, -12.5);
}

TEST(MachineStatus, IsBoundedWhateverTheMeterSays) {
    io::SystemReading wild;
    wild.cpu = 1e9;
    wild.load = 1e300;
    wild.cores = 1U << 30U;
    wild.temperature = 1e9;
    wild.uptime_s = -1;
    const auto status = machine_status(wild, {});
    EXPECT_EQ(status.cpu, MachineStatus::kWholeCpu);
    EXPECT_EQ(status.load_percent, kMost32);
    EXPECT_EQ(status.cores, kMost16);
    EXPECT_EQ(status.temperature, kMost16);
    EXPECT_EQ(status.uptime_s, 0U);
}

TEST(MachineBook, KeepsTheLatestAndSaysHowOldItIs) {
    MachineBook book;
    book.on_status(of_machine(1), kStart);
    auto newer = of_machine(1);
    newer.cpu = 900;
    book.on_status(newer, kStart + 5s);
    const auto json = machines_json(book, kStart + 7s);
    ASSERT_EQ(json.size(), 1U);
    EXPECT_EQ(json[0]["kind"], "host");
    EXPECT_EQ(json[0]["id"], 1);
    EXPECT_EQ(json[0]["age_ms"], 2000);
    EXPECT_EQ(json[0]["gone"], false);
    EXPECT_EQ(json[0]["cpu"], 0.9);
}

TEST(MachineBook, CallsAMachineGoneWhenThreeOfItsStatusesAreMissingAndForgetsItAfterAMinute) {
    MachineBook book;
    book.on_status(of_machine(1), kStart);
    EXPECT_FALSE(book.machines().at(SenderId{1}).gone(kStart + 15499ms));
    EXPECT_TRUE(book.machines().at(SenderId{1}).gone(kStart + 15500ms));
    book.on_timer(kStart + 59999ms);
    EXPECT_EQ(book.machines().size(), 1U);
    book.on_timer(kStart + 60s);
    EXPECT_TRUE(book.machines().empty());
}

TEST(MachineBook, TellsClientsByTheirIds) {
    MachineBook book;
    book.on_status(of_machine(kSomeClient), kStart);
    EXPECT_EQ(machines_json(book, kStart)[0]["kind"], "client");
    EXPECT_EQ(machines_json(book, kStart)[0]["id"], "9e3779b97f4a7c15");
}

TEST(MachineBook, IsBoundedAndGivesOnlyThePlacesOfThoseGone) {
    MachineBook book;
    for (std::uint64_t id = 1; id <= MachineBook::kMost; ++id)
        book.on_status(of_machine(id), kStart + std::chrono::milliseconds(id));
    book.on_status(of_machine(60'000), kStart + 10s);
    EXPECT_FALSE(book.machines().contains(SenderId{60'000}));
    book.on_status(of_machine(60'000), kStart + 15600ms);
    EXPECT_TRUE(book.machines().contains(SenderId{60'000}));
    EXPECT_FALSE(book.machines().contains(SenderId{1}));
    EXPECT_EQ(book.machines().size(), MachineBook::kMost);
}

}  // namespace
}  // namespace midinet::control::plane
