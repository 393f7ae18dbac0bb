// The events of one track of a Standard MIDI File, one after the other. Source: Standard MIDI
// Files 1.0 (RP-001).
#pragma once

#include "base/result.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace midinet::midi {

/// Where the content of an MTrk chunk lies in its file.
struct SmfTrack {
    std::size_t number = 1;  ///< 1 for the file's first track
    std::size_t begin = 0;
    std::size_t end = 0;
    bool cut = false;  ///< the chunk says it is longer than the file; `end` is the file's end
};

/// One event. Lifetime of `data`: the file's bytes.
struct SmfItem {
    enum class What : std::uint8_t {
        Channel,        ///< `status`, and its one or two data bytes
        SysEx,          ///< F0, then `data`
        Packet,         ///< `data` as it stands: a SysEx's continuation, or an escape (F7)
        Meta,           ///< `status` is the meta event's type
        End,            ///< End of Track. Nothing follows, whatever the chunk still holds
        EndWithoutMark  ///< the chunk is over, without the End of Track it ought to have
    };
    What what = What::End;
    std::uint8_t status = 0;
    std::uint64_t tick = 0;  ///< from the start of the track
    std::size_t offset = 0;  ///< of the byte after the delta time, in the file
    std::span<const std::uint8_t> data{};
};

/// "song.mid: byte 22: …": how every complaint about a file begins.
std::string smf_place(const std::string& name, std::size_t offset);

/// Reads a track from its start to End of Track. Total: any bytes give items or an Error.
/// Running status outlives meta events and SysEx: the standard says it must not, but files rely on
/// it and nothing else could be meant by a data byte there.
class SmfTrackCursor {
  public:
    /// Lifetime: `file` and `name` outlive the cursor. Precondition: track.begin <= track.end <=
    /// file.size().
    SmfTrackCursor(std::span<const std::uint8_t> file, const std::string& name, SmfTrack track)
        : file_(file), name_(name), track_(track), at_(track.begin) {}

    /// Do not call again after an End or an Error.
    /// Errors: the track ends inside an event, or holds something that is none.
    Result<SmfItem> next();

  private:
    void read_channel(SmfItem& item, std::uint8_t first);
    void read_meta(SmfItem& item);
    Result<SmfItem> end_without_mark();
    // Reads past the end give zeros and set fault_, which next() looks at once an event.
    std::uint8_t byte(const char* inside);
    std::uint32_t number(const char* inside);
    std::span<const std::uint8_t> block(const char* inside);
    void fault(std::size_t offset, const std::string& what);
    void fault_at_end(const char* inside);

    std::span<const std::uint8_t> file_;
    const std::string& name_;
    SmfTrack track_;
    std::size_t at_;
    std::uint64_t tick_ = 0;
    std::uint8_t running_status_ = 0;
    std::string fault_;
};

}  // namespace midinet::midi
