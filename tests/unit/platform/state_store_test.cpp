#include "platform/posix/state_store.hpp"

#include "temp_dir.hpp"

#include <gmock/gmock.h>

#include <fstream>

namespace midinet::platform {
namespace {

constexpr HostId kHost{1};

StateStore unwritable() { return StateStore::open({"/proc/no-such-directory"}); }

TEST(StateStore, EveryEpochIsAboveTheLastOneAcrossRuns) {
    const TempDir directory;
    Epoch last{};
    for (int run = 0; run < 3; ++run) {
        const Epoch next = StateStore::open({directory.path()}).next_epoch(kHost);
        EXPECT_GT(next, last);
        last = next;
    }
}

TEST(StateStore, RestartsWithinOneSecondCountUpByOne) {
    const TempDir directory;
    auto store = StateStore::open({directory.path()});
    const Epoch first = store.next_epoch(kHost);
    EXPECT_EQ(store.next_epoch(kHost).value, first.value + 1);
}

TEST(StateStore, EpochIsAboveAnyHeardAndStaysThere) {
    const TempDir directory;
    const Epoch heard{4'000'000'000};
    EXPECT_EQ(StateStore::open({directory.path()}).next_epoch(kHost, heard).value, heard.value + 1);
    EXPECT_EQ(StateStore::open({directory.path()}).next_epoch(kHost).value, heard.value + 2);
}

TEST(StateStore, HostsCountSeparately) {
    const TempDir directory;
    auto store = StateStore::open({directory.path()});
    store.next_epoch(kHost, Epoch{4'000'000'000});
    EXPECT_LT(store.next_epoch(HostId{2}), Epoch{4'000'000'000});
}

TEST(StateStore, AClientCountsByItself) {
    const TempDir directory;
    auto store = StateStore::open({directory.path()});
    const SenderId client = store.client_id();
    const Epoch first = store.next_epoch(client);
    store.next_epoch(kHost, Epoch{4'000'000'000});
    EXPECT_EQ(store.next_epoch(client).value, first.value + 1);
    EXPECT_LT(store.next_epoch(SenderId{client.value ^ 1U}), Epoch{4'000'000'000});
}

TEST(StateStore, DamagedCounterStartsFromTheClockAgain) {
    const TempDir directory;
    std::ofstream(directory / "epoch-host-1") << "rubbish";
    EXPECT_GT(StateStore::open({directory.path()}).next_epoch(kHost), Epoch{100'000'000});
}

TEST(StateStore, HighestCounterDoesNotWrapToZero) {
    const TempDir directory;
    std::ofstream(directory / "epoch-host-1") << "18446744073709551615";
    EXPECT_GE(StateStore::open({directory.path()}).next_epoch(kHost), Epoch{0xFFFFFFF0});
}

TEST(StateStore, WithoutADirectoryEpochsComeFromTheClockAndItSaysSo) {
    auto store = unwritable();
    EXPECT_FALSE(store.persistent());
    EXPECT_THAT(store.report(), testing::HasSubstr("epochs come from the clock"));
    EXPECT_THAT(store.report(), testing::HasSubstr("/proc/no-such-directory"));
    EXPECT_GT(store.next_epoch(kHost), Epoch{100'000'000}) << "well past 2023";
}

TEST(StateStore, WithoutADirectoryWarnsOnce) {
    auto store = unwritable();
    EXPECT_THAT(store.take_trouble(), testing::HasSubstr("/proc/no-such-directory"));
    store.next_epoch(kHost);
    store.client_id();
    EXPECT_EQ(store.take_trouble(), "");
}

TEST(StateStore, EpochThatCannotBeWrittenIsTold) {
    const TempDir directory;
    std::filesystem::create_directory(directory / "epoch-host-1.new");
    auto store = StateStore::open({directory.path()});
    EXPECT_EQ(store.take_trouble(), "");
    EXPECT_GT(store.next_epoch(kHost), Epoch{100'000'000});
    const std::string trouble = store.take_trouble();
    EXPECT_THAT(trouble, testing::HasSubstr(directory / "epoch-host-1 could not be written"));
    EXPECT_THAT(trouble, testing::HasSubstr("comes from the clock"));
}

TEST(StateStore, ClientIdThatCannotBeWrittenIsTold) {
    const TempDir directory;
    std::filesystem::create_directory(directory / "client-id-1.new");
    auto store = StateStore::open({directory.path()});
    store.client_id();
    EXPECT_THAT(store.take_trouble(), testing::HasSubstr("id changes at the next start"));
}

TEST(StateStore, TakesTheFirstDirectoryThatCanBeWritten) {
    const TempDir directory;
    const auto store = StateStore::open({"/proc/no-such-directory", directory.path() / "new"});
    EXPECT_TRUE(store.persistent());
    EXPECT_THAT(store.report(), testing::HasSubstr(directory / "new"));
}

TEST(StateStore, ClientIdIsTheSameInEveryRun) {
    const TempDir directory;
    const SenderId first = StateStore::open({directory.path()}).client_id();
    EXPECT_EQ(StateStore::open({directory.path()}).client_id(), first);
    EXPECT_NE(first.value >> 63U, 0U) << "the top bit tells clients from hosts";
}

TEST(StateStore, ClientsThatRunTogetherHaveDifferentIds) {
    const TempDir directory;
    auto first = StateStore::open({directory.path()});
    auto second = StateStore::open({directory.path()});
    EXPECT_NE(first.client_id(), second.client_id());
}

TEST(StateStore, ConfiguredDirectoryIsTheOnlyOneTried) {
    EXPECT_THAT(state_directories("/somewhere"),
                testing::ElementsAre(std::filesystem::path("/somewhere")));
    EXPECT_EQ(state_directories(std::nullopt).front(), "/var/lib/midinet");
}

}  // namespace
}  // namespace midinet::platform
