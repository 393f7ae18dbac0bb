#include "base/crc32.hpp"

#include "base/crc32_table.hpp"

#include <gtest/gtest.h>

#include <string_view>
#include <vector>

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

TEST(Crc32Table, AgreesWithTheLibraryWhateverTheLengthAndTheStateBefore) {
    std::vector<std::byte> bytes;
    for (unsigned i = 0; i < 100; ++i) bytes.push_back(static_cast<std::byte>(i * 37U + 11U));
    for (std::size_t size = 0; size <= bytes.size(); ++size)
        for (const std::uint32_t before : {kCrc32Init, 0U, 0x12345678U}) {
            const auto some = ByteView(bytes).first(size);
            EXPECT_EQ(kCrc32Table.update(before, some), crc32_update(before, some)) << size;
        }
}

}  // namespace
}  // namespace midinet
