// Where a Standard MIDI File keeps its tracks. Source: Standard MIDI Files 1.0 (RP-001); RP-029
// (RMID).
#pragma once

#include "base/result.hpp"
#include "midi/smf_tempo_map.hpp"
#include "midi/smf_track.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace midinet::midi {

/// A file's header and the places of its tracks.
struct SmfLayout {
    std::uint16_t format = 0;  ///< 0, 1 or 2
    std::uint16_t declared_tracks = 0;
    SmfDivision division;
    std::vector<SmfTrack> tracks;  ///< at least one
};

/// Finds the header and all tracks; looks into none of them.
/// Errors: no header, an unknown format or division, no track or too many.
Result<SmfLayout> find_smf_tracks(std::span<const std::uint8_t> file, const std::string& name);

}  // namespace midinet::midi
