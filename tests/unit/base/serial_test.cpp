#include "base/serial.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace midinet {
namespace {

TEST(Sequence, LiesAfterItsPredecessorAlsoAcrossTheWrap) {
    EXPECT_TRUE(is_after(Sequence{0}, Sequence{0xFFFFFFFF}));
    EXPECT_FALSE(is_after(Sequence{0xFFFFFFFF}, Sequence{0}));
    EXPECT_EQ(Sequence{0xFFFFFFFF}.next(), Sequence{0});
}

TEST(Sequence, DoesNotLieAfterItself) { EXPECT_FALSE(is_after(Sequence{5}, Sequence{5})); }

TEST(Sequence, DistanceIsSigned) {
    EXPECT_EQ(distance(Sequence{3}, Sequence{10}), 7);
    EXPECT_EQ(distance(Sequence{10}, Sequence{3}), -7);
    EXPECT_EQ(distance(Sequence{0xFFFFFFFE}, Sequence{2}), 4);
}

TEST(Sequence, HalfTheCircleAwayIsBefore) {
    EXPECT_EQ(distance(Sequence{0}, Sequence{0x80000000}),
              std::numeric_limits<std::int32_t>::min());
}

}  // namespace
}  // namespace midinet
