// What applications play into a virtual device of ALSA's sequencer.
#pragma once

#include "io/midi_source.hpp"
#include "platform/linux/alsa_sequencer.hpp"

#include <array>
#include <vector>

namespace midinet::platform {

/// Reads a sequencer client's input as MIDI bytes in full-status form. A connection of the device
/// with itself is no feedback, and is not read. Thread: the engine's. RT-safe but for the
/// constructor. Lifetime: the sequencer's.
class AlsaSeqFeedback final : public io::MidiSource {
  public:
    /// `ports`: the sequencer's numbers of its ports, by port index.
    AlsaSeqFeedback(snd_seq_t* sequencer, Encoder decoder, const io::DeviceInfo& info,
                    std::vector<int> ports);

    const io::DeviceInfo& info() const noexcept override { return info_; }
    std::span<const io::Handle> handles() const noexcept override { return handles_; }
    /// A SysEx longer than `buffer` comes in pieces of it.
    io::SourceRead read(std::span<std::uint8_t> buffer, TimePoint now) noexcept override;

  private:
    enum class Took : std::uint8_t { Event, Nothing, Lost };
    Took take_event() noexcept;
    void open(const snd_seq_event_t& event) noexcept;
    std::size_t index_of(int port) const noexcept;

    snd_seq_t* sequencer_;
    Encoder decoder_;
    const io::DeviceInfo& info_;
    std::vector<int> ports_;
    std::array<io::Handle, 1> handles_{};
    int own_client_;
    /// What of the event at hand was not read yet: in `short_`, or in the library's input buffer,
    /// where it stays until the next event is taken.
    std::span<const std::uint8_t> rest_;
    PortIndex port_;
    std::array<std::uint8_t, 16> short_{};
};

}  // namespace midinet::platform
