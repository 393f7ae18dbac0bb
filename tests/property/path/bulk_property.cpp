// Long SysEx in fragments: any sizes, any ports, any order of arrival.
#include "base/random.hpp"
#include "path/receive/bulk_window.hpp"
#include "path/receive/journal_assembler.hpp"
#include "path/transmit/bulk_sender.hpp"
#include "property/midi/midi_generators.hpp"
#include "unit/path/sent.hpp"

#include <rapidcheck/gtest.h>

#include <algorithm>

namespace midinet::path {
namespace {

using Bytes = std::vector<std::uint8_t>;

struct Played {
    PortIndex port;
    Bytes bytes;
    wire::SysExExtent extent;
};

/// Messages of several ports at once, handed over in pieces.
std::vector<Played> perform(BulkSender& sender, const std::vector<std::size_t>& sizes) {
    std::vector<Played> all;
    for (std::size_t i = 0; i < sizes.size(); i += 2) {
        std::vector<Played> pair;
        for (std::size_t k = i; k < std::min(i + 2, sizes.size()); ++k)
            pair.push_back({PortIndex{static_cast<std::uint8_t>(k % 2)},
                            sysex_of(sizes[k], static_cast<unsigned>(k)),
                            {}});
        for (std::size_t at = 0; at < 8000; at += 700)
            for (const auto& p : pair)
                if (at < p.bytes.size())
                    sender.add(p.port,
                               std::span{p.bytes}.subspan(
                                   at, std::min<std::size_t>(700, p.bytes.size() - at)),
                               at == 0);
        for (auto& p : pair) {
            p.extent = sender.finish(p.port);
            all.push_back(p);
        }
    }
    return all;
}

std::vector<Fragment> sent_by(BulkSender& sender) {
    std::vector<Fragment> fragments;
    for (auto now = TimePoint{1s}; sender.backlog() > 0; now += 1ms)
        while (const auto* fragment = sender.next(now)) fragments.push_back(*fragment);
    return fragments;
}

Bytes received(const BulkWindow& window, const Played& p) {
    Bytes all;
    for (auto s = p.extent.first_fragment; !is_after(s, p.extent.last_fragment); s = s.next())
        for (const std::byte b : window.fragment(s, p.port).value_or(ByteView{}))
            all.push_back(to_u8(b));
    return all;
}

template <typename T>
void shuffle(std::vector<T>& items, std::uint64_t seed) {
    Random random{seed};
    for (std::size_t i = items.size(); i > 1; --i)
        std::swap(items[i - 1], items[random.below(static_cast<std::uint32_t>(i))]);
}

RC_GTEST_PROP(BulkProperty, EveryMessageIsWholeWhateverTheOrderOfItsFragments,
              (std::uint64_t seed)) {
    const auto sizes =
        *rc::gen::container<std::vector<std::size_t>>(rc::gen::inRange<std::size_t>(48, 8000));
    BulkSender sender;
    const auto played = perform(sender, sizes);
    auto fragments = sent_by(sender);
    shuffle(fragments, seed);
    BulkWindow window;
    for (const auto& f : fragments)
        RC_ASSERT(window.put(
            {.sequence = f.sequence, .port = f.port, .offset = f.offset, .bytes = f.view()}));
    for (const auto& p : played) {
        RC_ASSERT(window.readiness(p.extent, p.port) == SysExStore::Readiness::Complete);
        RC_ASSERT(received(window, p) == p.bytes);
    }
}

RC_GTEST_PROP(BulkProperty, AMessageIsCompleteExactlyWhenNoFragmentBetweenItsEndsIsLost,
              (std::uint64_t seed)) {
    const auto sizes =
        *rc::gen::container<std::vector<std::size_t>>(rc::gen::inRange<std::size_t>(48, 8000));
    BulkSender sender;
    const auto played = perform(sender, sizes);
    Random random{seed};
    BulkWindow window;
    std::vector<Fragment> lost;
    for (const auto& f : sent_by(sender)) {
        if (random.below(8) == 0)
            lost.push_back(f);
        else
            window.put(
                {.sequence = f.sequence, .port = f.port, .offset = f.offset, .bytes = f.view()});
    }
    window.expect(sender.newest_sent());
    std::uint32_t given_up = 0;
    while (window.has_gap()) given_up += window.give_up();
    RC_ASSERT(given_up == lost.size());
    for (const auto& p : played) {
        // Whichever port's it was: who lost it cannot know.
        const bool whole = std::none_of(lost.begin(), lost.end(), [&](const Fragment& f) {
            return !is_after(p.extent.first_fragment, f.sequence) &&
                   !is_after(f.sequence, p.extent.last_fragment);
        });
        const bool complete = window.readiness(p.extent, p.port) == SysExStore::Readiness::Complete;
        RC_ASSERT(complete == whole);
        RC_ASSERT(!complete || received(window, p) == p.bytes);
    }
}

RC_GTEST_PROP(JournalProperty, FragmentsInAnyOrderGiveTheState, (std::uint64_t seed)) {
    midi::StreamState state;
    for (const auto& m : *midi::any_performance()) state.apply(PortIndex{0}, m, 0);
    for (const auto& m : *midi::any_performance()) state.apply(PortIndex{3}, m, 0);
    midi::RecordLog log;
    state.for_each(0, log);

    const auto per_fragment = *rc::gen::inRange<std::size_t>(1, 20);
    const auto count =
        std::max<std::size_t>(1, (log.records.size() + per_fragment - 1) / per_fragment);
    RC_PRE(count <= wire::kMaxJournalFragments);
    std::vector<std::size_t> order(count);
    for (std::size_t i = 0; i < count; ++i) order[i] = i;
    shuffle(order, seed);

    JournalAssembler assembler;
    for (const auto index : order) {
        RC_ASSERT(!assembler.complete());
        std::array<std::byte, wire::kMaxPayload> buffer;
        ByteWriter writer{buffer};
        for (auto i = index * per_fragment;
             i < std::min(log.records.size(), (index + 1) * per_fragment); ++i)
            wire::encode_state_record(writer, log.records[i]);
        assembler.put({.head = {.digest = state.digest(),
                                .index = static_cast<std::uint8_t>(index),
                                .count = static_cast<std::uint8_t>(count)},
                       .records = writer.written()});
    }
    RC_ASSERT(assembler.complete());
    RC_ASSERT(assembler.state().digest() == state.digest());
}

}  // namespace
}  // namespace midinet::path
