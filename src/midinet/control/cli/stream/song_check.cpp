#include "control/cli/stream/song_check.hpp"

#include "control/cli/song_files.hpp"
#include "control/report/message_words.hpp"

#include <algorithm>

namespace midinet::control::cli {

SongCheck::SongCheck(const midi::SmfSong& song) : song_(song) {
    has_clock_ = std::any_of(song.events.begin(), song.events.end(), [&](const auto& event) {
        return type_of(song.bytes(event)) == "clock";
    });
}

void SongCheck::differ(std::string heard) {
    differs_ = true;
    due_ = kNever;
    wanted_ = event_text(song_, same_);
    heard_ = std::move(heard);
}

void SongCheck::on_event(const TapEvent& event, TimePoint now) {
    if (over() || (!has_clock_ && !event.bytes.empty() && type_of(event.bytes) == "clock")) return;
    if (same_ == 0) first_at_ = event.at;
    const auto at = event.at - first_at_;
    if (event.bytes.empty()) return differ("a SysEx of which parts were missed");
    const auto& wanted = song_.events[same_];
    const auto bytes = song_.bytes(wanted);
    if (!std::equal(bytes.begin(), bytes.end(), event.bytes.begin(), event.bytes.end()))
        return differ(event_text(event.bytes, at));
    const auto apart = at - (wanted.at - song_.events.front().at);
    drift_ = std::max(drift_, apart < Duration{} ? -apart : apart);
    ++same_;
    due_ = over() ? kNever : now + (song_.events[same_].at - wanted.at) + kPatience;
}

void SongCheck::on_timer(TimePoint now) {
    if (now >= due_) differ("nothing more");
}

void SongCheck::end() {
    if (!over()) differ("nothing more");
}

}  // namespace midinet::control::cli
