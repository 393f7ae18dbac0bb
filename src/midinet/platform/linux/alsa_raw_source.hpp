// A controller read through ALSA's raw MIDI.
#pragma once

#include "base/fixed_vector.hpp"
#include "base/types.hpp"
#include "platform/linux/alsa_book.hpp"
#include "platform/linux/alsa_raw.hpp"

namespace midinet::platform {

/// All chosen ports of one card. Reads them in turn, so that a flood on one cannot starve the
/// others.
class AlsaRawSource final : public io::MidiSource {
  public:
    static Result<std::unique_ptr<io::MidiSource>> create(const AlsaChoice& choice);

    const io::DeviceInfo& info() const noexcept override { return info_; }
    std::span<const io::Handle> handles() const noexcept override { return handles_.view(); }
    io::SourceRead read(std::span<std::uint8_t> buffer, TimePoint now) noexcept override;

  private:
    AlsaRawSource(io::DeviceInfo info, std::vector<RawMidi> streams) noexcept;

    io::DeviceInfo info_;
    std::vector<RawMidi> streams_;  ///< by port index
    FixedVector<io::Handle, kMaxPorts> handles_;
    std::size_t next_ = 0;
};

/// `auto`, `auto:NAME` and `hw:…`. Re-opens the same USB device wherever it comes back, and none
/// that another device of the host has.
class AlsaRawSourceOpener final : public io::MidiSourceOpener {
  public:
    /// Without a book there are no other devices.
    explicit AlsaRawSourceOpener(AlsaWish wish, AlsaPlace place = {})
        : wish_(std::move(wish)), place_(place) {}
    Result<std::unique_ptr<io::MidiSource>> open(TimePoint now) override;
    bool waits_for_device() const noexcept override { return !wish_.address; }

  private:
    AlsaWish wish_;
    AlsaPlace place_;
    std::optional<AlsaCard> before_;
};

}  // namespace midinet::platform
