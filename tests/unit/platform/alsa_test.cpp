#include "platform/linux/alsa_book.hpp"

#include <gmock/gmock.h>

namespace midinet::platform {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Optional;

AlsaPort in_out(unsigned subdevice, std::string name = {}) {
    return {.device = 0,
            .subdevice = subdevice,
            .name = std::move(name),
            .input = true,
            .output = true};
}

AlsaCard hdmi() {
    return {.number = 0, .id = "HDMI", .name = "HDA Intel HDMI", .ports = {in_out(0)}};
}
AlsaCard apc40(int number, std::string serial = "A1", std::string path = "1-1:1.0") {
    return {.number = number,
            .id = "APC40",
            .name = "Akai APC40",
            .usb = true,
            .usb_path = std::move(path),
            .manufacturer = "Akai",
            .serial = std::move(serial),
            .usb_vendor = 0x09E8,
            .usb_product = 0x0028,
            .ports = {in_out(0, "APC40 MIDI 1")}};
}
AlsaCard launchpad(int number) {
    AlsaCard card = apc40(number, "L1", "1-2:1.0");
    card.id = "Launchpad";
    card.name = "Novation Launchpad X";
    card.usb_product = 0x0103;
    card.ports = {in_out(0, "LPX DAW"), in_out(1, "LPX MIDI")};
    return card;
}

const AlsaWish kAuto{};

AlsaWish at(const std::string& address) {
    return {.address = parse_hw_address(address).value(), .name_part = {}};
}

TEST(HwAddress, ReadsNumbersAndIds) {
    EXPECT_EQ(parse_hw_address("hw:1,0,2").value(), (HwAddress{"1", 0U, 2U}));
    EXPECT_EQ(parse_hw_address("hw:APC40").value(),
              (HwAddress{"APC40", std::nullopt, std::nullopt}));
}

TEST(HwAddress, RefusesAnythingElseWithAnExample) {
    for (const char* text :
         {"hw:", "hw:1,", "hw:1,x", "hw:1,0,0,0", "plughw:1", "hw:1,-1", "hw:1,999"}) {
        const auto address = parse_hw_address(text);
        ASSERT_FALSE(address) << text;
        EXPECT_THAT(address.error().message, HasSubstr("hw:1,0,0"));
        EXPECT_EQ(address.error().exit_code, 2);
    }
}

TEST(ChooseDevice, AutoNeverTakesHdmiOrBuiltInPorts) {
    const auto none = choose_device({hdmi()}, kAuto, std::nullopt);
    ASSERT_FALSE(none);
    EXPECT_THAT(none.error().message, HasSubstr("hw:0 \"HDA Intel HDMI\" (not USB)"));
    EXPECT_EQ(choose_device({hdmi(), apc40(1)}, kAuto, std::nullopt)->card.number, 1);
}

TEST(ChooseDevice, AutoWithANameIgnoresLetterCase) {
    const AlsaWish wish{.address = std::nullopt, .name_part = "launchpad"};
    EXPECT_EQ(choose_device({apc40(1), launchpad(2)}, wish, std::nullopt)->card.number, 2);
}

TEST(ChooseDevice, AllPortsOfACardAreMeantInOrder) {
    const auto choice = choose_device({launchpad(3)}, kAuto, std::nullopt);
    EXPECT_THAT(describe(*choice).ports, ElementsAre("LPX DAW", "LPX MIDI"));
}

TEST(ChooseDevice, AddressMayMeanOnePort) {
    const auto choice = choose_device({apc40(1), launchpad(2)}, at("hw:2,0,1"), std::nullopt);
    EXPECT_THAT(describe(*choice).ports, ElementsAre("LPX MIDI"));
    EXPECT_FALSE(choose_device({apc40(1)}, at("hw:1,0,7"), std::nullopt));
}

TEST(ChooseDevice, AddressMayNameACardThatIsNotUsb) {
    EXPECT_TRUE(choose_device({hdmi()}, at("hw:HDMI"), std::nullopt));
}

TEST(ChooseDevice, OutputsAreNotOfferedAsInputs) {
    AlsaCard deaf = apc40(1);
    deaf.ports[0].input = false;
    EXPECT_FALSE(choose_device({deaf}, kAuto, std::nullopt));
    const AlsaWish out{
        .address = std::nullopt, .name_part = {}, .direction = MidiDirection::Output};
    EXPECT_TRUE(choose_device({deaf}, out, std::nullopt));
}

TEST(ChooseDevice, AnotherControllerDoesNotReplaceTheOneThatWasUnplugged) {
    const auto choice = choose_device({launchpad(1)}, kAuto, apc40(1));
    ASSERT_FALSE(choice);
    EXPECT_THAT(choice.error().message, HasSubstr("\"Akai APC40\" (it was unplugged)"));
}

TEST(ChooseDevice, SameSerialIsFoundUnderAnotherNumberAndPlace) {
    const auto choice =
        choose_device({apc40(1, "B2"), apc40(2, "A1", "1-9:1.0")}, kAuto, apc40(7, "A1"));
    EXPECT_EQ(choice->card.number, 2);
}

TEST(ChooseDevice, TwinsWithoutSerialAreToldApartByPlace) {
    const auto choice = choose_device({apc40(1, "", "1-3:1.0"), apc40(2, "", "1-4:1.0")}, kAuto,
                                      apc40(5, "", "1-4:1.0"));
    EXPECT_EQ(choice->card.number, 2);
}

TEST(ChooseDevice, SpareOfTheSameKindMayReplaceABrokenOne) {
    EXPECT_TRUE(choose_device({apc40(1, "NEW", "1-8:1.0")}, kAuto, apc40(1, "OLD")));
}

TEST(ChooseDevice, AddressFollowsItsDeviceToAnotherNumber) {
    const auto choice = choose_device({launchpad(1), apc40(2)}, at("hw:1,0,0"), apc40(1));
    EXPECT_EQ(choice->card.number, 2);
}

TEST(DescribeDevice, CarriesTheUsbIdentity) {
    const auto info = describe(*choose_device({apc40(1)}, kAuto, std::nullopt));
    EXPECT_EQ(info.name, "Akai APC40");
    EXPECT_EQ(info.usb_vendor, 0x09E8);
    EXPECT_EQ(info.usb_product, 0x0028);
    EXPECT_EQ(info.serial, "A1");
}

AlsaSeat wants(AlsaWish wish) { return {.wish = std::move(wish)}; }
AlsaSeat had(AlsaCard card, AlsaWish wish = kAuto) {
    return {.wish = std::move(wish), .card = std::move(card)};
}
AlsaSeat has(AlsaCard card, AlsaWish wish = kAuto) {
    return {.wish = std::move(wish), .card = std::move(card), .has_it = true};
}
constexpr auto kNone = std::optional<std::size_t>{};

std::vector<std::optional<std::size_t>> seated(const std::vector<AlsaCard>& cards,
                                               const std::vector<AlsaSeat>& seats) {
    return seat_cards(cards, seats);
}

TEST(SeatCards, TwoThatTakeAnythingTakeTwoIdenticalOnes) {
    const std::vector<AlsaCard> cards{apc40(1, "A"), apc40(2, "B", "1-2:1.0")};
    EXPECT_THAT(seated(cards, {wants(kAuto), wants(kAuto)}),
                ElementsAre(Optional(0U), Optional(1U)));
}

TEST(SeatCards, OneControllerIsTheFirstDevicesAndTheSecondWaits) {
    EXPECT_THAT(seated({apc40(1)}, {wants(kAuto), wants(kAuto)}), ElementsAre(Optional(0U), kNone));
}

TEST(SeatCards, WhoHasACardKeepsIt) {
    EXPECT_THAT(seated({apc40(1)}, {wants(kAuto), has(apc40(1))}),
                ElementsAre(kNone, Optional(0U)));
}

TEST(SeatCards, WhoHasACardLooksForNoOther) {
    const std::vector<AlsaCard> cards{apc40(1, "A"), apc40(2, "B", "1-2:1.0")};
    EXPECT_THAT(seated(cards, {has(cards[1]), wants(kAuto)}),
                ElementsAre(Optional(1U), Optional(0U)));
}

TEST(SeatCards, ReplugOfBothIsMatchedBySerial) {
    const std::vector<AlsaCard> swapped{apc40(1, "B"), apc40(2, "A", "1-2:1.0")};
    const std::vector<AlsaSeat> seats{had(apc40(1, "A")), had(apc40(2, "B", "1-2:1.0"))};
    EXPECT_THAT(seated(swapped, seats), ElementsAre(Optional(1U), Optional(0U)));
}

TEST(SeatCards, ReplugWithoutSerialsIsMatchedByPlace) {
    const std::vector<AlsaCard> later{apc40(5, "", "1-2:1.0"), apc40(6, "", "1-1:1.0")};
    const std::vector<AlsaSeat> seats{had(apc40(1, "", "1-1:1.0")), had(apc40(2, "", "1-2:1.0"))};
    EXPECT_THAT(seated(later, seats), ElementsAre(Optional(1U), Optional(0U)));
}

TEST(SeatCards, TheOtherOnesTwinIsNotTakenWhileItWaitsForItsOwn) {
    const std::vector<AlsaSeat> seats{had(apc40(1, "A")), had(apc40(2, "B", "1-2:1.0"))};
    EXPECT_THAT(seated({apc40(1, "B")}, seats), ElementsAre(kNone, Optional(0U)));
}

TEST(SeatCards, WhoPulledTheirCardOutIsLookingAlthoughItWasNotToldOf) {
    EXPECT_THAT(seated({apc40(3, "A", "1-7:1.0")}, {wants(kAuto), has(apc40(1, "A"))}),
                ElementsAre(kNone, Optional(0U)));
}

TEST(SeatCards, WhoNamesACardComesBeforeWhoTakesAnything) {
    const AlsaWish launchpads{.address = std::nullopt, .name_part = "launchpad"};
    EXPECT_THAT(seated({launchpad(1), apc40(2)}, {wants(kAuto), wants(launchpads)}),
                ElementsAre(Optional(1U), Optional(0U)));
    EXPECT_THAT(seated({launchpad(1), apc40(2)}, {wants(launchpads), wants(at("hw:1"))}),
                ElementsAre(kNone, Optional(0U)));
}

TEST(SeatCards, PortsOfOneCardMayBeTwoDevices) {
    EXPECT_THAT(seated({launchpad(1)}, {wants(at("hw:1,0,0")), wants(at("hw:1,0,1"))}),
                ElementsAre(Optional(0U), Optional(0U)));
}

}  // namespace
}  // namespace midinet::platform
