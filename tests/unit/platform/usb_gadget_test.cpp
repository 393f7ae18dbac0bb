#include "platform/linux/usb_gadget.hpp"

#include "platform/linux/gadget_port.hpp"
#include "unit/platform/temp_dir.hpp"

#include <gmock/gmock.h>

#include <fstream>

namespace midinet::platform {
namespace {

namespace fs = std::filesystem;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using Kind = GadgetEntry::Kind;

io::DeviceInfo apc40() {
    return {.name = "Akai APC40",
            .manufacturer = "Akai",
            .product = "APC40",
            .serial = "SN42",
            .usb_vendor = 0x09E8,
            .usb_product = 0x0028,
            .ports = {"APC40 MIDI 1", "APC40 MIDI 2"}};
}

std::string value_of(const io::DeviceInfo& device, const std::string& path) {
    const auto entries = gadget_entries(device).value();
    for (const auto& entry : entries)
        if (entry.path == path) return entry.value;
    return "(none)";
}

TEST(GadgetEntries, HaveTheDevicesIdsStringsAndPorts) {
    const auto entries = gadget_entries(apc40()).value();
    EXPECT_THAT(entries, Contains(GadgetEntry{Kind::Text, "idVendor", "0x09e8"}));
    EXPECT_THAT(entries, Contains(GadgetEntry{Kind::Text, "idProduct", "0x0028"}));
    EXPECT_THAT(entries, Contains(GadgetEntry{Kind::Text, "strings/0x409/manufacturer", "Akai"}));
    EXPECT_THAT(entries, Contains(GadgetEntry{Kind::Text, "strings/0x409/serialnumber", "SN42"}));
    EXPECT_EQ(value_of(apc40(), "strings/0x409/product"), "APC40") << "not the name made of it";
    EXPECT_EQ(value_of(apc40(), "functions/midi.usb0/in_ports"), "2");
    EXPECT_EQ(value_of(apc40(), "functions/midi.usb0/out_ports"), "2");
    EXPECT_EQ(entries.back().kind, Kind::Link) << "the function is whole before it is used";
}

TEST(GadgetEntries, AnEmptySerialIsWrittenTooBecauseTheKernelsTableEndsAtAMissingString) {
    auto device = apc40();
    device.serial.clear();
    EXPECT_EQ(value_of(device, "strings/0x409/serialnumber"), "");
}

TEST(GadgetEntries, ADeviceWithoutUsbIdsGetsThoseOfTheKernelsMidiGadget) {
    const io::DeviceInfo fifo{.name = "in.fifo", .ports = {"in.fifo"}};
    EXPECT_EQ(value_of(fifo, "idVendor"), "0x17b3");
    EXPECT_EQ(value_of(fifo, "idProduct"), "0x0004");
    EXPECT_EQ(value_of(fifo, "strings/0x409/manufacturer"), "MIDInet");
    EXPECT_EQ(value_of(fifo, "strings/0x409/product"), "in.fifo");
}

TEST(GadgetEntries, LongStringsAreCutBetweenCharacters) {
    auto device = apc40();
    device.product = std::string(256, 'x');
    EXPECT_EQ(value_of(device, "strings/0x409/product"), std::string(126, 'x'));
    device.product = std::string(125, 'x') + "\u00e9";
    EXPECT_EQ(value_of(device, "strings/0x409/product"), std::string(125, 'x'));
    device.product = "R\u00e9 \u266a";
    EXPECT_EQ(value_of(device, "strings/0x409/product"), "R\u00e9 \u266a");
}

TEST(GadgetEntries, ControlCharactersBecomeQuestionMarks) {
    auto device = apc40();
    device.manufacturer = "A\nB\x7f";
    EXPECT_EQ(value_of(device, "strings/0x409/manufacturer"), "A?B?");
}

TEST(GadgetEntries, ADeviceThatToldNoPortsHasOne) {
    auto device = apc40();
    device.ports.clear();
    EXPECT_EQ(value_of(device, "functions/midi.usb0/in_ports"), "1");
}

TEST(GadgetEntries, MorePortsThanAFunctionHasAreRefused) {
    auto device = apc40();
    device.ports.assign(17, "port");
    const auto refused = gadget_entries(device);
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().message, HasSubstr("17 ports"));
}

/// Folders as the kernel shows them, with two controllers.
class Gadgets : public testing::Test {
  protected:
    Gadgets() {
        fs::create_directories(root_.path() / "configfs/usb_gadget");
        for (const char* name : {"a.usb", "b.usb"}) {
            fs::create_directories(places_.controllers / name);
            write(places_.controllers / name / "state", "not attached");
            use(name, "");
        }
        places_.remove_folder = [this](const fs::path& folder) {
            removed_.push_back(folder.lexically_relative(gadgets()));
            fs::remove_all(folder);
        };
    }
    static void write(const fs::path& file, const std::string& text) {
        std::ofstream(file) << text << "\n";
    }
    static std::string read(const fs::path& file) {
        std::string line;
        std::ifstream in(file);
        std::getline(in, line);
        return line;
    }
    void use(const std::string& controller, const std::string& user) {
        write(places_.controllers / controller / "uevent",
              "USB_UDC_NAME=x" + (user.empty() ? "" : "\nUSB_UDC_DRIVER=" + user));
    }
    fs::path gadgets() const { return places_.configfs / "usb_gadget"; }
    std::string refusal(const std::string& controller = "") {
        const auto gadget = UsbGadget::create(apc40(), controller, places_);
        return gadget ? "(none)" : gadget.error().message;
    }

