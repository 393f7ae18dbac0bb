// Any bytes are a song or an Error; and a song, written and read again, is the same song.
#include "midi/smf_reader.hpp"
#include "midi/smf_writer.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <span>

namespace {

using midinet::midi::SmfEvent;
using midinet::midi::SmfSong;

void require(bool holds) {
    if (!holds) std::abort();
}

void check_song(const SmfSong& song, std::size_t file_size) {
    require(song.arena.size() <= 2 * file_size);
    midinet::Duration before{0};
    for (const SmfEvent& event : song.events) {
        require(event.size > 0 && song.bytes(event).size() == event.size);
        require(before <= event.at && event.at <= song.length);
        before = event.at;
    }
    require(song.length <= midinet::midi::kSmfMaxLength);
}

bool same_bytes(const SmfSong& a, const SmfSong& b) {
    return std::equal(a.events.begin(), a.events.end(), b.events.begin(), b.events.end(),
                      [&](const SmfEvent& x, const SmfEvent& y) {
                          const auto left = a.bytes(x);
                          const auto right = b.bytes(y);
                          return std::equal(left.begin(), left.end(), right.begin(), right.end());
                      });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto song = midinet::midi::read_smf({data, size}, "fuzz");
    if (!song) return 0;
    check_song(*song, size);
    const auto file = midinet::midi::write_smf(*song, {});
    require(file.has_value());
    const auto again = midinet::midi::read_smf(*file, "again");
    require(again.has_value() && same_bytes(*song, *again));
    return 0;
}
