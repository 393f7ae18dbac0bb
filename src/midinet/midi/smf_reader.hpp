// A Standard MIDI File in, timed bytes out. Source: Standard MIDI Files 1.0 (RP-001).
#pragma once

#include "base/result.hpp"
#include "base/time.hpp"
#include "midi/smf_tempo_map.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace midinet::midi {

/// The largest file that is read, and that SmfAppender writes.
inline constexpr std::size_t kSmfMaxFile = std::size_t{64} << 20U;
/// Most tracks a file may hold: the header counts them in 16 bits.
inline constexpr std::size_t kSmfMaxTracks = 65'535;

/// Bytes to send at a moment: a channel message with its status, a SysEx from F0 on, or the bytes
/// of an F7 event as they stand (a piece of the SysEx before it, or anything else, such as a
/// real-time message).
struct SmfEvent {
    Duration at{};  ///< from the start of the song
    std::uint32_t offset = 0;
    std::uint32_t size = 0;  ///< at least 1
};

/// A song, ready to be played.
struct SmfSong {
    /// By time. Simultaneous ones stay in the order of their tracks, and within a track in the
    /// file's.
    std::vector<SmfEvent> events;
    /// The bytes of all events.
    std::vector<std::uint8_t> arena;
    /// When the last track ends; never before the last event.
    Duration length{};
    /// One a track, in the file's bytes; empty for those without a name.
    std::vector<std::string> track_names;
    /// What was wrong with the file and did not stop it from being read; a sentence each, the
    /// file's name in front.
    std::vector<std::string> warnings;

    /// Lifetime: the song. Precondition: `event` is one of its events.
    std::span<const std::uint8_t> bytes(const SmfEvent& event) const noexcept {
        return std::span{arena}.subspan(event.offset, event.size);
    }
};

/// Reads a whole file, as it is found in the wild. Formats 0 and 1 play all tracks at once, with
/// every track's tempo events in force for all; the patterns of format 2 play one after the other,
/// each with its own tempo. Accepted too: RIFF files (RMID), unknown chunks and events, a wrong
/// track count, bytes after End of Track and after the last chunk, tracks without End of Track.
/// `name` is what errors call the file. Memory: at most about 13 times the file. Errors: what is
/// wrong, at which byte, and what was expected there.
Result<SmfSong> read_smf(std::span<const std::uint8_t> file, const std::string& name);

}  // namespace midinet::midi
