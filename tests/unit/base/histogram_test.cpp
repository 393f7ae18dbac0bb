#include "base/histogram.hpp"

#include <gtest/gtest.h>

namespace midinet {
namespace {

TEST(Histogram, OfNothingHasNoDuration) {
    EXPECT_EQ(Histogram{}.quantile(0.5), Duration::zero());
    EXPECT_EQ(Histogram{}.max(), Duration::zero());
}

TEST(Histogram, TellsQuantilesWithinItsResolution) {
    Histogram histogram;
    for (int i = 1; i <= 1000; ++i) histogram.add(i * 1us);
    EXPECT_GE(histogram.quantile(0.5), 500us);
    EXPECT_LE(histogram.quantile(0.5), 520us);
    EXPECT_GE(histogram.quantile(0.99), 990us);
    EXPECT_LE(histogram.quantile(0.99), 1000us);
}

TEST(Histogram, NoQuantileIsAboveTheLargest) {
    Histogram histogram;
    histogram.add(1001ns);
    EXPECT_EQ(histogram.quantile(1.0), 1001ns);
}

TEST(Histogram, TakesDurationsOutsideItsRange) {
    Histogram histogram;
    histogram.add(-1s);
    histogram.add(24h);
    EXPECT_EQ(histogram.count(), 2U);
    EXPECT_EQ(histogram.quantile(0.0), Duration::zero());
    EXPECT_EQ(histogram.max(), 24h);
}

TEST(Histogram, TellsWhatWasAddedSince) {
    Histogram histogram;
    for (int i = 0; i < 1000; ++i) histogram.add(900us);
    const auto earlier = histogram;
    histogram.add(40us);
    histogram.add(20us);
    const auto grown = histogram.since(earlier);
    EXPECT_EQ(grown.count(), 2U);
    EXPECT_GE(grown.max(), 40us);
    EXPECT_LE(grown.max(), 42us);
    EXPECT_EQ(grown.quantile(1.0), grown.max());
    EXPECT_EQ(histogram.since(histogram).count(), 0U);
    EXPECT_EQ(histogram.since(histogram).quantile(0.5), Duration::zero());
    EXPECT_EQ(histogram.since(Histogram{}).max(), histogram.max());
}

TEST(Histogram, ForgetsWhenCleared) {
    Histogram histogram;
    histogram.add(1ms);
    histogram.clear();
    EXPECT_EQ(histogram.count(), 0U);
    EXPECT_EQ(histogram.max(), Duration::zero());
}

}  // namespace
}  // namespace midinet
