#include "wire/header.hpp"

#include "unit/wire/payload.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace midinet::wire {
namespace {

using namespace testing;

const Bytes kLease =
    sealed(from_hex("4d 4e 01 07 00 00 00 29  00 00 00 00 00 00 00 05  00 00 00 02  00 00 00 09"
                    "00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00  01"));

TEST(DatagramHeader, SplitsIntoFieldsAndPayload) {
    const auto datagram = decode_datagram(kLease);
    ASSERT_TRUE(datagram);
    EXPECT_EQ(datagram->header, (Header{PacketKind::Lease, 0, 0, SenderId{5}, Epoch{2}, 9}));
    EXPECT_EQ(to_hex({datagram->payload.begin(), datagram->payload.end()}), "01 ");
}

TEST(DatagramHeader, RefusesWhatIsShorterThanItself) {
    EXPECT_EQ(refusal(decode_datagram({})), DecodeError::TooShort);
    EXPECT_EQ(refusal(decode_datagram(ByteView(kLease).first(39))), DecodeError::TooShort);
}

TEST(DatagramHeader, RefusesMoreThanTheLargestDatagram) {
    EXPECT_EQ(refusal(decode_datagram(Bytes(kMaxDatagram + 1))), DecodeError::TooLong);
}

TEST(DatagramHeader, RefusesAForeignMagic) {
    EXPECT_EQ(refusal(decode_datagram(with(kLease, 0, "80 60"))), DecodeError::BadMagic);
}

TEST(DatagramHeader, RefusesAnotherVersion) {
    EXPECT_EQ(refusal(decode_datagram(with(kLease, 2, "02"))), DecodeError::BadVersion);
}

TEST(DatagramHeader, RefusesALengthThatIsNotTheDatagrams) {
    EXPECT_EQ(refusal(decode_datagram(without_last(kLease))), DecodeError::BadLength);
    EXPECT_EQ(refusal(decode_datagram(plus(kLease, "00"))), DecodeError::BadLength);
}

TEST(DatagramHeader, RefusesAKeyWhileThereAreNone) {
    EXPECT_EQ(refusal(decode_datagram(with(kLease, 5, "01"))), DecodeError::UnknownKey);
}

TEST(DatagramHeader, RefusesAMacWithoutAKey) {
    EXPECT_EQ(refusal(decode_datagram(with(kLease, 39, "01"))), DecodeError::BadValue);
}

TEST(DatagramHeader, RefusesWhatWasDamagedOnTheWay) {
    for (const std::size_t at : {4U, 8U, 19U, 24U, 27U, 40U})
        EXPECT_EQ(refusal(decode_datagram(with(kLease, at, "5a"))), DecodeError::BadCheck) << at;
}

TEST(DatagramHeader, TakesAnyPacketNumberUnderTheSameCheck) {
    auto datagram = kLease;
    set_packet_number(datagram, 77);
    ASSERT_TRUE(decode_datagram(datagram));
    EXPECT_EQ(decode_datagram(datagram)->header.packet_number, 77U);
}

TEST(DatagramHeader, RefusesUnknownKinds) {
    EXPECT_EQ(refusal(decode_datagram(with(kLease, 3, "00"))), DecodeError::UnknownKind);
    EXPECT_EQ(refusal(decode_datagram(with(kLease, 3, "09"))), DecodeError::UnknownKind);
}

TEST(DatagramHeader, CarriesFlagsThatThisVersionDoesNotKnow) {
    const auto datagram = decode_datagram(sealed(with(kLease, 4, "80")));
    ASSERT_TRUE(datagram);
    EXPECT_EQ(datagram->header.flags, 0x80);
}

TEST(DatagramHeader, LeavesNothingForAnEncodingThatDoesNotFit) {
    std::array<std::byte, kHeaderSize - 1> small{};
    ByteWriter writer(small);
    begin_datagram(writer, {});
    EXPECT_FALSE(end_datagram(writer));
}

TEST(DatagramHeader, RefusesToEndADatagramThatIsTooLong) {
    std::array<std::byte, kMaxDatagram + 1> large{};
    ByteWriter writer(large);
    begin_datagram(writer, {});
    writer.bytes(Bytes(kMaxPayload + 1));
    EXPECT_FALSE(end_datagram(writer));
}

TEST(DatagramHeader, OnePacketNumberCanBeReplacedForAnotherLeg) {
    Bytes datagram = kLease;
    set_packet_number(datagram, 0xA1B2C3D4);
    EXPECT_EQ(to_hex(datagram), to_hex(with(kLease, 20, "a1 b2 c3 d4")));
}

TEST(DatagramHeader, ThePacketNumberOfAFragmentIsLeftAlone) {
    Bytes fragment(kHeaderSize - 1);
    set_packet_number(fragment, 0xFFFFFFFF);
    EXPECT_EQ(fragment, Bytes(kHeaderSize - 1));
}

TEST(DecodeError, EveryOneHasItsOwnWords) {
    std::vector<std::string> seen;
    for (int e = 0; e <= static_cast<int>(DecodeError::TrailingBytes); ++e) {
        const std::string words = to_string(static_cast<DecodeError>(e));
        EXPECT_EQ(std::count(seen.begin(), seen.end(), words), 0) << words;
        seen.push_back(words);
    }
}

}  // namespace
}  // namespace midinet::wire
