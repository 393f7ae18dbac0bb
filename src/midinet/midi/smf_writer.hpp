// A recording that is a valid Standard MIDI File whenever it stops. Source: Standard MIDI Files 1.0
// (RP-001).
#pragma once

#include "base/result.hpp"
#include "base/time.hpp"
#include "midi/smf_reader.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace midinet::midi {

/// What a file says about itself. Empty ones are left out.
struct SmfNames {
    std::string track;
    std::string device;  ///< the port the music came from (RP-019)
};

/// Bytes to write at a place in the file. Doing it twice does no harm.
struct SmfPatch {
    std::uint64_t offset = 0;
    std::vector<std::uint8_t> bytes;
};

/// Writes a format 0 file that grows: turns events into patches, and leaves the writing to its
/// caller.
///
/// Done in order, the patches leave a valid file after each of them, and after every byte of all
/// but the first: the track grows behind its End of Track, then its chunk's length takes that in,
/// and at last the old End of Track turns into an empty text event. Until then a reader stops at
/// the old end. A write that failed may be tried again. Times: 9,600 ticks a quarter note at 120 a
/// minute (52.1 µs a tick), each rounded on its own: nothing drifts. Thread: one. Allocates: not
/// for hot paths.
class SmfAppender {
  public:
    explicit SmfAppender(const SmfNames& names = {});

    /// Takes one message, or one piece of a SysEx (F0 …, then the rest in any number of pieces, at
    /// most real-time bytes between them). `at`: since the recording began; earlier than the one
    /// before counts as the same moment. Channel messages keep their status byte, F0 … becomes a
    /// SysEx event, everything else an F7 event: no bytes are refused. False, and nothing taken,
    /// when the file would grow past kSmfMaxFile: finish it and begin another.
    [[nodiscard]] bool add(Duration at, std::span<const std::uint8_t> bytes);

    /// What is to be written to have all taken events in the file; nothing when they are. The first
    /// call gives the file's beginning as its first patch, at offset 0: call it at once to have a
    /// valid file.
    [[nodiscard]] std::vector<SmfPatch> flush();
    /// The same, and the song ends at `at`, if that is later than the last event: the silence after
    /// it is kept. Call it once, at the end.
    [[nodiscard]] std::vector<SmfPatch> finish(Duration at);

    /// How long the file is once all patches given so far are written. Units: bytes.
    std::uint64_t file_size() const noexcept { return file_size_; }

  private:
    void begin_file(const SmfNames& names);
    std::vector<SmfPatch> end_track_at(std::uint64_t tick);

    std::vector<std::uint8_t> opening_;  ///< the file's beginning, until it is handed out
    std::vector<std::uint8_t> pending_;  ///< encoded events that no patch has carried yet
    std::uint64_t file_size_ = 0;
    std::uint64_t last_tick_ = 0;
};

/// Does to `file` what a patch asks for, as pwrite would.
void apply_patch(const SmfPatch& patch, std::vector<std::uint8_t>& file);

/// A whole song as a format 0 file. Errors: it would be larger than kSmfMaxFile.
Result<std::vector<std::uint8_t>> write_smf(const SmfSong& song, const SmfNames& names);

}  // namespace midinet::midi
