#include "base/crc32.hpp"

#include <gtest/gtest.h>

#include <string_view>

namespace midinet {
namespace {

ByteView bytes_of(std::string_view text) { return std::as_bytes(std::span(text)); }

std::uint32_t crc_of(std::string_view text) {
    return crc32_finish(crc32_update(kCrc32Init, bytes_of(text)));
}

TEST(Crc32, HasTheCheckValueOfTheStandard) { EXPECT_EQ(crc_of("123456789"), 0xCBF43926U); }

TEST(Crc32, OfNothingIsZero) { EXPECT_EQ(crc_of(""), 0U); }

TEST(Crc32, DoesNotDependOnHowTheBytesAreCut) {
    const std::string_view text = "123456789";
    for (std::size_t cut = 0; cut <= text.size(); ++cut) {
        const auto first = crc32_update(kCrc32Init, bytes_of(text.substr(0, cut)));
        const auto both = crc32_update(first, bytes_of(text.substr(cut)));
        EXPECT_EQ(crc32_finish(both), 0xCBF43926U);
    }
}

TEST(Crc32, NoticesAByteInAnotherPlace) { EXPECT_NE(crc_of("ab"), crc_of("ba")); }

}  // namespace
}  // namespace midinet
