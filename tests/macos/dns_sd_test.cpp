#include "double/dns_sd.hpp"

#include "double/clock.hpp"
#include "platform/macos/dns_sd_browser.hpp"

#include <gmock/gmock.h>
#include <net/if.h>

namespace midinet::platform {
namespace {

using macos_double::Responder;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Kind = DoubleService::Kind;

/// The one interface that every machine has; the browser itself would be asked for others.
constexpr const char* kInterface = "lo";
constexpr std::uint32_t kAddress = 0x0A000005;

class DnsSdBrowserTest : public testing::Test {
  protected:
    DnsSdBrowserTest() { responder_.reset(); }
    void open(std::vector<std::string> interfaces = {kInterface}) {
        browser_ =
            DnsSdBrowser::open(
                {.type = "_midinet._udp", .interfaces = std::move(interfaces), .host_label = {}})
                .value();
    }
    /// From its name to its address.
    void announce(const std::string& name, const std::string& host, std::uint32_t address) {
        responder_.tell_service(true, index_, name);
        (void)browser_->services();
        responder_.tell_host(name, host, 5006, {4, 'i', 'd', '=', '1'});
        (void)browser_->services();
        responder_.tell_address(true, host, address);
    }
    io::FoundService found(const std::string& name, std::uint32_t address) const {
        return {.instance = name, .interface = kInterface, .at = {address, 5006}, .txt = {"id=1"}};
    }

    Responder& responder_ = Responder::instance();
    std::uint32_t index_ = ::if_nametoindex(kInterface);
    std::unique_ptr<DnsSdBrowser> browser_;
};

TEST_F(DnsSdBrowserTest, FindsAServiceWithItsAddressPortAndText) {
    open();
    EXPECT_EQ(responder_.type(), "_midinet._udp");
    EXPECT_FALSE(browser_->services());
    announce("stage", "pi.local.", kAddress);
    const auto services = browser_->services();
    ASSERT_TRUE(services);
    EXPECT_THAT(*services, ElementsAre(found("stage", kAddress)));
    EXPECT_FALSE(browser_->services());  // as at the last call
}

TEST_F(DnsSdBrowserTest, AServiceThatGoesIsListedNoMoreAndAskedForNoMore) {
    open();
    announce("stage", "pi.local.", kAddress);
    announce("balcony", "other.local.", kAddress + 1);
    EXPECT_EQ(browser_->services()->size(), 2U);
    responder_.tell_service(false, index_, "stage");
    EXPECT_THAT(*browser_->services(), ElementsAre(found("balcony", kAddress + 1)));
    EXPECT_FALSE(responder_.is_asked(Kind::Resolve, "stage"));
    EXPECT_FALSE(responder_.is_asked(Kind::Addresses, "pi.local."));
}

TEST_F(DnsSdBrowserTest, AHostThatGetsAnotherAddressIsThereWithThatOne) {
    open();
    announce("stage", "pi.local.", kAddress);
    (void)browser_->services();
    responder_.tell_address(true, "pi.local.", kAddress + 7);
    responder_.tell_address(false, "pi.local.",
                            kAddress);  // the old one goes after the new one came
    EXPECT_THAT(*browser_->services(), ElementsAre(found("stage", kAddress + 7)));
    responder_.tell_address(false, "pi.local.", kAddress + 7);
    EXPECT_THAT(*browser_->services(), IsEmpty());
}

TEST_F(DnsSdBrowserTest, AServiceThatMovesToAnotherHostIsLookedForThere) {
    open();
    announce("stage", "pi.local.", kAddress);
    (void)browser_->services();
    responder_.tell_host("stage", "spare.local.", 5006, {4, 'i', 'd', '=', '1'});
    (void)browser_->services();
    responder_.tell_address(true, "spare.local.", kAddress + 2);
    EXPECT_THAT(*browser_->services(), ElementsAre(found("stage", kAddress + 2)));
    EXPECT_FALSE(responder_.is_asked(Kind::Addresses, "pi.local."));
}

TEST_F(DnsSdBrowserTest, DamagedTextIsLeftOut) {
    open();
    announce("stage", "pi.local.", kAddress);
    (void)browser_->services();
    responder_.tell_host("stage", "pi.local.", 5006, {3, 'a', '=', 'b', 0, 9, 'c'});
    const auto services = browser_->services();
    ASSERT_TRUE(services);
    EXPECT_THAT(services->front().txt, ElementsAre("a=b"));
}

TEST_F(DnsSdBrowserTest, ServicesOnOtherInterfacesAreNotAskedFor) {
    open({"en7"});
    responder_.tell_service(true, index_, "stage");
    EXPECT_FALSE(browser_->services());
    EXPECT_FALSE(responder_.is_asked(Kind::Resolve, "stage"));
}

TEST_F(DnsSdBrowserTest, MoreThanSixtyFourAreNotFound) {
    open();
    for (int i = 0; i < 70; ++i) responder_.tell_service(true, index_, "host " + std::to_string(i));
    (void)browser_->services();
    EXPECT_TRUE(responder_.is_asked(Kind::Resolve, "host 63"));
    EXPECT_FALSE(responder_.is_asked(Kind::Resolve, "host 64"));
}

TEST_F(DnsSdBrowserTest, AResponderThatIsAwayIsAskedAgainAfterTwoSecondsAndToldOnce) {
    responder_.stop();
    open();
    EXPECT_FALSE(browser_->services());
    const auto notices = browser_->notices();
    ASSERT_EQ(notices.size(), 1U);
    EXPECT_TRUE(notices[0].is_trouble);
    EXPECT_THAT(notices[0].text, HasSubstr("still find each other by multicast"));
    macos_double::advance(2s);
    EXPECT_FALSE(browser_->services());
    EXPECT_THAT(browser_->notices(), IsEmpty());
    responder_.start();
    macos_double::advance(1900ms);
    EXPECT_FALSE(browser_->services());
    EXPECT_EQ(responder_.alive(), 0U);
    macos_double::advance(100ms);
    (void)browser_->services();
    announce("stage", "pi.local.", kAddress);
    EXPECT_THAT(*browser_->services(), ElementsAre(found("stage", kAddress)));
}

TEST_F(DnsSdBrowserTest, WhatWasFoundStaysUntilAResponderThatEndedIsBack) {
    open();
    announce("stage", "pi.local.", kAddress);
    (void)browser_->services();
    responder_.stop();
    EXPECT_FALSE(browser_->services());
    EXPECT_EQ(browser_->notices().size(), 1U);
    responder_.start();
    macos_double::advance(2s);
    EXPECT_THAT(*browser_->services(), IsEmpty());
    announce("stage", "pi.local.", kAddress);
    EXPECT_THAT(*browser_->services(), ElementsAre(found("stage", kAddress)));
}

TEST_F(DnsSdBrowserTest, LeavesNothingBehind) {
    open();
    announce("stage", "pi.local.", kAddress);
    browser_.reset();
    EXPECT_EQ(responder_.alive(), 0U);
}

TEST_F(DnsSdBrowserTest, OnTheLoopbackAloneThereIsNobodyToFind) {
    EXPECT_EQ(
        open_browser({.type = "_midinet._udp", .interfaces = {"lo0"}, .host_label = {}}).value(),
        nullptr);
    EXPECT_NE(
        open_browser({.type = "_midinet._udp", .interfaces = {"lo0", "en0"}, .host_label = {}})
            .value(),
        nullptr);
}

}  // namespace
}  // namespace midinet::platform
