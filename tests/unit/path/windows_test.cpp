// The two rings of the receive stage.
#include "base/crc32.hpp"
#include "path/receive/bulk_window.hpp"
#include "path/receive/live_window.hpp"
#include "unit/path/sent.hpp"

#include <algorithm>
#include <chrono>

namespace midinet::path {
namespace {

using Readiness = SysExStore::Readiness;
constexpr PortIndex kPort{2};

/// A window, and messages to put into it.
class BulkWindowTest : public ::testing::Test {
  protected:
    struct Message {
        std::vector<std::uint8_t> bytes;
        wire::SysExExtent extent;
        PortIndex port = kPort;
    };
    /// `fragments` full fragments, the first of which has the number `first`.
    static Message message(std::uint32_t first, std::uint32_t fragments, PortIndex port = kPort) {
        Message m{sysex_of(fragments * wire::kFragmentBytes, first), {}, port};
        m.extent = {
            .first_fragment = {first},
            .last_fragment = {first + fragments - 1},
            .bytes = static_cast<std::uint32_t>(m.bytes.size()),
            .crc = crc32_finish(crc32_update(kCrc32Init, std::as_bytes(std::span{m.bytes})))};
        return m;
    }
    bool put(const Message& m, std::uint32_t number) {
        const auto at = (number - m.extent.first_fragment.value) * wire::kFragmentBytes;
        return put(number, static_cast<std::uint32_t>(at),
                   std::span{m.bytes}.subspan(at, wire::kFragmentBytes), m.port);
    }
    bool put(std::uint32_t number, std::uint32_t offset, std::span<const std::uint8_t> bytes,
             PortIndex port = kPort) {
        return window_.put(
            {.sequence = {number}, .port = port, .offset = offset, .bytes = std::as_bytes(bytes)});
    }
    std::vector<std::pair<std::uint32_t, std::uint32_t>> missing() const {
        FixedVector<wire::Range, wire::kMaxNackRanges> ranges;
        window_.missing(ranges);
        std::vector<std::pair<std::uint32_t, std::uint32_t>> pairs;
        for (const auto& range : ranges) pairs.emplace_back(range.first.value, range.last.value);
        return pairs;
    }
    using Pairs = std::vector<std::pair<std::uint32_t, std::uint32_t>>;
    BulkWindow window_;
};

TEST_F(BulkWindowTest, MessageIsCompleteWhenItsLastFragmentCame) {
    const auto m = message(1, 3);
    EXPECT_EQ(window_.readiness(m.extent, kPort), Readiness::Waiting);
    put(m, 1);
    put(m, 2);
    EXPECT_EQ(window_.readiness(m.extent, kPort), Readiness::Waiting);
    put(m, 3);
    EXPECT_EQ(window_.readiness(m.extent, kPort), Readiness::Complete);
}

TEST_F(BulkWindowTest, FragmentsMayComeInAnyOrder) {
    const auto m = message(1, 4);
    for (const std::uint32_t n : {3U, 1U, 4U, 2U}) EXPECT_TRUE(put(m, n));
    EXPECT_EQ(window_.readiness(m.extent, kPort), Readiness::Complete);
    for (std::uint32_t n = 1; n <= 4; ++n)
        EXPECT_TRUE(std::ranges::equal(
            window_.fragment({n}, kPort).value(),
            std::as_bytes(std::span{m.bytes}).subspan((n - 1) * 1024, wire::kFragmentBytes)));
}

TEST_F(BulkWindowTest, SecondCopyIsRefusedAndChangesNothing) {
    const auto m = message(1, 2);
    EXPECT_TRUE(put(m, 1));
    EXPECT_TRUE(put(m, 2));
    EXPECT_FALSE(put(1, 0, sysex_of(10)));
    EXPECT_FALSE(put(m, 2));
    EXPECT_EQ(window_.readiness(m.extent, kPort), Readiness::Complete);
}

TEST_F(BulkWindowTest, MessageWhoseBytesAreNotWhatTheSenderReadIsLost) {
    auto m = message(1, 2);
    m.bytes[700] ^= 1U;
    put(m, 1);
    put(m, 2);
    EXPECT_EQ(window_.readiness(m.extent, kPort), Readiness::Lost);
}

TEST_F(BulkWindowTest, MessageOfTheWrongLengthIsLost) {
    auto m = message(1, 2);
    put(m, 1);
    put(m, 2);
    --m.extent.bytes;
    EXPECT_EQ(window_.readiness(m.extent, kPort), Readiness::Lost);
}

TEST_F(BulkWindowTest, FragmentsOfAnotherPortMayLieBetween) {
    const auto all = sysex_of(3000);
    const auto other = sysex_of(2000, 5);
    const auto crc = [](const auto& bytes) {
        return crc32_finish(crc32_update(kCrc32Init, std::as_bytes(std::span{bytes})));
    };
    put(1, 0, std::span{all}.first(1000));
    put(2, 0, std::span{other}.first(1000), PortIndex{5});
    put(3, 1000, std::span{all}.subspan(1000, 1000));
    put(4, 1000, std::span{other}.subspan(1000), PortIndex{5});
    put(5, 2000, std::span{all}.subspan(2000));
    EXPECT_EQ(window_.readiness({{1}, {5}, 3000, crc(all)}, kPort), Readiness::Complete);
    EXPECT_EQ(window_.readiness({{2}, {4}, 2000, crc(other)}, PortIndex{5}), Readiness::Complete);
    EXPECT_TRUE(window_.fragment({2}, kPort).value().empty());
    EXPECT_EQ(window_.fragment({2}, PortIndex{5}).value().size(), 1000U);
}

TEST_F(BulkWindowTest, GapIsNamedAndFilled) {
    const auto m = message(1, 6);
    EXPECT_FALSE(window_.has_gap());
    put(m, 1);
    EXPECT_FALSE(window_.has_gap());
    put(m, 4);
    put(m, 6);
    EXPECT_TRUE(window_.has_gap());
    EXPECT_EQ(missing(), (Pairs{{2, 3}, {5, 5}}));
    for (const std::uint32_t n : {2U, 3U, 5U}) put(m, n);
    EXPECT_FALSE(window_.has_gap());
    EXPECT_EQ(window_.readiness(m.extent, kPort), Readiness::Complete);
}

TEST_F(BulkWindowTest, ExpectedFragmentsAreMissed) {
    window_.expect({3});
    EXPECT_EQ(missing(), (Pairs{{1, 3}}));
    window_.expect({2});
    EXPECT_EQ(missing(), (Pairs{{1, 3}})) << "an older word changes nothing";
}

TEST_F(BulkWindowTest, GivingUpLosesTheMessageWithTheGapAndNoOther) {
    const auto before = message(1, 2);
    const auto torn = message(3, 3);
    const auto after = message(6, 2);
    for (const auto n : {1U, 2U}) put(before, n);
    for (const auto n : {3U, 5U}) put(torn, n);
    for (const auto n : {6U, 7U}) put(after, n);
    EXPECT_EQ(window_.give_up(), 1U);
    EXPECT_EQ(window_.readiness(before.extent, kPort), Readiness::Complete);
    EXPECT_EQ(window_.readiness(torn.extent, kPort), Readiness::Lost);
    EXPECT_EQ(window_.readiness(after.extent, kPort), Readiness::Complete);
    EXPECT_FALSE(put(torn, 4)) << "too late";
}

TEST_F(BulkWindowTest, GivingUpEndsAtTheNextFragmentThatIsHere) {
    const auto m = message(1, 8);
    put(m, 3);
    put(m, 8);
    EXPECT_EQ(window_.give_up(), 2U);
    EXPECT_EQ(missing(), (Pairs{{4, 7}}));
    EXPECT_EQ(window_.give_up(), 4U);
    EXPECT_EQ(window_.give_up(), 0U);
}

TEST_F(BulkWindowTest, MessageBegunBeforeWeListenedIsLost) {
    window_.reset({5});
    const auto m = message(3, 4);
    put(m, 5);
    put(m, 6);
    EXPECT_EQ(window_.readiness(m.extent, kPort), Readiness::Lost);
    EXPECT_FALSE(window_.has_gap()) << "3 and 4 are not missed";
}

TEST_F(BulkWindowTest, ResetForgetsFragmentsOfEqualNumbers) {
    const auto old = message(1, 2);
    put(old, 1);
    put(old, 2);
    window_.reset({1});
    EXPECT_FALSE(window_.fragment({1}, kPort));
    EXPECT_TRUE(put(old, 1)) << "not a second copy";
}

TEST_F(BulkWindowTest, FragmentsGoOnAcrossTheWrapOfTheirNumbers) {
    window_.reset({0xFFFF'FFFE});
    const auto m = message(0xFFFF'FFFE, 4);
    for (const auto n : {0xFFFF'FFFEU, 0xFFFF'FFFFU, 0U, 1U}) put(m, n);
    EXPECT_EQ(window_.readiness(m.extent, kPort), Readiness::Complete);
    EXPECT_FALSE(window_.has_gap());
}

TEST_F(BulkWindowTest, FragmentOutOfReachIsRefused) {
    const auto bytes = sysex_of(100);
    EXPECT_FALSE(put(1 + BulkWindow::kDepth, 0, bytes));
    EXPECT_TRUE(put(BulkWindow::kDepth, 0, bytes));
    EXPECT_FALSE(put(0xFFFF'0000, 0, bytes)) << "long past";
}

TEST_F(BulkWindowTest, OneThatIsHopelesslyBehindGoesOnNearTheNewest) {
    window_.expect({1'000'000});
    EXPECT_EQ(window_.first_missing(), Sequence{1'000'000 - BulkWindow::kDepth / 2});
    const auto m = message(1'000'001, 2);
    put(m, 1'000'001);
    put(m, 1'000'002);
    while (window_.give_up() > 0) {
    }
    EXPECT_EQ(window_.readiness(m.extent, kPort), Readiness::Complete);
}

TEST_F(BulkWindowTest, MessageOverwrittenByLaterFragmentsIsLost) {
    const auto m = message(1, 2);
    put(m, 1);
    put(m, 2);
    const auto bytes = sysex_of(8);
    for (std::uint32_t n = 3; n <= 3 + BulkWindow::kDepth; ++n) put(n, 0, bytes);
    EXPECT_EQ(window_.readiness(m.extent, kPort), Readiness::Lost);
}

TEST_F(BulkWindowTest, ResetCostsNoMoreThanTheWindowHowFarItEverCame) {
    window_.expect({0x7FFF'FFFF});
    const auto began = std::chrono::steady_clock::now();
    for (int i = 0; i < 10; ++i) {
        window_.reset({1});
        window_.expect({0x7FFF'FFFF});
    }
    EXPECT_LT(std::chrono::steady_clock::now() - began, 5s);
}

TEST(LiveWindow, FindsWhatWasPutAndNothingElse) {
    LiveWindow window;
    window.put({.sequence = {5}}, TimePoint{1s});
    ASSERT_NE(window.find({5}), nullptr);
    EXPECT_EQ(window.find({5})->arrived, TimePoint{1s});
    EXPECT_EQ(window.find({5})->state, LiveWindow::State::Waiting);
    EXPECT_EQ(window.find({6}), nullptr);
    EXPECT_EQ(window.find({5 + LiveWindow::kDepth}), nullptr);
}

TEST(LiveWindow, NewerNumberTakesThePlaceOfTheOneADepthBefore) {
    LiveWindow window;
    window.put({.sequence = {5}}, {});
    window.put({.sequence = {5 + LiveWindow::kDepth}}, {});
    EXPECT_EQ(window.find({5}), nullptr);
    EXPECT_NE(window.find({5 + LiveWindow::kDepth}), nullptr);
}

TEST(LiveWindow, ResetForgetsEverything) {
    LiveWindow window;
    window.put({.sequence = {0}}, {});
    window.put({.sequence = {8191}}, {});
    window.reset();
    EXPECT_EQ(window.find({0}), nullptr);
    EXPECT_EQ(window.find({8191}), nullptr);
}

}  // namespace
}  // namespace midinet::path
