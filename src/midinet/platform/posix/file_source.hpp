// A Standard MIDI File, played as if a surface did.
#pragma once

#include "io/midi_source.hpp"
#include "midi/smf_reader.hpp"

#include <functional>
#include <string>

namespace midinet::platform {

struct PlaybackOptions {
    double rate = 1.0;  ///< Range: above 0
    bool loop = false;  ///< begin again when the last track ends
    /// From opening to the first moment of the file, so that clients started beside hear the first
    /// note. Not scaled by `rate`.
    Duration lead_in = 1s;
};

/// A timed source: bytes come when they are due, stamped with that moment however late they are
/// fetched. All of it is computed before it starts.
class FileSource final : public io::MidiSource {
  public:
    FileSource(midi::SmfSong song, const std::string& name, const PlaybackOptions& options,
               TimePoint now);

    const io::DeviceInfo& info() const noexcept override { return info_; }
    std::span<const io::Handle> handles() const noexcept override { return {}; }
    /// Bytes of one moment a call; a message longer than the buffer comes in pieces. Ended once the
    /// last track has.
    io::SourceRead read(std::span<std::uint8_t> buffer, TimePoint now) noexcept override;
    TimePoint next_due() const noexcept override;

  private:
    std::size_t fill(std::span<std::uint8_t> buffer) noexcept;

    midi::SmfSong song_;  ///< its times already at our rate
    io::DeviceInfo info_;
    TimePoint start_;       ///< of this round
    std::size_t at_ = 0;    ///< the next event
    std::size_t sent_ = 0;  ///< bytes of it that are out already
    bool loop_;
    bool ended_ = false;
};

/// `file:PATH` as a source. What is odd about the file, but does not stop it, goes to `warn`, a
/// sentence each.
class FileSourceOpener final : public io::MidiSourceOpener {
  public:
    using Warn = std::function<void(const std::string&)>;
    FileSourceOpener(std::string path, const PlaybackOptions& options, Warn warn)
        : path_(std::move(path)), options_(options), warn_(std::move(warn)) {}
    Result<std::unique_ptr<io::MidiSource>> open(TimePoint now) override;

  private:
    std::string path_;
    PlaybackOptions options_;
    Warn warn_;
};

}  // namespace midinet::platform
