// The measurements' judge must see what goes wrong.
#include "ledger.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace midinet::simtest {
namespace {

constexpr TimePoint kNow{Duration{1s}};

class Ledgers : public testing::Test {
  protected:
    Ledgers() {
        for (int i = 0; i < 10; ++i) ledger_.played(kNow);
    }
    void hear(std::initializer_list<std::uint32_t> numbers) {
        for (const auto n : numbers) ledger_.heard(numbered(n), kNow + 1ms);
    }
    Ledger ledger_;
};

TEST(Numbered, ConsecutiveMessagesAreAllDifferent) {
    std::vector<Bytes> all;
    for (std::uint32_t n = 0; n < kUnique; ++n) all.push_back(numbered(n + 77));
    std::ranges::sort(all);
    EXPECT_EQ(std::ranges::adjacent_find(all), all.end());
}

TEST_F(Ledgers, AWholePlayIsRight) {
    hear({0, 1, 2, 3, 4, 5, 6, 7, 8, 9});
    EXPECT_EQ(ledger_.wrong(), 0U);
    EXPECT_EQ(ledger_.latencies(), std::vector<Duration>(10, 1ms));
}

TEST_F(Ledgers, WhatIsNotHeardIsMissing) {
    hear({0, 1, 2, 5, 6, 7, 8});
    EXPECT_EQ(ledger_.missing(), 3U);
    EXPECT_EQ(ledger_.wrong(), 3U);
}

TEST_F(Ledgers, WhatComesTwiceIsDoubled) {
    hear({0, 1, 2, 3, 3, 4, 5, 6, 1, 7, 8, 9});
    EXPECT_EQ(ledger_.doubled(), 2U);
    EXPECT_EQ(ledger_.wrong(), 2U);
}

TEST_F(Ledgers, WhatWasOvertakenIsOutOfOrder) {
    hear({0, 1, 2, 4, 5, 3, 6, 7, 8, 9});
    EXPECT_EQ(ledger_.out_of_order(), 1U);
    EXPECT_EQ(ledger_.wrong(), 1U);
}

TEST_F(Ledgers, WhatWasNeverPlayedIsForeign) {
    hear({0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10});
    ledger_.heard(Bytes{0xB0, 123, 0}, kNow);
    EXPECT_EQ(ledger_.foreign(), 2U);
    EXPECT_EQ(ledger_.wrong(), 2U);
}

TEST(NoteLedger, CountsNotesThatTheSourceDoesNotHold) {
    NoteLedger source;
    NoteLedger port;
    for (const auto& m : {Bytes{0x90, 60, 1}, Bytes{0x91, 60, 1}}) {
        source.apply(m);
        port.apply(m);
    }
    EXPECT_EQ(port.stuck(source), 0U);
    source.apply(Bytes{0x80, 60, 0});
    EXPECT_EQ(port.stuck(source), 1U);
    port.apply(Bytes{0x90, 60, 0});
    EXPECT_EQ(port.stuck(source), 0U);
    EXPECT_EQ(port.sounding(), 1U);
}

}  // namespace
}  // namespace midinet::simtest
