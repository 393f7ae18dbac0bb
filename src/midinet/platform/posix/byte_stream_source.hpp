// MIDI bytes from a FIFO, a serial line or a pseudo-terminal.
#pragma once

#include "io/midi_source.hpp"
#include "platform/posix/byte_stream.hpp"

#include <array>
#include <optional>

namespace midinet::platform {

class ByteStreamSource final : public io::MidiSource {
  public:
    explicit ByteStreamSource(ByteStream stream) noexcept
        : stream_(std::move(stream)), handles_{stream_.fd.get()} {}

    const io::DeviceInfo& info() const noexcept override { return stream_.info; }
    std::span<const io::Handle> handles() const noexcept override { return handles_; }
    io::SourceRead read(std::span<std::uint8_t> buffer, TimePoint now) noexcept override;

  private:
    ByteStream stream_;
    std::array<io::Handle, 1> handles_;
};

/// `stream:PATH` as a source. A path that is absent at start is an error; one that goes away is
/// waited for.
class ByteStreamSourceOpener final : public io::MidiSourceOpener {
  public:
    ByteStreamSourceOpener(std::string path, std::uint32_t baud)
        : path_(std::move(path)), baud_(baud) {}
    Result<std::unique_ptr<io::MidiSource>> open(TimePoint now) override;
    bool replaced() const noexcept override { return place_ && !leads_to(path_, *place_); }

  private:
    std::optional<FilePlace> place_;
    std::string path_;
    std::uint32_t baud_;
};

}  // namespace midinet::platform
