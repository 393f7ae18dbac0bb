#include "platform/macos/endpoint_ids.hpp"

#include "unit/platform/temp_dir.hpp"

#include <gmock/gmock.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

namespace midinet::platform {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class EndpointIdsTest : public testing::Test {
  protected:
    EndpointIds ids() { return EndpointIds(directory_.path() / "ids"); }
    void write(const std::string& text) { std::ofstream(directory_ / "ids") << text; }

    TempDir directory_;
    EndpointKey source_{.is_source = true, .name = "Akai APC40"};
    EndpointKey destination_{.is_source = false, .name = "Akai APC40"};
};

TEST_F(EndpointIdsTest, KnowsNothingAtFirst) { EXPECT_THAT(ids().known(source_), IsEmpty()); }

TEST_F(EndpointIdsTest, KnowsInTheNextRunWhatItWasTold) {
    ids().remember(source_, -17);
    ids().remember(destination_, 2'147'483'647);
    ids().remember(source_, 5);
    EXPECT_THAT(ids().known(source_), ElementsAre(-17, 5));
    EXPECT_THAT(ids().known(destination_), ElementsAre(2'147'483'647));
}

TEST_F(EndpointIdsTest, DirectionsAndNamesThatBeginAlikeAreTold) {
    ids().remember(source_, 1);
    EXPECT_THAT(ids().known(destination_), IsEmpty());
    EXPECT_THAT(ids().known({.is_source = true, .name = "Akai APC40 2"}), IsEmpty());
    EXPECT_THAT(ids().known({.is_source = true, .name = "Akai"}), IsEmpty());
}

TEST_F(EndpointIdsTest, ANameWithALineEndIsOneLine) {
    const EndpointKey odd{.is_source = true, .name = "two\n7 source Akai APC40"};
    ids().remember(odd, 3);
    EXPECT_THAT(ids().known(odd), ElementsAre(3));
    EXPECT_THAT(ids().known(source_), IsEmpty());
}

TEST_F(EndpointIdsTest, AnIdIsKeptOnce) {
    ids().remember(source_, 4);
    ids().remember(source_, 4);
    EXPECT_THAT(ids().known(source_), ElementsAre(4));
}

TEST_F(EndpointIdsTest, DamagedLinesAreNoneAndTheOthersCount) {
    write(
        "what\n0 source Akai APC40\n99999999999 source Akai APC40\n\n8 source Akai APC40\n9 "
        "source");
    EXPECT_THAT(ids().known(source_), ElementsAre(8));
    ids().remember(source_, 10);  // behind a line without an end
    EXPECT_THAT(ids().known(source_), ElementsAre(8, 10));
}

TEST_F(EndpointIdsTest, OfOneEndpointSixteenAreKept) {
    for (std::int32_t id = 1; id <= 40; ++id) ids().remember(source_, id);
    EXPECT_EQ(ids().known(source_).size(), EndpointIds::kMostEach);
    EXPECT_EQ(ids().known(source_).back(), 16);
}

TEST_F(EndpointIdsTest, WithoutAFileNothingIsKept) {
    const EndpointIds none{std::nullopt};
    none.remember(source_, 1);
    EXPECT_THAT(none.known(source_), IsEmpty());
}

TEST_F(EndpointIdsTest, ProcessesThatRememberAtOnceLoseNothing) {
    constexpr int kProcesses = 8;
    for (int i = 0; i < kProcesses; ++i) {
        if (::fork() != 0) continue;
        ids().remember({.is_source = true, .name = std::to_string(i)}, i + 1);
        ::_exit(0);
    }
    for (int i = 0; i < kProcesses; ++i) ::wait(nullptr);
    for (int i = 0; i < kProcesses; ++i)
        EXPECT_THAT(ids().known({.is_source = true, .name = std::to_string(i)}),
                    ElementsAre(i + 1));
}

}  // namespace
}  // namespace midinet::platform
