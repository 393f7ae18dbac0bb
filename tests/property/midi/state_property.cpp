#include "property/midi/midi_generators.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace midinet::midi {
namespace {

PortState from_records(const Records& records, std::uint64_t now_us = 0) {
    PortState state;
    for (const StateRecord& record : records) RC_ASSERT(state.set(record, now_us));
    return state;
}

std::uint64_t digest_of_all(const Records& records) {
    std::uint64_t sum = 0;
    for (const StateRecord& record : records) sum += digest_of(record);
    return sum;
}

RC_GTEST_PROP(PortStateProperty, RecordsOfAnyStateMakeAnEqualOne, ()) {
    const PortState lived = state_after(*any_performance());
    const Records records = records_of(lived);
    const PortState told = from_records(records);
    RC_ASSERT(told.digest() == lived.digest());
    RC_ASSERT(records_of(told) == records);
    RC_ASSERT(told.sounding_total() == lived.sounding_total());
}

RC_GTEST_PROP(PortStateProperty, StateMadeFromRecordsBehavesTheSameEverAfter, ()) {
    PortState lived = state_after(*any_performance());
    PortState told = from_records(records_of(lived));
    for (const Message& message : *any_performance()) {
        lived.apply(message, 0);
        told.apply(message, 0);
        RC_ASSERT(lived.digest() == told.digest());
    }
    RC_ASSERT(records_of(lived) == records_of(told));
}

RC_GTEST_PROP(PortStateProperty, DigestIsTheSumOfTheFactsAndNothingElseAndTheyAreCounted, ()) {
    PortState state;
    for (const Message& message : *any_performance()) {
        state.apply(message, 0);
        const auto records = records_of(state);
        RC_ASSERT(state.digest() == digest_of_all(records));
        RC_ASSERT(state.facts() == records.size());
    }
}

RC_GTEST_PROP(PortStateProperty, RecordsComeInOrderAndEachFactOnce, ()) {
    const Records records = records_of(state_after(*any_performance()));
    const auto place = [](const StateRecord& r) { return std::tuple(r.channel, r.cell, r.key); };
    for (std::size_t i = 1; i < records.size(); ++i)
        RC_ASSERT(place(records[i - 1]) < place(records[i]));
}

RC_GTEST_PROP(PortStateProperty, ClearingNotesLeavesEveryOtherFact, ()) {
    PortState state = state_after(*any_performance());
    Records expected = records_of(state);
    std::erase_if(expected, [](const StateRecord& r) {
        return r.cell == Cell::Note || r.cell == Cell::PolyPressure;
    });
    state.clear_notes();
    RC_ASSERT(records_of(state) == expected);
    RC_ASSERT(state.sounding_total() == 0U);
    RC_ASSERT(state.digest() == digest_of_all(expected));
}

RC_GTEST_PROP(PortStateProperty, AnyRecordIsRefusedOrReportedAsItWasSet, ()) {
    PortState state = state_after(*any_performance());
    const StateRecord record{.port = {static_cast<std::uint8_t>(*up_to(1))},
                             .channel = static_cast<std::uint8_t>(*up_to(17)),
                             .cell = static_cast<Cell>(*up_to(12)),
                             .key = *rc::gen::oneOf(rc::gen::arbitrary<std::uint16_t>(),
                                                    rc::gen::inRange<std::uint16_t>(0, 130)),
                             .value = *rc::gen::oneOf(rc::gen::arbitrary<std::uint16_t>(),
                                                      rc::gen::inRange<std::uint16_t>(0, 130)),
                             .age_ms = *rc::gen::arbitrary<std::uint16_t>()};
    const Records before = records_of(state, 0);
    const std::uint64_t now_us = 100'000'000;
    const bool taken = state.set(record, now_us);
    const Records after = records_of(state, now_us);
    if (taken)
        RC_ASSERT(std::count(after.begin(), after.end(), record) ==
                  (record.cell == Cell::Note || record.age_ms == 0 ? 1 : 0));
    else
        RC_ASSERT(records_of(state, 0) == before);
    RC_ASSERT(state.digest() == digest_of_all(after));
}

}  // namespace
}  // namespace midinet::midi
