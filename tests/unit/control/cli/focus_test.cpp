// How people name a client, and which register is in force.
#include "control/report/focus.hpp"

#include "unit/control/cli/scripted_show.hpp"

namespace midinet::control::cli {
namespace {

using namespace testing;

class CliFocus : public ::testing::Test {
  protected:
    CliFocus() { show_.is_ready(); }
    std::string why_not(const std::string& word) {
        const auto found = find_client(word, show_.roster);
        return found ? "it was found" : found.error();
    }
    Show show_;
};

TEST_F(CliFocus, AClientIsNamedByItsNumberItsNameOrItsId) {
    EXPECT_EQ(find_client("1", show_.roster), kStage) << "by id, as `clients` lists them";
    EXPECT_EQ(find_client("2", show_.roster), kFoh);
    EXPECT_EQ(find_client("foh", show_.roster), kFoh);
    EXPECT_EQ(find_client("8000000000000057", show_.roster), kStage);
    EXPECT_EQ(number_of(kFoh, show_.roster), 2U);
    EXPECT_EQ(number_of(SenderId{7}, show_.roster), 0U);
}

TEST_F(CliFocus, WhoIsNotThereIsNotFound) {
    EXPECT_EQ(why_not("0"), "there is no client 0: 2 are heard");
    EXPECT_EQ(why_not("3"), "there is no client 3: 2 are heard");
    EXPECT_EQ(why_not("99999999999999999999999"), "no client 99999999999999999999999 is heard");
    EXPECT_EQ(why_not("mon"), "no client mon is heard");
    EXPECT_EQ(why_not("8000000000000001"), "no client 8000000000000001 is heard");
    EXPECT_EQ(find_client("1", plane::Roster{}).error(), "no client is heard");
}

TEST_F(CliFocus, ANameThatTwoHaveIsNotChosenBetween) {
    show_.hears(client(SenderId{plane::kClientBit | 0x99}, "foh"));
    EXPECT_EQ(why_not("foh"), "several clients are called foh: name one by its number or id");
}

TEST_F(CliFocus, TheHighestRegisterOfThoseWhoArePresentIsInForce) {
    EXPECT_EQ(focus_of(show_.roster, show_.now), wire::Focus{});
    auto one = host(1, "stage-left");
    one.focus = {kFoh, 4, HostId{1}, false};
    auto two = host(2, "stage-right");
    two.focus = {kStage, 5, HostId{2}, true};
    show_.hears(one);
    show_.hears(two);
    EXPECT_EQ(focus_of(show_.roster, show_.now), two.focus);
    EXPECT_EQ(focus_of(show_.roster, show_.now + 10s), wire::Focus{});
}

}  // namespace
}  // namespace midinet::control::cli
