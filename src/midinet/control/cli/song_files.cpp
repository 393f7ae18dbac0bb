#include "control/cli/song_files.hpp"

#include "control/cli/exit_code.hpp"
#include "control/report/message_words.hpp"
#include "control/whole_file.hpp"

#include <fmt/format.h>

#include <vector>

namespace midinet::control::cli {

Result<midi::SmfSong> song_of(const std::string& path) {
    const int usage = static_cast<int>(ExitCode::Usage);
    const auto text = read_whole(path, kMostSong);
    if (!text) return fail(path + " cannot be read: " + text.error().message, usage);
    auto song = midi::read_smf(std::vector<std::uint8_t>{text->begin(), text->end()}, path);
    if (!song) return fail(song.error().message, usage);
    return song;
}

std::string event_text(const midi::SmfSong& song, std::size_t at) {
    if (at >= song.events.size()) return "nothing more";
    return event_text(song.bytes(song.events[at]), song.events[at].at);
}

std::string event_text(std::span<const std::uint8_t> bytes, Duration at) {
    return fmt::format("{} [{}] at {:.3f} s", message_words(bytes), hex_words(bytes),
                       static_cast<double>(at / 1us) / 1e6);
}

}  // namespace midinet::control::cli
