// What passes between threads, and large arrays.
#include "base/lazy_array.hpp"
#include "base/random.hpp"
#include "base/spsc_ring.hpp"
#include "base/triple_buffer.hpp"

#include <gtest/gtest.h>

#include <future>
#include <thread>

namespace midinet {
namespace {

TEST(SpscRing, GivesBackInOrderAndNothingWhenEmpty) {
    SpscRing<int> ring{4};
    int value = 0;
    EXPECT_FALSE(ring.pop(value));
    for (int i = 1; i <= 3; ++i) EXPECT_TRUE(ring.push(i));
    for (int i = 1; i <= 3; ++i) {
        ASSERT_TRUE(ring.pop(value));
        EXPECT_EQ(value, i);
    }
    EXPECT_FALSE(ring.pop(value));
}

TEST(SpscRing, FullRingRefusesAndLosesNothing) {
    SpscRing<int> ring{16};
    int pushed = 0;
    while (pushed < 1000 && ring.push(pushed)) ++pushed;
    EXPECT_EQ(pushed, 16);
    int value = 0;
    for (int i = 0; i < pushed; ++i) {
        ASSERT_TRUE(ring.pop(value));
        EXPECT_EQ(value, i);
    }
    EXPECT_TRUE(ring.push(1)) << "room again";
}

TEST(SpscRing, EveryValueCrossesThreadsOnceAndInOrder) {
    constexpr int kCount = 200'000;
    SpscRing<int> ring{64};
    const auto producer = std::async(std::launch::async, [&] {
        for (int i = 0; i < kCount;)
            if (ring.push(i))
                ++i;
            else
                std::this_thread::yield();
    });
    for (int expected = 0; expected < kCount;) {
        int value = -1;
        if (!ring.pop(value)) {
            std::this_thread::yield();
            continue;
        }
        ASSERT_EQ(value, expected);
        ++expected;
    }
}

TEST(TripleBuffer, BeginsWithTheValueOfNothing) {
    TripleBuffer<int> buffer;
    EXPECT_EQ(buffer.latest(), 0);
}

TEST(TripleBuffer, ReaderSeesTheNewestAndSkipsThoseBetween) {
    TripleBuffer<int> buffer;
    buffer.publish(1);
    EXPECT_EQ(buffer.latest(), 1);
    for (int i = 2; i <= 5; ++i) buffer.publish(i);
    EXPECT_EQ(buffer.latest(), 5);
    EXPECT_EQ(buffer.latest(), 5) << "and again while nothing newer came";
}

TEST(TripleBuffer, ReadersValueStaysWhileTheWriterGoesOn) {
    TripleBuffer<int> buffer;
    buffer.publish(1);
    const int& held = buffer.latest();
    for (int i = 2; i < 10; ++i) buffer.publish(i);
    EXPECT_EQ(held, 1);
}

TEST(TripleBuffer, ValuesAreNeverTornAndNeverGoBack) {
    struct Pair {
        std::uint64_t a = 0;
        std::uint64_t padding[14]{};
        std::uint64_t b = 0;
    };
    constexpr std::uint64_t kCount = 200'000;
    TripleBuffer<Pair> buffer;
    const auto writer = std::async(std::launch::async, [&] {
        for (std::uint64_t i = 1; i <= kCount; ++i) buffer.publish({.a = i, .b = i});
    });
    for (std::uint64_t last = 0; last < kCount;) {
        const auto& pair = buffer.latest();
        ASSERT_EQ(pair.a, pair.b);
        ASSERT_GE(pair.a, last);
        last = pair.a;
    }
}

TEST(LazyArray, BeginsAsZerosAndKeepsWhatIsWritten) {
    LazyArray<std::uint64_t> array{100'000};
    EXPECT_EQ(array.size(), 100'000U);
    EXPECT_EQ(array[99'999], 0U);
    array[99'999] = 7;
    EXPECT_EQ(array[99'999], 7U);
    EXPECT_EQ(array[99'998], 0U);
}

TEST(Random, SameSeedGivesTheSameRunAndIsTheSourcesGenerator) {
    Random random{1234567};
    // The published test vector of SplitMix64.
    for (const std::uint64_t expected :
         {6457827717110365317ULL, 3203168211198807973ULL, 9817491932198370423ULL})
        EXPECT_EQ(random.next(), expected);
}

TEST(Random, BelowStaysBelowAndReachesEveryValue) {
    Random random{1};
    std::array<int, 7> seen{};
    for (int i = 0; i < 7000; ++i) ++seen.at(random.below(7));
    for (const int count : seen) EXPECT_GT(count, 800);
}

TEST(Random, ChanceIsAsOftenAsItSays) {
    Random random{1};
    int hits = 0;
    for (int i = 0; i < 10'000; ++i) hits += random.chance(0.25) ? 1 : 0;
    EXPECT_NEAR(hits, 2500, 200);
    for (int i = 0; i < 1000; ++i) {
        EXPECT_FALSE(random.chance(0));
        EXPECT_TRUE(random.chance(1));
    }
}

}  // namespace
}  // namespace midinet
