// The bulk lane's sender, and the history of the live lane.
#include "path/transmit/bulk_sender.hpp"

#include "base/crc32.hpp"
#include "path/transmit/history.hpp"
#include "unit/path/sent.hpp"

#include <memory>

namespace midinet::path {
namespace {

constexpr TimePoint kNow{50s};

std::vector<Fragment> drained(BulkSender& sender) {
    std::vector<Fragment> fragments;
    auto now = kNow;
    for (; sender.backlog() > 0; now += 1ms)
        while (const auto* fragment = sender.next(now)) fragments.push_back(*fragment);
    return fragments;
}

std::uint32_t crc_of(const std::vector<std::uint8_t>& bytes) {
    return crc32_finish(crc32_update(kCrc32Init, std::as_bytes(std::span{bytes})));
}

TEST(BulkSender, CutsAMessageIntoFullFragmentsAndARest) {
    BulkSender sender;
    const auto sysex = sysex_of(2 * wire::kFragmentBytes + 1);
    sender.add(PortIndex{4}, sysex, true);
    const auto extent = sender.finish(PortIndex{4});
    EXPECT_EQ(extent.first_fragment, Sequence{1});
    EXPECT_EQ(extent.last_fragment, Sequence{3});
    EXPECT_EQ(extent.bytes, sysex.size());
    EXPECT_EQ(extent.crc, crc_of(sysex));
    const auto fragments = drained(sender);
    ASSERT_EQ(fragments.size(), 3U);
    EXPECT_EQ(fragments[2].size, 1U);
    EXPECT_EQ(fragments[2].offset, 2 * wire::kFragmentBytes);
    EXPECT_EQ(fragments[2].port, PortIndex{4});
}

TEST(BulkSender, MessageOfAWholeNumberOfFragmentsHasNoEmptyRest) {
    BulkSender sender;
    sender.add(PortIndex{0}, sysex_of(2 * wire::kFragmentBytes), true);
    EXPECT_EQ(sender.finish(PortIndex{0}).last_fragment, Sequence{2});
    EXPECT_EQ(sender.backlog(), 2U);
}

TEST(BulkSender, PiecesOfAnySizeGiveTheSameFragmentsAsOnePiece) {
    const auto sysex = sysex_of(5000);
    BulkSender whole;
    whole.add(PortIndex{0}, sysex, true);
    const auto expected = whole.finish(PortIndex{0});
    BulkSender pieces;
    for (std::size_t at = 0; at < sysex.size(); at += 7)
        pieces.add(PortIndex{0},
                   std::span{sysex}.subspan(at, std::min<std::size_t>(7, sysex.size() - at)),
                   at == 0);
    EXPECT_EQ(pieces.finish(PortIndex{0}), expected);
    const auto a = drained(whole);
    const auto b = drained(pieces);
    ASSERT_EQ(a.size(), b.size());
    for (std::size_t i = 0; i < a.size(); ++i)
        EXPECT_TRUE(std::ranges::equal(a[i].view(), b[i].view())) << i;
}

TEST(BulkSender, PortsThatSendAtTheSameTimeDoNotMixTheirBytes) {
    BulkSender sender;
    const auto one = sysex_of(3000, 1);
    const auto two = sysex_of(3000, 2);
    for (std::size_t at = 0; at < 3000; at += 500) {
        sender.add(PortIndex{0}, std::span{one}.subspan(at, 500), at == 0);
        sender.add(PortIndex{1}, std::span{two}.subspan(at, 500), at == 0);
    }
    EXPECT_EQ(sender.finish(PortIndex{0}).crc, crc_of(one));
    EXPECT_EQ(sender.finish(PortIndex{1}).crc, crc_of(two));
    std::vector<std::byte> got[2];
    for (const auto& f : drained(sender)) {
        EXPECT_EQ(f.offset, got[f.port.value].size());
        got[f.port.value].insert(got[f.port.value].end(), f.view().begin(), f.view().end());
    }
    EXPECT_TRUE(std::ranges::equal(got[0], std::as_bytes(std::span{one})));
    EXPECT_TRUE(std::ranges::equal(got[1], std::as_bytes(std::span{two})));
}

TEST(BulkSender, MessageAfterAnAbortedOneBeginsAtOffsetZero) {
    BulkSender sender;
    sender.add(PortIndex{0}, sysex_of(1500), true);
    (void)sender.finish(PortIndex{0});
    const auto next = sysex_of(100, 9);
    sender.add(PortIndex{0}, next, true);
    const auto extent = sender.finish(PortIndex{0});
    EXPECT_EQ(extent.first_fragment, Sequence{3});
    EXPECT_EQ(extent.bytes, 100U);
    EXPECT_EQ(extent.crc, crc_of(next));
    EXPECT_EQ(drained(sender).back().offset, 0U);
}

TEST(BulkSender, FragmentsGoOutAtThePaceAfterAFirstBurst) {
    BulkSender sender;
    sender.add(PortIndex{0}, sysex_of(100 * wire::kFragmentBytes), true);
    unsigned burst = 0;
    while (sender.next(kNow) != nullptr) ++burst;
    EXPECT_EQ(burst, BulkSender::kBurst);
    EXPECT_EQ(sender.next_due(), kNow + BulkSender::kPace);
    EXPECT_EQ(sender.next(kNow + BulkSender::kPace - 1ns), nullptr);
    EXPECT_NE(sender.next(kNow + BulkSender::kPace), nullptr);
    EXPECT_EQ(sender.next(kNow + BulkSender::kPace), nullptr);
}

TEST(BulkSender, LateWakeUpDoesNotMakeMoreThanABurst) {
    BulkSender sender;
    sender.add(PortIndex{0}, sysex_of(100 * wire::kFragmentBytes), true);
    while (sender.next(kNow) != nullptr) {
    }
    unsigned burst = 0;
    while (sender.next(kNow + 1s) != nullptr) ++burst;
    EXPECT_EQ(burst, BulkSender::kBurst);
}

TEST(BulkSender, NothingIsDueWithoutABacklog) {
    BulkSender sender;
    EXPECT_EQ(sender.next_due(), kNever);
    sender.add(PortIndex{0}, sysex_of(100), true);
    EXPECT_EQ(sender.next_due(), kNever) << "half a fragment is not numbered yet";
    (void)sender.finish(PortIndex{0});
    EXPECT_NE(sender.next_due(), kNever);
}

TEST(BulkSender, RefusesMoreWhileAFinishedMessageIsUnsent) {
    BulkSender sender;
    EXPECT_TRUE(sender.accepts());
    sender.add(PortIndex{0}, sysex_of(2000), true);
    EXPECT_TRUE(sender.accepts()) << "its end must be read";
    (void)sender.finish(PortIndex{0});
    EXPECT_FALSE(sender.accepts());
    drained(sender);
    EXPECT_TRUE(sender.accepts());
}

TEST(BulkSender, RefusesMoreWithABacklogOfAnUnfinishedMessage) {
    BulkSender sender;
    sender.add(PortIndex{0}, sysex_of(BulkSender::kBacklogLimit * wire::kFragmentBytes), true);
    EXPECT_FALSE(sender.accepts());
}

TEST(BulkSender, FindsWhatWasSentAndIsStillKept) {
    BulkSender sender;
    EXPECT_EQ(sender.find(Sequence{0}), nullptr);
    sender.add(PortIndex{0}, sysex_of(3 * wire::kFragmentBytes), true);
    EXPECT_EQ(sender.find(Sequence{1}), nullptr) << "not sent yet";
    drained(sender);
    ASSERT_NE(sender.find(Sequence{1}), nullptr);
    EXPECT_EQ(sender.find(Sequence{1})->sequence, Sequence{1});
    EXPECT_EQ(sender.find(Sequence{4}), nullptr);
    for (std::uint32_t i = 0; i < BulkSender::kDepth; i += 64) {
        sender.add(PortIndex{0}, sysex_of(64 * wire::kFragmentBytes), true);
        (void)sender.finish(PortIndex{0});
        drained(sender);
    }
    EXPECT_EQ(sender.find(Sequence{3}), nullptr) << "overwritten long ago";
}

TEST(History, FindsTheLastKDepthEventsAndNoOthers) {
    History history;
    EXPECT_EQ(history.find(Sequence{0}), nullptr);
    for (std::uint32_t n = 1; n <= History::kDepth + 5; ++n) history.push({.sequence = {n}});
    EXPECT_EQ(history.newest(), Sequence{History::kDepth + 5});
    EXPECT_EQ(history.find(Sequence{5}), nullptr);
    ASSERT_NE(history.find(Sequence{6}), nullptr);
    EXPECT_EQ(history.find(Sequence{6})->sequence, Sequence{6});
    EXPECT_EQ(history.find(Sequence{History::kDepth + 6}), nullptr);
}

TEST(History, FindsEventsAcrossTheWrapOfTheirNumbers) {
    History history;
    for (std::uint32_t n = 0xFFFF'FFFE; n != 3; ++n) history.push({.sequence = {n}});
    for (const std::uint32_t n : {0xFFFF'FFFEU, 0xFFFF'FFFFU, 0U, 1U, 2U}) {
        ASSERT_NE(history.find(Sequence{n}), nullptr) << n;
        EXPECT_EQ(history.find(Sequence{n})->sequence, Sequence{n});
    }
    EXPECT_EQ(history.find(Sequence{0xFFFF'FFFD}), nullptr);
    EXPECT_EQ(history.find(Sequence{3}), nullptr);
}

}  // namespace
}  // namespace midinet::path
