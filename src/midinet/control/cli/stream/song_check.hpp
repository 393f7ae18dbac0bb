// A stream held against a song, message by message.
#pragma once

#include "control/cli/stream/stream_tap.hpp"
#include "midi/smf_reader.hpp"

#include <string>

namespace midinet::control::cli {

/// The first message it is given counts as the song's first. Clock and active sensing of the stream
/// are passed over where the song has none: a controller's runs on by itself. Pure. Lifetime: the
/// song outlives it.
class SongCheck {
  public:
    /// Silence for so much longer than the song's is the end of the stream.
    static constexpr Duration kPatience = 5s;

    explicit SongCheck(const midi::SmfSong& song);
    void on_event(const TapEvent& event, TimePoint now);
    /// What the stream has not sent by then is missing. kNever: before the first message, and after
    /// the verdict.
    TimePoint due() const noexcept { return due_; }
    void on_timer(TimePoint now);

    bool over() const noexcept { return differs_ || same_ == song_.events.size(); }
    /// The stream ended.
    void end();
    bool differs() const noexcept { return differs_; }
    std::size_t same() const noexcept { return same_; }  ///< messages that were
    Duration drift() const noexcept { return drift_; }   ///< times differ by so much at most
    /// Of the first message that differs, for a person; empty: none does.
    const std::string& wanted() const noexcept { return wanted_; }
    const std::string& heard() const noexcept { return heard_; }

  private:
    void differ(std::string heard);
    const midi::SmfSong& song_;
    bool has_clock_ = false;
    std::size_t same_ = 0;
    Duration first_at_{};  ///< of the stream
    Duration drift_{};
    TimePoint due_ = kNever;
    bool differs_ = false;
    std::string wanted_;
    std::string heard_;
};

}  // namespace midinet::control::cli
