#include "wire/request.hpp"

#include "unit/wire/payload.hpp"

#include <gtest/gtest.h>

namespace midinet::wire {
namespace {

using namespace testing;

constexpr std::size_t kLiveCountAt = 7;
constexpr std::size_t kBulkCountAt = 8;
constexpr std::size_t kRangesAt = 9;

Bytes payload_of(const Nack& nack) {
    return encoded([&](ByteWriter& writer) { encode_nack(writer, nack); });
}
const Bytes kNack = [] {
    Nack nack{SourceId{1}, Epoch{2}, 0, {}, {}};
    nack.live.push_back({{5}, {6}});
    nack.bulk.push_back({{8}, {8}});
    return payload_of(nack);
}();

TEST(Nack, FitsADatagramWithAllItsRanges) {
    Nack nack;
    while (nack.live.push_back({{1}, {2}}) && nack.bulk.push_back({{3}, {3}})) {
    }
    const auto decoded = decode_nack(payload_of(nack));
    ASSERT_TRUE(decoded);
    EXPECT_EQ(*decoded, nack);
}

TEST(Nack, MayAskAnyoneForAnIdentity) {
    const Nack nack{SourceId{0}, Epoch{0}, nack_flags::kIdentity, {}, {}};
    const auto decoded = decode_nack(payload_of(nack));
    ASSERT_TRUE(decoded);
    EXPECT_EQ(*decoded, nack);
}

TEST(Nack, RefusesToBeCutShort) {
    for (std::size_t size = 0; size < kNack.size(); ++size)
        EXPECT_EQ(refusal(decode_nack(ByteView(kNack).first(size))), DecodeError::TooShort);
}

TEST(Nack, RefusesBytesAfterTheEnd) {
    EXPECT_EQ(refusal(decode_nack(plus(kNack, "00"))), DecodeError::TrailingBytes);
}

TEST(Nack, RefusesMoreRangesThanOneMayHave) {
    EXPECT_EQ(refusal(decode_nack(with(kNack, kLiveCountAt, "21"))), DecodeError::TooLong);
    EXPECT_EQ(refusal(decode_nack(with(kNack, kBulkCountAt, "21"))), DecodeError::TooLong);
}

TEST(Nack, RefusesARangeThatEndsBeforeItBegins) {
    EXPECT_EQ(refusal(decode_nack(with(kNack, kRangesAt, "00 00 00 07"))), DecodeError::BadValue);
    EXPECT_EQ(refusal(decode_nack(with(kNack, kRangesAt + 8, "00 00 00 09"))),
              DecodeError::BadValue);
}

TEST(Nack, TakesARangeAcrossTheWrapOfNumbers) {
    const auto nack = decode_nack(with(kNack, kRangesAt, "ff ff ff ff 00 00 00 01"));
    ASSERT_TRUE(nack);
    EXPECT_EQ(nack->live[0], (Range{{0xFFFFFFFF}, {1}}));
}

TEST(Lease, FlagsThatThisVersionDoesNotKnowAreIgnored) {
    EXPECT_EQ(decode_lease(from_hex("fe")), Lease{false});
    EXPECT_EQ(decode_lease(from_hex("ff")), Lease{true});
}

TEST(Lease, RefusesAnyOtherLength) {
    EXPECT_EQ(refusal(decode_lease({})), DecodeError::TooShort);
    EXPECT_EQ(refusal(decode_lease(from_hex("00 00"))), DecodeError::TrailingBytes);
}

}  // namespace
}  // namespace midinet::wire
