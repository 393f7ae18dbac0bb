#include "base/bytes.hpp"

#include "golden/hex.hpp"

#include <gtest/gtest.h>

#include <array>

namespace midinet {
namespace {

using testing::Bytes;
using testing::from_hex;

TEST(ByteReader, ReadsNetworkOrder) {
    const Bytes bytes = from_hex("01 0203 04050607 08090a0b0c0d0e0f");
    ByteReader reader(bytes);
    EXPECT_EQ(reader.u8(), 0x01);
    EXPECT_EQ(reader.u16(), 0x0203);
    EXPECT_EQ(reader.u32(), 0x04050607U);
    EXPECT_EQ(reader.u64(), 0x08090A0B0C0D0E0FU);
    EXPECT_TRUE(reader.at_end());
    EXPECT_TRUE(reader.ok());
}

TEST(ByteReader, GivesZeroPastTheEndAndRemembersIt) {
    const Bytes bytes = from_hex("ff ff ff");
    ByteReader reader(bytes);
    EXPECT_EQ(reader.u32(), 0U);
    EXPECT_FALSE(reader.ok());
    EXPECT_EQ(reader.u8(), 0) << "a failed read must not leave bytes for the next one";
}

TEST(ByteReader, TakesNothingOfAPieceThatIsNotAllThere) {
    const Bytes bytes = from_hex("01 02");
    ByteReader reader(bytes);
    EXPECT_TRUE(reader.take(3).empty());
    EXPECT_FALSE(reader.ok());
}

TEST(ByteReader, TheRestOfNothingIsNoError) {
    ByteReader reader({});
    EXPECT_TRUE(reader.rest().empty());
    EXPECT_TRUE(reader.ok());
}

TEST(ByteWriter, WritesWhatTheReaderReads) {
    std::array<std::byte, 15> buffer{};
    ByteWriter writer(buffer);
    writer.u8(0x01);
    writer.u16(0x0203);
    writer.u32(0x04050607);
    writer.u64(0x08090A0B0C0D0E0F);
    EXPECT_TRUE(writer.ok());
    EXPECT_EQ(Bytes(buffer.begin(), buffer.end()), from_hex("0102030405060708090a0b0c0d0e0f"));
}

TEST(ByteWriter, RefusesWholeWhatDoesNotFit) {
    std::array<std::byte, 3> buffer{};
    ByteWriter writer(buffer);
    writer.u32(0xFFFFFFFF);
    EXPECT_FALSE(writer.ok());
    EXPECT_EQ(writer.size(), 0U);
    EXPECT_EQ(buffer, (std::array<std::byte, 3>{}));
}

TEST(ByteWriter, PatchesOnlyWhatIsWritten) {
    std::array<std::byte, 4> buffer{};
    ByteWriter writer(buffer);
    writer.u16(0);
    writer.patch_u16(0, 0xABCD);
    EXPECT_TRUE(writer.ok());
    EXPECT_EQ(Bytes(buffer.begin(), buffer.end()), from_hex("abcd 0000"));
    writer.patch_u16(1, 0xFFFF);
    EXPECT_FALSE(writer.ok());
}

}  // namespace
}  // namespace midinet
