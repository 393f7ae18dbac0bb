#include "base/crc32.hpp"

#include <gtest/gtest.h>

#include <string_view>

namespace midinet {
namespace {

ByteView bytes_of(std::string_view text) { return std::as_bytes(std::span(text)); }

TEST(Crc32, HasTheCheckValueOfTheStandard) {
    EXPECT_EQ(crc32_update(0, bytes_of("123456789")), 0xCBF43926U);
}

TEST(Crc32, OfNothingIsZero) { EXPECT_EQ(crc32_update(0, {}), 0U); }

TEST(Crc32, DoesNotDependOnHowTheBytesAreCut) {
    const std::string_view text = "123456789";
    for (std::size_t cut = 0; cut <= text.size(); ++cut) {
        const auto first = crc32_update(0, bytes_of(text.substr(0, cut)));
        EXPECT_EQ(crc32_update(first, bytes_of(text.substr(cut))), 0xCBF43926U);
    }
}

TEST(Crc32, NoticesAByteInAnotherPlace) {
    EXPECT_NE(crc32_update(0, bytes_of("ab")), crc32_update(0, bytes_of("ba")));
}

}  // namespace
}  // namespace midinet