    TempDir root_;
    GadgetPlaces places_{.configfs = root_.path() / "configfs",
                         .controllers = root_.path() / "udc",
                         .sound = root_.path() / "sound",
                         .remove_folder = {}};
    std::vector<fs::path> removed_;
};

TEST_F(Gadgets, OneIsMadeOnTheFirstFreeControllerAndGoesAgain) {
    use("a.usb", "g_ether");
    {
        const auto gadget = UsbGadget::create(apc40(), "", places_);
        ASSERT_TRUE(gadget) << gadget.error().message;
        const auto folder = gadgets() / "midinet-b.usb";
        EXPECT_EQ(read(folder / "idVendor"), "0x09e8");
        EXPECT_EQ(read(folder / "UDC"), "b.usb");
        EXPECT_EQ(fs::read_symlink(folder / "configs/c.1/midi.usb0"),
                  folder / "functions/midi.usb0");
        EXPECT_TRUE(removed_.empty());
    }
    EXPECT_THAT(removed_,
                ElementsAre("midinet-b.usb/configs/c.1", "midinet-b.usb/functions/midi.usb0",
                            "midinet-b.usb/strings/0x409", "midinet-b.usb"));
    EXPECT_TRUE(fs::is_empty(gadgets()));
}

TEST_F(Gadgets, WhatAKilledProgramLeftIsTakenAwayAndWhatOthersMadeStays) {
    fs::create_directories(gadgets() / "midinet-a.usb/functions/midi.usb0");
    fs::create_directories(gadgets() / "someone");
    const auto gadget = UsbGadget::create(apc40(), "", places_);
    ASSERT_TRUE(gadget) << gadget.error().message;
    EXPECT_THAT(removed_, ElementsAre("midinet-a.usb/functions/midi.usb0", "midinet-a.usb"));
    EXPECT_TRUE(fs::exists(gadgets() / "someone"));
}

TEST_F(Gadgets, OneOfALivingProgramStays) {
    const auto first = UsbGadget::create(apc40(), "a.usb", places_);
    use("a.usb", "midinet-a.usb");
    const auto second = UsbGadget::create(apc40(), "", places_);
    ASSERT_TRUE(first && second);
    EXPECT_EQ(second->controller(), "b.usb");
    EXPECT_TRUE(removed_.empty());
}

TEST_F(Gadgets, AttachedMeansThatAComputerTookTheDevice) {
    const auto gadget = UsbGadget::create(apc40(), "a.usb", places_);
    ASSERT_TRUE(gadget);
    EXPECT_FALSE(gadget->attached());
    write(places_.controllers / "a.usb/state", "configured");
    EXPECT_TRUE(gadget->attached());
    write(places_.controllers / "a.usb/state", "suspended");
    EXPECT_FALSE(gadget->attached());
}

TEST_F(Gadgets, TheCardIsTheOneOfTheControllersGadget) {
    const auto device = root_.path() / "devices/a";
    for (const char* folder : {"gadget.0", "other/gadget.1"})
        fs::create_directories(device / folder);
    fs::create_directories(places_.sound / "card3");
    fs::create_directories(places_.sound / "card12");
    fs::create_directory_symlink(device, places_.controllers / "a.usb/device");
    fs::create_directory_symlink(device / "other/gadget.1", places_.sound / "card3/device");
    fs::create_directory_symlink(device / "gadget.0", places_.sound / "card12/device");
    const auto gadget = UsbGadget::create(apc40(), "a.usb", places_);
    ASSERT_TRUE(gadget);
    EXPECT_EQ(gadget->card(), 12);
}

TEST_F(Gadgets, WithoutTheKernelsPartsErrorsSayWhatToDo) {
    EXPECT_THAT(refusal("c.usb"), HasSubstr("this machine has: a.usb, b.usb"));
    use("a.usb", "g_ether");
    EXPECT_THAT(refusal("a.usb"), HasSubstr("a.usb by \"g_ether\""));
    fs::remove_all(places_.controllers);
    EXPECT_THAT(refusal(), HasSubstr("dtoverlay=dwc2"));
    fs::remove_all(places_.configfs);
    EXPECT_THAT(refusal(), HasSubstr("sudo modprobe libcomposite"));
    EXPECT_FALSE(check_gadgets("", places_));
}

TEST_F(Gadgets, AHalfMadeOneIsTakenAway) {
    auto device = apc40();
    device.ports.assign(17, "port");
    EXPECT_FALSE(UsbGadget::create(device, "", places_));
    EXPECT_TRUE(fs::is_empty(gadgets()));
}

constexpr TimePoint kStart{1s};

TEST(Ear, IsDeafWhenNothingOfWhatWaitsIsTaken) {
    Ear ear;
    EXPECT_EQ(ear.judge(0, kStart), Ear::Verdict::Hears);
    ear.gave(3);
    EXPECT_EQ(ear.judge(3, kStart + 400ms), Ear::Verdict::Hears);
    ear.gave(3);
    EXPECT_EQ(ear.judge(6, kStart + 501ms), Ear::Verdict::NowDeaf);
}

TEST(Ear, ASlowOneIsNotDeaf) {
    Ear ear;
    (void)ear.judge(0, kStart);
    ear.gave(1000);
    for (int i = 1; i < 10; ++i)
        EXPECT_EQ(ear.judge(1000 - static_cast<std::size_t>(i), kStart + i * 400ms),
                  Ear::Verdict::Hears);
}

TEST(Ear, APauseInTheMusicIsNotDeafness) {
    Ear ear;
    (void)ear.judge(0, kStart);
    ear.gave(3);
    EXPECT_EQ(ear.judge(0, kStart + 10s), Ear::Verdict::Hears);
}

TEST(Ear, HearsAgainWhenTheProbeIsTaken) {
    Ear ear;
    (void)ear.judge(0, kStart);
    ear.gave(3);
    ASSERT_EQ(ear.judge(3, kStart + 1s), Ear::Verdict::NowDeaf);
    ear.threw_away();
    EXPECT_FALSE(ear.is_probed());
    ear.gave(3);
    EXPECT_TRUE(ear.is_probed());
    EXPECT_EQ(ear.judge(3, kStart + 9s), Ear::Verdict::Deaf);
    EXPECT_EQ(ear.judge(0, kStart + 10s), Ear::Verdict::Again);
}

}  // namespace
}  // namespace midinet::platform
