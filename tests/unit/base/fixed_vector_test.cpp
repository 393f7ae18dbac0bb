#include "base/fixed_vector.hpp"

#include <gtest/gtest.h>

namespace midinet {
namespace {

TEST(FixedVector, RefusesMoreThanItHolds) {
    FixedVector<int, 2> items;
    EXPECT_TRUE(items.push_back(1));
    EXPECT_TRUE(items.push_back(2));
    EXPECT_TRUE(items.full());
    EXPECT_FALSE(items.push_back(3));
    EXPECT_EQ(items.size(), 2U);
    EXPECT_EQ(items.back(), 2);
}

TEST(FixedVector, ComparesWhatItHoldsAndNotWhatItHeld) {
    FixedVector<int, 2> once_longer;
    once_longer.push_back(1);
    once_longer.push_back(2);
    once_longer.pop_back();
    FixedVector<int, 2> other;
    other.push_back(1);
    EXPECT_EQ(once_longer, other);
    other.push_back(2);
    EXPECT_FALSE(once_longer == other);
}

TEST(FixedVector, RemovesByPuttingTheLastIntoThePlace) {
    FixedVector<int, 3> items;
    for (const int i : {1, 2, 3}) items.push_back(i);
    items.swap_remove(0);
    ASSERT_EQ(items.size(), 2U);
    EXPECT_EQ(items[0], 3);
    EXPECT_EQ(items[1], 2);
}

}  // namespace
}  // namespace midinet
