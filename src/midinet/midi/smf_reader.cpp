#include "midi/smf_reader.hpp"

#include "midi/smf_chunks.hpp"
#include "midi/smf_track.hpp"

#include <algorithm>

namespace midinet::midi {
namespace {

using Bytes = std::span<const std::uint8_t>;

constexpr std::uint8_t kMetaTrackName = 0x03;
constexpr std::uint8_t kMetaTempo = 0x51;

bool is_end(const SmfItem& item) {
    return item.what == SmfItem::What::End || item.what == SmfItem::What::EndWithoutMark;
}

/// How many bytes an item sends; 0 for what is not sent.
std::size_t sent_size(const SmfItem& item) {
    switch (item.what) {
        case SmfItem::What::Channel:
        case SmfItem::What::SysEx:
            return item.data.size() + 1;
        case SmfItem::What::Packet:
            return item.data.size();
        default:
            return 0;
    }
}

/// Reads every track twice: once for the tempo events, which may stand in any of them, and for the
/// sizes; once for the events, whose times are then known. So a file costs no memory but the
/// song's.
class SongReader {
  public:
    SongReader(Bytes file, const std::string& name) : file_(file), name_(name) {}

    Result<SmfSong> read() {
        auto layout = find_smf_tracks(file_, name_);
        if (!layout) return tl::unexpected<Error>(layout.error());
        warn_about_count(*layout);
        const std::span<const SmfTrack> tracks{layout->tracks};
        song_.track_names.resize(tracks.size());
        const std::size_t together = layout->format == 2 ? 1 : tracks.size();
        for (std::size_t i = 0; i < tracks.size(); i += together) {
            const auto played = read_together(tracks.subspan(i, together), layout->division);
            if (!played) return tl::unexpected<Error>(played.error());
        }
        return std::move(song_);
    }

  private:
    struct Survey {
        std::vector<SmfTempoChange> tempos;
        std::size_t events = 0;
        std::size_t bytes = 0;
    };

    /// Appends tracks that play at the same time, from the song's present end on.
    Result<void> read_together(std::span<const SmfTrack> tracks, SmfDivision division) {
        Survey survey;
        for (const SmfTrack& track : tracks) {
            auto done = each_item(track, [&](const SmfItem& item) {
                look_at(item, track.number, survey);
                return Result<void>{};
            });
            if (!done) return done;
        }
        const SmfTempoMap map{division, std::move(survey.tempos)};
        if (song_.events.empty()) {
            song_.events.reserve(survey.events);
            song_.arena.reserve(survey.bytes);
        }
        const std::size_t first = song_.events.size();
        const Duration start = song_.length;
        for (const SmfTrack& track : tracks) {
            auto done =
                each_item(track, [&](const SmfItem& item) { return play(item, map, start); });
            if (!done) return done;
        }
        sort_from(first);
        return {};
    }

    /// Calls `take` with every item, the End included.
    template <typename Take>
    Result<void> each_item(const SmfTrack& track, Take take) {
        SmfTrackCursor cursor{file_, name_, track};
        for (;;) {
            const auto item = cursor.next();
            if (!item) return tl::unexpected<Error>(item.error());
            if (auto taken = take(*item); !taken) return taken;
            if (is_end(*item)) return {};
        }
    }

    void look_at(const SmfItem& item, std::size_t track, Survey& survey) {
        if (item.what == SmfItem::What::EndWithoutMark)
            song_.warnings.push_back(smf_place(name_, item.offset) + "track " +
                                     std::to_string(track) + " ends without End of Track");
        if (item.what == SmfItem::What::Meta)
            look_at_meta(item, song_.track_names[track - 1], survey);
        const std::size_t size = sent_size(item);
        survey.bytes += size;
        survey.events += size > 0 ? 1 : 0;
    }

    static void look_at_meta(const SmfItem& item, std::string& name, Survey& survey) {
        if (item.status == kMetaTrackName && name.empty())
            name.assign(item.data.begin(), item.data.end());
        if (item.status != kMetaTempo || item.data.size() < 3) return;
        const auto tempo =
            static_cast<std::uint32_t>(item.data[0] << 16U | item.data[1] << 8U | item.data[2]);
        // A tempo of no time at all would play the rest of the song in one instant.
        if (tempo != 0) survey.tempos.push_back({item.tick, tempo});
    }

    Result<void> play(const SmfItem& item, const SmfTempoMap& map, Duration start) {
        const auto at = map.at(item.tick);
        if (!at || *at > kSmfMaxLength - start)
            return fail(smf_place(name_, item.offset) +
                        "this event lies more than 366 days after the start of the song");
        song_.length = std::max(song_.length, start + *at);
        const std::size_t size = sent_size(item);
        if (size == 0) return {};
        song_.events.push_back({start + *at, static_cast<std::uint32_t>(song_.arena.size()),
                                static_cast<std::uint32_t>(size)});
        if (size > item.data.size()) song_.arena.push_back(item.status);
        song_.arena.insert(song_.arena.end(), item.data.begin(), item.data.end());
        return {};
    }

    void sort_from(std::size_t first) {
        const auto begin = song_.events.begin() + static_cast<std::ptrdiff_t>(first);
        const auto earlier = [](const SmfEvent& a, const SmfEvent& b) { return a.at < b.at; };
        if (!std::is_sorted(begin, song_.events.end(), earlier))
            std::stable_sort(begin, song_.events.end(), earlier);
    }

    void warn_about_count(const SmfLayout& layout) {
        if (layout.declared_tracks == layout.tracks.size()) return;
        song_.warnings.push_back(name_ + ": the header announces " +
                                 std::to_string(layout.declared_tracks) +
                                 " tracks, the file holds " + std::to_string(layout.tracks.size()));
    }

    Bytes file_;
    const std::string& name_;
    SmfSong song_;
};

}  // namespace

Result<SmfSong> read_smf(Bytes file, const std::string& name) {
    if (file.size() > kSmfMaxFile)
        return fail(name + ": " + std::to_string(file.size()) +
                    " bytes are too many for a MIDI file; at most 64 MiB are read");
    return SongReader{file, name}.read();
}

}  // namespace midinet::midi
