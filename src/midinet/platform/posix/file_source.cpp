#include "platform/posix/file_source.hpp"

#include "platform/posix/file_descriptor.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <filesystem>

namespace midinet::platform {
namespace {

Duration scaled(Duration at, double rate) {
    if (rate == 1.0) return at;  // exact
    return Duration{std::llround(static_cast<double>(at.count()) / rate)};
}

Result<std::vector<std::uint8_t>> read_whole(const std::string& path) {
    const std::string doing = "reading the MIDI file " + path;
    // Not blocking: a FIFO by mistake must be told as one, not waited for.
    const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
    struct stat about {};
    if (!file.valid() || ::fstat(file.get(), &about) != 0) return fail_errno(doing);
    if (!S_ISREG(about.st_mode))
        return fail(doing + ": it is not a regular file; write stream:" + path +
                    " for a FIFO or a serial line");
    const auto size = static_cast<std::uint64_t>(about.st_size);
    if (size > midi::kSmfMaxFile)
        return fail(doing + ": it has " + std::to_string(size) + " bytes, more than the " +
                    std::to_string(midi::kSmfMaxFile) + " that are read");
    std::vector<std::uint8_t> bytes(static_cast<std::size_t>(size));
    std::size_t filled = 0;
    while (filled < bytes.size()) {
        const ssize_t n = ::read(file.get(), bytes.data() + filled, bytes.size() - filled);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return fail_errno(doing);
        if (n == 0) break;
        filled += static_cast<std::size_t>(n);
    }
    bytes.resize(filled);
    return bytes;
}

}  // namespace

FileSource::FileSource(midi::SmfSong song, const std::string& name, const PlaybackOptions& options,
                       TimePoint now)
    : song_(std::move(song)), start_(now + options.lead_in), loop_(options.loop) {
    info_.name = name;
    info_.ports = {name};
    for (midi::SmfEvent& event : song_.events) event.at = scaled(event.at, options.rate);
    song_.length = scaled(song_.length, options.rate);
}

TimePoint FileSource::next_due() const noexcept {
    if (ended_) return kNever;
    return start_ + (at_ < song_.events.size() ? song_.events[at_].at : song_.length);
}

io::SourceRead FileSource::read(std::span<std::uint8_t> buffer, TimePoint now) noexcept {
    using What = io::SourceRead::What;
    const TimePoint due = next_due();
    if (ended_) return {.what = What::Ended, .size = 0, .port = {}, .stamp = now};
    if (due > now) return {};
    if (at_ < song_.events.size())
        return {.what = What::Bytes, .size = fill(buffer), .port = {}, .stamp = due};
    if (!loop_) {
        ended_ = true;
        return {.what = What::Ended, .size = 0, .port = {}, .stamp = due};
    }
    start_ += song_.length;
    at_ = 0;
    return {};  // the next round's first bytes may be due already: next_due() says so
}

/// Copies what is due together with the next event, as far as there is room.
std::size_t FileSource::fill(std::span<std::uint8_t> buffer) noexcept {
    const Duration moment = song_.events[at_].at;
    std::size_t filled = 0;
    while (at_ < song_.events.size() && song_.events[at_].at == moment && filled < buffer.size()) {
        const auto rest = song_.bytes(song_.events[at_]).subspan(sent_);
        const std::size_t count = std::min(rest.size(), buffer.size() - filled);
        std::memcpy(buffer.data() + filled, rest.data(), count);
        filled += count;
        sent_ += count;
        if (count < rest.size()) break;
        ++at_;
        sent_ = 0;
    }
    return filled;
}

Result<std::unique_ptr<io::MidiSource>> FileSourceOpener::open(TimePoint now) {
    auto bytes = read_whole(path_);
    if (!bytes) return tl::unexpected(bytes.error());
    auto song = midi::read_smf(*bytes, path_);
    if (!song) return tl::unexpected(song.error());
    if (options_.loop && scaled(song->length, options_.rate) < 1ms)
        return fail(path_ + " is shorter than a millisecond: set midi.file.loop = false");
    if (warn_)
        for (const std::string& warning : song->warnings) warn_(warning);
    const std::string name = std::filesystem::path(path_).stem().string();
    return std::make_unique<FileSource>(std::move(*song), name, options_, now);
}

}  // namespace midinet::platform
