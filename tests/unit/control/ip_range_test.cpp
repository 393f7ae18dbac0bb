#include "control/ip_range.hpp"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <rapidcheck/gtest.h>

namespace midinet::control {
namespace {

using testing::HasSubstr;

io::IpAddress ip(std::string_view text) { return io::parse_ip(text).value(); }
IpRange range(std::string_view text) { return IpRange::parse(text).value(); }
std::string why_not(std::string_view text) {
    const auto parsed = IpRange::parse(text);
    return parsed ? "it was accepted as " + to_string(*parsed) : parsed.error().message;
}

TEST(IpAddress, ReadsEveryFormOfItsText) {
    EXPECT_EQ(to_string(ip("192.168.1.7")), "192.168.1.7");
    EXPECT_EQ(to_string(ip("::")), "::");
    EXPECT_EQ(to_string(ip("::1")), "::1");
    EXPECT_EQ(to_string(ip("1::")), "1::");
    EXPECT_EQ(to_string(ip("2001:DB8:0:0:1:0:0:1")), "2001:db8::1:0:0:1");
    EXPECT_EQ(to_string(ip("2001:db8:0:1:1:1:1:1")), "2001:db8:0:1:1:1:1:1");
    EXPECT_EQ(to_string(ip("64:ff9b::192.0.2.1")), "64:ff9b::c000:201");
    EXPECT_EQ(to_string(ip("1:2:3:4:5:6:1.2.3.4")), "1:2:3:4:5:6:102:304");
}

TEST(IpAddress, MappedIpv4IsTheIpv4Address) {
    EXPECT_EQ(ip("::ffff:10.0.0.7"), ip("10.0.0.7"));
    EXPECT_EQ(ip("::ffff:a00:7"), io::IpAddress::from_ipv4(0x0A000007));
    EXPECT_FALSE(ip("::10.0.0.7").is_ipv4());
}

class IpAddressRefuses : public testing::TestWithParam<const char*> {};
TEST_P(IpAddressRefuses, WhatIsNone) { EXPECT_FALSE(io::parse_ip(GetParam())) << GetParam(); }
INSTANTIATE_TEST_SUITE_P(Texts, IpAddressRefuses,
                         testing::Values("", ":", ":::", "1", "1.2.3", "1.2.3.4.5", "256.1.1.1",
                                         "1.2.3.04", "00.1.1.1", " 1.2.3.4", "1.2.3.4 ",
                                         "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1:2:3:4::5:6:7:8",
                                         "1::2::3", ":1::", "1::2:", "12345::", "g::", "-1::",
                                         "+1::", "[::1]", "fe80::1%eth0",
                                         "1.2.3.4::", "::1.2.3.4:1", "1:2:3:4:5:6:7:1.2.3.4",
                                         "::1.2.3.04", "0x1::", "1.2.3.4%lo"));

TEST(IpEndpoint, PutsIpv6InBrackets) {
    EXPECT_EQ(to_string(io::IpEndpoint{ip("10.0.0.7"), 8000}), "10.0.0.7:8000");
    EXPECT_EQ(to_string(io::IpEndpoint{ip("fe80::1"), 8000}), "[fe80::1]:8000");
}

/// Mostly zeros and ones, so that runs of zeros, ties and mapped addresses happen.
rc::Gen<io::IpAddress> any_address() {
    const auto group =
        rc::gen::weightedOneOf<std::uint16_t>({{4, rc::gen::just<std::uint16_t>(0)},
                                               {1, rc::gen::just<std::uint16_t>(0xFFFF)},
                                               {2, rc::gen::arbitrary<std::uint16_t>()}});
    const auto ipv6 =
        rc::gen::map(rc::gen::container<std::array<std::uint16_t, 8>>(group), [](const auto& all) {
            io::IpAddress::Bytes bytes{};
            for (std::size_t i = 0; i < 8; ++i) {
                bytes[2 * i] = static_cast<std::uint8_t>(all[i] >> 8U);
                bytes[2 * i + 1] = static_cast<std::uint8_t>(all[i] & 0xFFU);
            }
            return io::IpAddress{bytes};
        });
    return rc::gen::oneOf(
        ipv6, rc::gen::map(rc::gen::arbitrary<std::uint32_t>(), &io::IpAddress::from_ipv4));
}

RC_GTEST_PROP(IpAddressProperty, TextIsTheSystemsAndReadsBackTheSame, ()) {
    const auto address = *any_address();
    const std::string text = to_string(address);
    RC_ASSERT(io::parse_ip(text).value() == address);
    if (address.is_ipv4()) return;
    std::array<char, INET6_ADDRSTRLEN> theirs{};
    ::inet_ntop(AF_INET6, address.bytes().data(), theirs.data(), theirs.size());
    const std::string system(theirs.data());
    // The system writes ::a.b.c.d in dots, which RFC 5952 leaves to the writer.
    if (system.find('.') == std::string::npos) RC_ASSERT(text == system);
}

RC_GTEST_PROP(IpAddressProperty, AcceptsNothingThatTheSystemRefuses, ()) {
    const auto text = *rc::gen::container<std::string>(
        rc::gen::elementOf(std::string("0123456789abfF:::::....%/ ")));
    if (const auto address = io::parse_ip(text)) {
        std::array<std::uint8_t, 16> theirs{};
        const int family = text.find(':') == std::string::npos ? AF_INET : AF_INET6;
        RC_ASSERT(::inet_pton(family, text.c_str(), theirs.data()) == 1);
    }
}

TEST(IpRange, ContainsItsAddressesAndNoOthers) {
    EXPECT_TRUE(range("192.168.1.0/24").contains(ip("192.168.1.255")));
    EXPECT_FALSE(range("192.168.1.0/24").contains(ip("192.168.2.0")));
    EXPECT_TRUE(range("192.168.1.0/25").contains(ip("192.168.1.127")));
    EXPECT_FALSE(range("192.168.1.0/25").contains(ip("192.168.1.128")));
    EXPECT_TRUE(range("fd00::/8").contains(ip("fdff::1")));
    EXPECT_FALSE(range("fd00::/8").contains(ip("fe00::1")));
    EXPECT_TRUE(range("fe80::7").contains(ip("fe80::7")));
    EXPECT_FALSE(range("fe80::7").contains(ip("fe80::8")));
    EXPECT_FALSE(IpRange{}.contains(ip("127.0.0.1")));
}

TEST(IpRange, FamiliesDoNotMix) {
    EXPECT_TRUE(range("0.0.0.0/0").contains(ip("255.255.255.255")));
    EXPECT_FALSE(range("0.0.0.0/0").contains(ip("::1")));
    EXPECT_TRUE(range("::/0").contains(ip("2001:db8::1")));
    EXPECT_FALSE(range("::/0").contains(ip("10.0.0.7")));
}

TEST(IpRange, SenderMappedIntoIpv6IsAnIpv4Sender) {
    EXPECT_TRUE(range("10.0.0.0/8").contains(ip("::ffff:10.1.2.3")));
    EXPECT_EQ(range("::ffff:10.0.0.0/104"), range("10.0.0.0/8"));
    EXPECT_EQ(to_string(range("::ffff:0:0/96")), "0.0.0.0/0");
}

TEST(IpRange, PrefixIsOfTheTextsFamilyAndInRange) {
    EXPECT_THAT(why_not("10.0.0.0/33"), HasSubstr("from 0 to 32"));
    EXPECT_THAT(why_not("fd00::/129"), HasSubstr("from 0 to 128"));
    for (const char* text : {"10.0.0.0/", "10.0.0.0/-1", "10.0.0.0/+8", "10.0.0.0/08",
                             "10.0.0.0/ 8", "10.0.0.0/8/8", "10.0.0.0/255.0.0.0"})
        EXPECT_THAT(why_not(text), HasSubstr("the length of a prefix")) << text;
}

TEST(IpRange, BitsBeyondThePrefixAreRefusedWithBothRemedies) {
    EXPECT_EQ(why_not("10.1.2.3/8"),
              "bits are set beyond the prefix; write \"10.0.0.0/8\" for the network or "
              "\"10.1.2.3\" for the address alone");
    EXPECT_THAT(why_not("fd00::1/8"), HasSubstr("write \"fd00::/8\" for the network"));
    EXPECT_THAT(why_not("::ffff:10.1.2.3/104"), HasSubstr("write \"10.0.0.0/8\" for the network"));
    EXPECT_THAT(why_not("::ffff:0:0/90"), HasSubstr("write \"::ffc0:0:0/90\" for the network"));
}

TEST(IpRange, ZoneIsRefusedBecauseNoSenderCanBeHeldAgainstIt) {
    EXPECT_THAT(why_not("fe80::1%eth0"), HasSubstr("a zone"));
    EXPECT_THAT(why_not("fe80::%1/10"), HasSubstr("a zone"));
}

RC_GTEST_PROP(IpRangeProperty, ContainsExactlyWhatAgreesInEveryBitOfThePrefix, ()) {
    const auto address = *any_address();
    auto bytes = address.bytes();
    const unsigned first = address.is_ipv4() ? 96 : 0;
    const auto bit = *rc::gen::inRange(first, 128U);
    const auto prefix = *rc::gen::inRange(first, 129U);
    auto network = bytes;
    for (unsigned i = prefix; i < 128; ++i)
        network[i / 8] = static_cast<std::uint8_t>(network[i / 8] & ~(0x80U >> (i % 8)));
    // A network of long prefixes may look mapped only when the address is.
    RC_PRE(io::IpAddress{network}.is_ipv4() == address.is_ipv4());
    const auto whole =
        range(io::to_string(io::IpAddress{network}) + "/" + std::to_string(prefix - first));
    RC_ASSERT(to_string(range(to_string(whole))) == to_string(whole));
    RC_ASSERT(whole.contains(address));
    bytes[bit / 8] = static_cast<std::uint8_t>(bytes[bit / 8] ^ (0x80U >> (bit % 8)));
    RC_PRE(io::IpAddress{bytes}.is_ipv4() == address.is_ipv4());
    RC_ASSERT(whole.contains(io::IpAddress{bytes}) == (bit >= prefix));
}

TEST(IpRange, NobodyIsInAnEmptyList) {
    EXPECT_FALSE(any_contains({}, ip("127.0.0.1")));
    const std::array both{range("10.0.0.0/8"), range("::1")};
    EXPECT_TRUE(any_contains(both, ip("::1")));
    EXPECT_FALSE(any_contains(both, ip("::2")));
}

}  // namespace
}  // namespace midinet::control
