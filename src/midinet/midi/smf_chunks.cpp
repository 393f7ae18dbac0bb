#include "midi/smf_chunks.hpp"

#include "midi/smf_reader.hpp"

#include <algorithm>
#include <optional>
#include <string_view>

namespace midinet::midi {
namespace {

using Bytes = std::span<const std::uint8_t>;

constexpr std::size_t kChunkHead = 8;  // four letters and a length
constexpr std::size_t kHeaderSize = 6;

bool has_tag(Bytes file, std::size_t at, std::string_view tag) {
    return file.size() >= at + tag.size() &&
           std::equal(tag.begin(), tag.end(), file.begin() + static_cast<std::ptrdiff_t>(at),
                      [](char a, std::uint8_t b) { return static_cast<std::uint8_t>(a) == b; });
}

std::uint32_t big_endian(Bytes bytes) {
    std::uint32_t value = 0;
    for (const std::uint8_t b : bytes) value = (value << 8U) | b;
    return value;
}

std::uint32_t little_endian_u32(Bytes file, std::size_t at) {
    return static_cast<std::uint32_t>(file[at] | (file[at + 1] << 8U) | (file[at + 2] << 16U)) |
           (std::uint32_t{file[at + 3]} << 24U);
}

/// The part of a file that holds chunks: all of it, or what a RIFF file wraps.
struct Extent {
    std::size_t begin;
    std::size_t end;
};

Result<Extent> find_midi(Bytes file, const std::string& name) {
    if (!has_tag(file, 0, "RIFF")) return Extent{0, file.size()};
    if (!has_tag(file, 8, "RMID"))
        return fail(smf_place(name, 8) + "a RIFF file, but not one of type RMID; it holds no MIDI");
    for (std::size_t at = 12; at + kChunkHead <= file.size();) {
        const std::size_t size = little_endian_u32(file, at + 4);
        const std::size_t begin = at + kChunkHead;
        const std::size_t end = begin + std::min(size, file.size() - begin);
        if (has_tag(file, at, "data")) return Extent{begin, end};
        at = end + (size & 1U);  // RIFF pads to even sizes
    }
    return fail(smf_place(name, file.size()) + "the RIFF file ends without its data chunk");
}

/// Reads the MThd chunk at `extent.begin` and moves that behind it.
Result<SmfLayout> read_header(Bytes file, const std::string& name, Extent& extent) {
    const std::size_t start = extent.begin;
    if (!has_tag(file.first(extent.end), start, "MThd"))
        return fail(
            smf_place(name, start) +
            "expected MThd, the start of a Standard MIDI File; this is another kind of file");
    if (extent.end - start < kChunkHead + kHeaderSize)
        return fail(smf_place(name, extent.end) + "the header ends early; the file is truncated");
    const std::size_t length = big_endian(file.subspan(start + 4, 4));
    if (length < kHeaderSize)
        return fail(smf_place(name, start + 4) + "the header says it has " +
                    std::to_string(length) + " bytes; expected at least 6");
    const std::size_t body = start + kChunkHead;
    extent.begin = body + std::min(length, extent.end - body);

    SmfLayout layout;
    layout.format = static_cast<std::uint16_t>(big_endian(file.subspan(body, 2)));
    layout.declared_tracks = static_cast<std::uint16_t>(big_endian(file.subspan(body + 2, 2)));
    if (layout.format > 2)
        return fail(smf_place(name, body) + "format " + std::to_string(layout.format) +
                    "; expected 0, 1 or 2");
    const auto field = static_cast<std::uint16_t>(big_endian(file.subspan(body + 4, 2)));
    const auto division = SmfDivision::from_field(field);
    if (!division)
        return fail(smf_place(name, body + 4) +
                    "the division says nothing about time; expected ticks a quarter note above 0, "
                    "or ticks above 0 of 24, 25, 29 or 30 frames a second");
    layout.division = *division;
    return layout;
}

}  // namespace

Result<SmfLayout> find_smf_tracks(Bytes file, const std::string& name) {
    auto extent = find_midi(file, name);
    if (!extent) return tl::unexpected<Error>(extent.error());
    auto layout = read_header(file, name, *extent);
    if (!layout) return layout;
    for (std::size_t at = extent->begin; at + kChunkHead <= extent->end;) {
        const std::size_t begin = at + kChunkHead;
        const std::size_t length = big_endian(file.subspan(at + 4, 4));
        const bool cut = length > extent->end - begin;
        const std::size_t end = cut ? extent->end : begin + length;
        if (has_tag(file, at, "MTrk")) {
            if (layout->tracks.size() == kSmfMaxTracks)
                return fail(smf_place(name, at) + "more than 65,535 tracks");
            layout->tracks.push_back({layout->tracks.size() + 1, begin, end, cut});
        }
        at = end;
        // Format 0 has one track. What follows is no part of it: perhaps a recording was cut off
        // while it grew.
        if (layout->format == 0 && layout->declared_tracks == 1 && !layout->tracks.empty()) break;
    }
    if (layout->tracks.empty())
        return fail(smf_place(name, extent->end) + "the file ends without a track (MTrk)");
    return layout;
}

}  // namespace midinet::midi
