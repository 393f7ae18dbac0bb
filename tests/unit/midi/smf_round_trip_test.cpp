// What was recorded is what is played, wherever the recording was cut off.
#include "midi/smf_writer.hpp"
#include "smf_test_bytes.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

namespace midinet::midi {
namespace {

using namespace test;

constexpr Duration kHalfATick{156'250 / 6 + 1};

Bytes any_message() {
    const auto data = rc::gen::inRange<std::uint8_t>(0, 128);
    const auto any_byte = rc::gen::arbitrary<std::uint8_t>();
    switch (*rc::gen::inRange(0, 5)) {
        case 0:
            return {*rc::gen::inRange<std::uint8_t>(0x80, 0xC0), *data, *data};
        case 1:
            return {*rc::gen::inRange<std::uint8_t>(0xC0, 0xE0), *data};
        case 2:
            return Bytes{0xF0} + *rc::gen::container<Bytes>(data);
        case 3:
            return *rc::gen::nonEmpty(rc::gen::container<Bytes>(any_byte));
        default:
            return {*rc::gen::inRange<std::uint8_t>(0xF8, 0xFF)};
    }
}

/// A recording: events in time, and after which of them the recorder flushed.
struct Recording {
    std::vector<Sent> events;
    std::vector<bool> flushed;
};

Recording any_recording() {
    Recording recording;
    const int count = *rc::gen::inRange(0, 30);
    Duration now{0};
    for (int i = 0; i < count; ++i) {
        now += Duration{*rc::gen::weightedOneOf<std::int64_t>(
            {{2, rc::gen::just<std::int64_t>(0)},
             {6, rc::gen::inRange<std::int64_t>(0, 1'000'000'000)},
             {1, rc::gen::inRange<std::int64_t>(0, 20'000'000'000'000)}})};
        recording.events.push_back({now, any_message()});
        recording.flushed.push_back(*rc::gen::inRange(0, 4) == 0);
    }
    return recording;
}

std::vector<SmfPatch> record(const Recording& recording) {
    SmfAppender appender{{.track = "Set", .device = {}}};
    std::vector<SmfPatch> patches = appender.flush();
    const auto take = [&](std::vector<SmfPatch> more) {
        std::move(more.begin(), more.end(), std::back_inserter(patches));
    };
    for (std::size_t i = 0; i < recording.events.size(); ++i) {
        RC_ASSERT(appender.add(recording.events[i].at, recording.events[i].bytes));
        if (recording.flushed[i]) take(appender.flush());
    }
    take(appender.flush());
    return patches;
}

/// Fails unless `file` is a valid song of the recording's first events. Returns how many.
std::size_t check_is_start_of(const Recording& recording, const Bytes& file) {
    const auto song = read_smf(file, "song.mid");
    if (!song) RC_FAIL(song.error().message);
    RC_ASSERT(song->warnings.empty());
    const auto played = sent_by(*song);
    RC_ASSERT(played.size() <= recording.events.size());
    for (std::size_t i = 0; i < played.size(); ++i) {
        RC_ASSERT(played[i].bytes == recording.events[i].bytes);
        const Duration off = played[i].at - recording.events[i].at;
        RC_ASSERT(std::max(off, -off) <= kHalfATick);
    }
    return played.size();
}

RC_GTEST_PROP(SmfRoundTrip, EveryEventComesBackWithItsBytesWithinHalfATick, ()) {
    const Recording recording = any_recording();
    Bytes file;
    for (const SmfPatch& patch : record(recording)) apply_patch(patch, file);
    RC_ASSERT(check_is_start_of(recording, file) == recording.events.size());
}

RC_GTEST_PROP(SmfRoundTrip, AfterEveryPatchTheFileHoldsTheEventsUpToAFlush, ()) {
    const Recording recording = any_recording();
    Bytes file;
    std::size_t before = 0;
    for (const SmfPatch& patch : record(recording)) {
        apply_patch(patch, file);
        const std::size_t now = check_is_start_of(recording, file);
        RC_ASSERT(now >= before);
        const bool at_a_flush =
            now == 0 || now == recording.events.size() || recording.flushed[now - 1];
        RC_ASSERT(at_a_flush);
        before = now;
    }
}

RC_GTEST_PROP(SmfRoundTrip, AWriteTornAfterAnyByteLeavesAValidFile, ()) {
    const Recording recording = any_recording();
    const auto patches = record(recording);
    Bytes file;
    apply_patch(patches.front(), file);
    for (std::size_t i = 1; i < patches.size(); ++i) {
        for (std::size_t size = 1; size < patches[i].bytes.size(); ++size) {
            SmfPatch torn = patches[i];
            torn.bytes.resize(size);
            Bytes torn_file = file;
            apply_patch(torn, torn_file);
            (void)check_is_start_of(recording, torn_file);
        }
        apply_patch(patches[i], file);
    }
}

}  // namespace
}  // namespace midinet::midi
