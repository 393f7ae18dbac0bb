#include "midi/smf_writer.hpp"

#include "midi/message.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace midinet::midi {
namespace {

using Buffer = std::vector<std::uint8_t>;

constexpr std::uint32_t kTicksPerQuarter = 9600;
constexpr std::uint32_t kMaxDelta = (1U << 28U) - 1;  // four bytes of seven bits: 3 h 53 min
constexpr std::size_t kTrackLengthAt = 18;            // MThd takes 14 bytes, "MTrk" four
constexpr std::size_t kTrackBodyAt = 22;
constexpr std::size_t kMaxName = 1000;
/// Kept free for finish(): the longest silence takes 2,263 empty text events of seven bytes.
constexpr std::uint64_t kRoomToFinish = 16'384;

constexpr std::uint8_t kMetaText = 0x01;
constexpr std::uint8_t kMetaTrackName = 0x03;
constexpr std::uint8_t kMetaDeviceName = 0x09;
constexpr std::array<std::uint8_t, 3> kEndOfTrack{0xFF, 0x2F, 0x00};
constexpr std::array<std::uint8_t, 3> kEmptyText{0xFF, kMetaText, 0x00};
constexpr std::uint64_t kEndTypeFromEnd = 2;  // where, from the file's end, its 2F stands

/// A tick lasts 156,250 / 3 ns.
std::uint64_t to_tick(Duration at) {
    const auto ns = static_cast<std::uint64_t>(std::clamp(at, Duration{0}, kSmfMaxLength).count());
    return (ns * 3 + 78'125) / 156'250;
}

void put(std::span<const std::uint8_t> bytes, Buffer& out) {
    out.insert(out.end(), bytes.begin(), bytes.end());
}

void put_text(std::string_view text, Buffer& out) {
    out.insert(out.end(), text.begin(), text.end());
}

std::array<std::uint8_t, 4> big_endian(std::uint64_t value) {
    const auto part = [value](unsigned shift) {
        return static_cast<std::uint8_t>((value >> shift) & 0xFFU);
    };
    return {part(24), part(16), part(8), part(0)};
}

/// A variable-length quantity. Range: 0 .. 2^28-1.
void put_number(std::uint64_t value, Buffer& out) {
    for (unsigned shift = 21; shift > 0; shift -= 7)
        if (value >> shift != 0) out.push_back(static_cast<std::uint8_t>(0x80U | (value >> shift)));
    out.push_back(static_cast<std::uint8_t>(value & 0x7FU));
}

/// Silence longer than a delta time can say is cut into pieces by empty text events.
void put_delta(std::uint64_t ticks, Buffer& out) {
    for (; ticks > kMaxDelta; ticks -= kMaxDelta) {
        put_number(kMaxDelta, out);
        put(kEmptyText, out);
    }
    put_number(ticks, out);
}

void put_meta(std::uint8_t type, std::string_view text, Buffer& out) {
    const std::string_view kept = text.substr(0, kMaxName);
    if (kept.empty()) return;
    out.insert(out.end(), {0x00, 0xFF, type});
    put_number(kept.size(), out);
    put_text(kept, out);
}

bool is_whole_channel_message(std::span<const std::uint8_t> bytes) {
    return is_channel(bytes.front()) && bytes.size() == message_size(bytes.front()) &&
           std::none_of(bytes.begin() + 1, bytes.end(), is_status);
}

void put_event(std::span<const std::uint8_t> bytes, Buffer& out) {
    if (is_whole_channel_message(bytes)) {
        put(bytes, out);
        return;
    }
    const bool sysex = bytes.front() == 0xF0;
    out.push_back(sysex ? 0xF0 : 0xF7);
    const auto content = bytes.subspan(sysex ? 1 : 0);
    put_number(content.size(), out);
    put(content, out);
}

}  // namespace

SmfAppender::SmfAppender(const SmfNames& names) { begin_file(names); }

void SmfAppender::begin_file(const SmfNames& names) {
    put_text("MThd", opening_);
    put(big_endian(6), opening_);
    opening_.insert(opening_.end(), {0, 0, 0, 1, kTicksPerQuarter >> 8U, kTicksPerQuarter & 0xFFU});
    put_text("MTrk", opening_);
    put(big_endian(0), opening_);
    put_meta(kMetaTrackName, names.track, opening_);
    put_meta(kMetaDeviceName, names.device, opening_);
    const auto tempo = big_endian(kSmfDefaultTempo);
    opening_.insert(opening_.end(), {0x00, 0xFF, 0x51, 0x03, tempo[1], tempo[2], tempo[3]});
    opening_.push_back(0x00);
    put(kEndOfTrack, opening_);
    const auto length = big_endian(opening_.size() - kTrackBodyAt);
    std::copy(length.begin(), length.end(), opening_.begin() + kTrackLengthAt);
    file_size_ = opening_.size();
}

bool SmfAppender::add(Duration at, std::span<const std::uint8_t> bytes) {
    if (bytes.empty()) return true;
    const std::uint64_t tick = std::max(to_tick(at), last_tick_);
    const std::uint64_t delta = tick - last_tick_;
    // Its delta time, its kind and length, and an End of Track after it; silence in pieces of seven
    // bytes.
    const std::uint64_t cost = bytes.size() + 13 + delta / kMaxDelta * 7;
    if (file_size_ + pending_.size() + cost + kRoomToFinish > kSmfMaxFile) return false;
    put_delta(delta, pending_);
    put_event(bytes, pending_);
    last_tick_ = tick;
    return true;
}

std::vector<SmfPatch> SmfAppender::flush() { return end_track_at(last_tick_); }

std::vector<SmfPatch> SmfAppender::finish(Duration at) {
    return end_track_at(std::max(to_tick(at), last_tick_));
}

std::vector<SmfPatch> SmfAppender::end_track_at(std::uint64_t tick) {
    std::vector<SmfPatch> patches;
    if (!opening_.empty()) patches.push_back({0, std::move(opening_)});
    opening_.clear();
    if (pending_.empty() && tick == last_tick_) return patches;

    put_delta(tick - last_tick_, pending_);
    put(kEndOfTrack, pending_);
    last_tick_ = tick;
    const std::uint64_t old_size = file_size_;
    file_size_ += pending_.size();
    const auto length = big_endian(file_size_ - kTrackBodyAt);
    patches.push_back({old_size, std::move(pending_)});
    pending_.clear();
    patches.push_back({kTrackLengthAt, {length.begin(), length.end()}});
    patches.push_back({old_size - kEndTypeFromEnd, {kMetaText}});
    return patches;
}

void apply_patch(const SmfPatch& patch, std::vector<std::uint8_t>& file) {
    const auto end = static_cast<std::size_t>(patch.offset) + patch.bytes.size();
    if (file.size() < end) file.resize(end);
    std::copy(patch.bytes.begin(), patch.bytes.end(),
              file.begin() + static_cast<std::ptrdiff_t>(patch.offset));
}

Result<std::vector<std::uint8_t>> write_smf(const SmfSong& song, const SmfNames& names) {
    SmfAppender appender{names};
    for (const SmfEvent& event : song.events)
        if (!appender.add(event.at, song.bytes(event)))
            return fail("the song does not fit into a MIDI file of 64 MiB");
    Buffer file;
    for (const SmfPatch& patch : appender.finish(song.length)) apply_patch(patch, file);
    return file;
}

}  // namespace midinet::midi
